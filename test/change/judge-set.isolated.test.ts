import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type History, noHistory } from '../../src/change/history.ts';
import { judgeSet, type SetInput } from '../../src/change/judge-set-before-opening.ts';
import { jobOfSet, openSet } from '../../src/change/open-tenant-for-judged-set.ts';
import { planSet } from '../../src/change/plan-set-from-ledger.ts';
import { nowhere } from '../../src/errors/hint.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';
import { testNow } from '../support/context.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Milliseconds that are already spent when a tenant is opened. */
const spent: unknown[] = [];
/** A person signs in, and only then is known where. */
vi.mock('../../src/change/open-or-sign-in.ts', () => ({
  async openOrSignIn(_settings: unknown, _context: unknown, waited: unknown) {
    spent.push(waited);
    return { tenant: 'https://a.example' };
  },
}));
/** APNs accepts, after three seconds. */
vi.mock('../../src/certificate/ask-apns.ts', () => ({
  async verifyBefore() {
    const started = process.uptime();
    vi.spyOn(process, 'uptime').mockReturnValue(started + 3);
    return { accepted: true };
  },
}));

/** The terms of a command with these APNs. */
async function inputWith(host: string | null): Promise<SetInput> {
  const password = new Secret('secret');
  const file = { name: 'a.p12', path: null, bytes: p12Bytes('01-default-aes256') };
  const identity = await readPushIdentity(file, password, unbounded);
  return {
    opened: { identity, password },
    settings: { tenant: null, clientAppKey: 'lab' } as never,
    terms: {
      now: testNow,
      to: nowhere,
      apns: { topic: null, environment: null, host },
      judging: { warnDays: 30, failOn: 'error', force: false },
      verify: 'if-reachable',
      dryRun: false,
      yes: true,
      refresh: false,
      sendAs: null,
      owner: null,
      ticket: null,
      keyFrom: 'given',
      ledgerPlace: null,
    },
  };
}

test('no stand-in on this machine judges a certificate for a tenant that a person signs in to', async () => {
  const input = await inputWith('127.0.0.1:9');
  const context = {
    terminal: { interactive: true },
    profiles: async () => ({ path: join(temporaryDirectory(), 'config.json') }),
  };
  await expect(judgeSet(input, context as never)).rejects.toMatchObject({ code: 'usage' });
});

test('what APNs took is spent when the tenant is opened', async () => {
  vi.spyOn(process, 'uptime').mockReturnValue(10);
  const { settings, terms, ...input } = await inputWith(null);
  const at = { ...settings, tenant: 'https://a.example' };
  const context = {
    terminal: { interactive: false, warn() {} },
    profiles: async () => ({ path: join(temporaryDirectory(), 'config.json') }),
  } as never;
  const verifying = { ...terms, verify: 'required' as const };
  const judged = await judgeSet({ ...input, settings: at, terms: verifying }, context);
  expect(judged).toMatchObject({ verification: { accepted: true }, waited: 3_000 });
  spent.length = 0;
  await openSet({ ...judged, plan: { ...judged.plan, affectsPhones: false } }, context);
  expect(spent).toEqual([3_000]);
});

test.each([
  ['https://acme.example', ['issuer-not-apple']],
  ['http://127.0.0.1:9', []],
])('the record of %s has against an issuer that is not Apple: %j', async (tenant, against) => {
  const input = await inputWith(null);
  const place = { tenant, clientAppKey: 'lab', keyFrom: 'given' as const };
  const known = { history: noHistory, reported: null };
  const plan = planSet(input.opened.identity, place, known, input.terms);
  const history: History = { tenants: new Map(), alerts: new Map() };
  const ready = { plan, input, memory: { history }, open: { tenant } };
  expect(jobOfSet(ready as never).target.wanted?.against).toEqual(against);
});
