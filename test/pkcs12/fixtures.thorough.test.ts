import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkPushIdentity } from '../../src/checks/check-push-identity.ts';
import { hasErrors } from '../../src/checks/finding.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';
import { isThorough } from '../support/patience.ts';
import { processorTime } from '../support/processor-time.ts';

interface Expected {
  readonly password: string;
  readonly exit: number | readonly number[];
  readonly code?: readonly string[];
  readonly findings?: readonly string[];
}

const folder = new URL('../fixtures/p12/', import.meta.url);
const table: Record<string, Expected> = JSON.parse(
  readFileSync(new URL('expected.json', folder), 'utf8'),
);
const now = new Date('2027-01-15T00:00:00Z');
/** What the hashes that a file may take need on two cores under load. */
const mostTime = 8000;

/** They take seconds to derive. */
const slow = [
  '18-iter-600k.p12',
  '18-legacy-iter-600k.p12',
  '51-nss-default.p12',
  '52-gnutls-3des.p12',
  '52-gnutls-empty.p12',
];
/** The size is judged before the file is read. */
const files = Object.entries(table).filter(
  ([name, { code }]) => !code?.includes('file-too-large') && (isThorough || !slow.includes(name)),
);

interface Outcome {
  readonly exit: number;
  readonly code: string | null;
  readonly findings: readonly string[];
}

async function outcome(name: string, password: string): Promise<Outcome & { time: number }> {
  const bytes = readFileSync(new URL(name, folder));
  let result: Outcome | undefined;
  const time = await processorTime(async () => {
    result = await open(name, bytes, new Secret(password));
  });
  return { ...(result ?? expect.unreachable()), time };
}

async function open(name: string, bytes: Uint8Array, password: Secret): Promise<Outcome> {
  try {
    const findings = checkPushIdentity(await readPushIdentity({ name, bytes }, password), { now });
    return {
      exit: hasErrors(findings) ? 4 : 0,
      code: null,
      findings: findings.map(({ code }) => code),
    };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    expect(error.message).toContain(name);
    return { exit: 3, code: error.code, findings: [] };
  }
}

describe('every file that the README of the fixtures lists', () => {
  test.each(files)('%s', async (name, { password, exit, code, findings }) => {
    const { time, ...actual } = await outcome(name, password);
    expect(time).toBeLessThan(mostTime);
    expect([exit].flat()).toContain(actual.exit);
    if (actual.exit === 3) expect(code).toContain(actual.code);
    else expect(actual.findings).toEqual(expect.arrayContaining([...(findings ?? [])]));
  });

  if (isThorough)
    test('52-gnutls-empty.p12, which takes long, opens without a password too', async () => {
      const name = '52-gnutls-empty.p12';
      const bytes = readFileSync(new URL(name, folder));
      const { paired, container } = await readPushIdentity({ name, bytes }, null);
      expect({ paired, passwordEmpty: container.passwordEmpty }).toEqual({
        paired: true,
        passwordEmpty: true,
      });
    });

  const opened = files.filter(
    ([, { exit, password }]) => [exit].flat()[0] !== 3 && password !== '',
  );
  const fewer = opened.filter(
    ([name], index) => isThorough || (index % 3 === 0 && !/iter-300k|nss/.test(name)),
  );
  test.each(fewer)('%s does not open with another password', async (name) => {
    const { code, time } = await outcome(name, 'another');
    expect(code).toBe('pkcs12-password-incorrect');
    expect(time).toBeLessThan(mostTime);
  });
});
