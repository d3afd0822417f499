import { expect } from 'vitest';
import type { LedgerLine } from '../../../src/change/ledger-line.ts';
import { p12Path } from '../../support/fixtures.ts';
import { startServer, success } from '../../support/http.ts';
import { ledgerOf, linesIn } from '../../support/ledger.ts';
import { cleanEnvironment } from '../../support/process.ts';

export type Asked = 'set' | 'delete';
export const both: readonly Asked[] = ['set', 'delete'];

const key = 'com.example.lab';

export const argvOf: Readonly<Record<Asked, readonly string[]>> = {
  set: ['apns', 'set', p12Path('01-default-aes256'), '--json'],
  delete: ['apns', 'delete', key, '--yes', '--json'],
};

/** A tenant that does not answer a set or a deletion until it is told to; then it answers the next. */
export async function startSilent() {
  let isSilent = true;
  let onArrival = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    onArrival = resolve;
  });
  let onAbandoned = (): void => {};
  const abandoned = new Promise<void>((resolve) => {
    onAbandoned = resolve;
  });
  const server = await startServer([
    (response, { url = '' }) => {
      if (url.startsWith('/Mobile/') && isSilent) {
        response.once('close', onAbandoned);
        onArrival();
      } else response.writeHead(200).end(success.body);
    },
  ]);
  /** Of a program outside. */
  const outside = {
    MFA_CLI_P12_PASSWORD: 'secret',
    MFA_CLI_TENANT: server.origin,
    MFA_CLI_TOKEN: 'a-token',
  };
  const env = cleanEnvironment(outside);
  return {
    url: server.origin,
    outside,
    env,
    directory: env.MFA_CLI_CONFIG_DIR ?? '',
    /** The first set or deletion is there, whole. */
    arrived,
    /** Its client waits no longer. */
    abandoned,
    answer: () => {
      isSilent = false;
    },
    sent: () => server.received.filter(({ path }) => path.startsWith('/Mobile/')).length,
  };
}

/** The requests on record without an answer, each by its last line. */
export function requestsIn(directory: string): readonly LedgerLine[] {
  const lines = linesIn(ledgerOf(directory));
  const last = new Map(lines.map((line) => [line.of ?? line.id, line]));
  return [...last.values()].filter(({ outcome }) => ['sending', 'unknown'].includes(outcome));
}

export const entryOf = (asked: Asked, tenant: string, outcome: unknown) =>
  expect.objectContaining({
    tenant,
    clientAppKey: key,
    asked,
    outcome,
    topic: asked === 'set' ? key : null,
    fingerprint: asked === 'set' ? expect.stringMatching(/^[0-9a-f]{64}$/) : null,
    notAfter: asked === 'set' ? expect.any(String) : null,
    at: expect.any(String),
  });
