import { describe, expect, test } from 'vitest';
import { historyOf, settledHistory } from '../../../src/change/history.ts';
import { mergedLines } from '../../../src/change/ledger.ts';
import type { LedgerLine } from '../../../src/change/ledger-line.ts';
import { hasErrors, hasLevel } from '../../../src/checks/finding.ts';
import {
  type JudgedCertificate,
  judgeCertificate,
} from '../../../src/commands/fleet/certificates.ts';
import type { FleetTenant } from '../../../src/commands/fleet/file/fleet.ts';
import type { FleetMemory } from '../../../src/commands/fleet/fleet-memory.ts';
import { fleetJob } from '../../../src/commands/fleet/jobs.ts';
import { lastRequest, settledByAnswers } from '../../../src/commands/fleet/key-history.ts';
import { planFleet } from '../../../src/commands/fleet/plan-fleet.ts';
import { reasonFor } from '../../../src/commands/fleet/status/status-words.ts';
import type { TenantAccess } from '../../../src/commands/fleet/tenant-access.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { readPushIdentity } from '../../../src/pkcs12/push-identity.ts';
import { type LatestKey, type ReadBack, unknownKey } from '../../../src/tenant/read-back.ts';
import { unbounded } from '../../../src/text/pace.ts';
import { Secret } from '../../../src/text/secret.ts';
import { testCases } from '../../support/cases.ts';
import { testNow as now } from '../../support/context.ts';
import { p12Bytes } from '../../support/fixtures.ts';
import { app, deleted, fleetTenant, setLine, statusOf } from '../../support/fleet-status.ts';

const T = 'com.example.lab';
const declared = { ...app, topic: T };
const password = new Secret('secret');
const file = { name: 'app.p12', bytes: p12Bytes('01-default-aes256') };
const identity = await readPushIdentity(file, password, unbounded);
const judged = judgeCertificate(declared, identity, password, {
  file: 'mfa-fleet.yaml',
  now,
  warnDays: 30,
});
const certificates = new Map([['app', judged]]);

const tenants: Readonly<Record<string, FleetTenant>> = {
  app: fleetTenant('acme', { certificate: declared }),
  bare: fleetTenant('acme', { certificate: { ...declared, topic: null } }),
  keyed: fleetTenant('acme', { certificate: declared, clientAppKey: 'k' }),
  none: fleetTenant('acme', { certificate: null, clientAppKey: T }),
  old: fleetTenant('acme', { name: 'old', certificate: null, clientAppKey: 'old' }),
};
const tenantsOf = (names: readonly string[]): FleetTenant[] =>
  names.map((name) => tenants[name] as FleetTenant);

/** An entry of the record in a few words: what is not said is as it was set on the first of January. */
interface Entry {
  readonly key: string;
  readonly topic?: string;
  /** The day on which it was asked for. */
  readonly on?: string;
  readonly state?: 'set' | 'deleted' | 'sending';
  /** Null: the record has no end. Left out: that of the declared certificate. */
  readonly daysLeft?: number | null;
  readonly fingerprint?: string;
}

function lineOf({ key, topic = key, on = '2026-01-01', ...more }: Entry): LedgerLine {
  const { state = 'set', daysLeft, fingerprint = judged.fingerprint } = more;
  const line = setLine('acme', daysLeft ?? 0, {
    clientAppKey: key,
    topic,
    at: `${on}T00:00:00.000Z`,
    fingerprint,
    outcome: state === 'sending' ? 'unknown' : 'done',
  });
  if (state === 'deleted') return { ...line, ...deleted };
  if (daysLeft === undefined) return { ...line, notAfter: judged.notAfter };
  return daysLeft === null ? { ...line, notAfter: null } : line;
}

const historyWith = (lines: readonly LedgerLine[]) => historyOf(mergedLines([lines]));

/** What a tenant tells; without a topic it does not tell one, null is none. */
interface Told {
  readonly topic?: string | null;
  readonly latest?: string;
}

function answerOf({ topic, latest: key }: Told): ReadBack {
  const latest: LatestKey =
    key === undefined ? unknownKey : { outcome: 'told', clientAppKey: key, topic: null };
  if (topic === undefined) return { outcome: 'unknown', why: 'shy', latest };
  return { outcome: 'told', topic, latest };
}

const answersOf = (told: Readonly<Record<string, Told>>): ReadonlyMap<string, ReadBack> =>
  new Map(Object.entries(told).map(([name, words]) => [name, answerOf(words)]));

const plan = (
  names: readonly string[],
  record: readonly Entry[],
  told: Readonly<Record<string, Told>> = {},
  stops: typeof hasErrors = hasErrors,
) =>
  planFleet(tenantsOf(names), {
    history: historyWith(record.map(lineOf)),
    ...{ certificates, stops, answers: answersOf(told) },
  });

testCases('fleet-judged', {
  judged(names: string[], record: Entry[], told: Record<string, Told>) {
    const planned = plan(names, record, told);
    const answers = answersOf(told);
    const states = statusOf(tenantsOf(names), record.map(lineOf), { answers }).tenants;
    return states.map((tenant, index) => {
      const { name, state, clientAppKey, held, inUse, inUseFrom } = tenant;
      const { action, findings = [] } = planned[index] ?? {};
      const codes = findings.map(({ code }) => code).filter((code) => /silences|later/.test(code));
      const heard = held && `the tenant: ${held.outcome}`;
      const whole = `${name} ${clientAppKey}: ${action}, ${state}, in use ${inUse} (${inUseFrom})`;
      return [whole, heard, reasonFor(tenant), ...codes].filter(Boolean).join('; ');
    });
  },
});

describe('a plan', () => {
  const planned = (
    certificate: JudgedCertificate | CliError,
    stops = hasErrors,
    tenant = tenants.bare,
    told: Readonly<Record<string, Told>> = {},
  ) => {
    const known = {
      history: historyWith([]),
      certificates: new Map([['app', certificate]]),
      stops,
      answers: answersOf(told),
    };
    const [item] = planFleet(tenant === undefined ? [] : [tenant], known);
    return item;
  };

  test('is blocked where the certificate does not open, whatever the tenant holds', () => {
    const error = new CliError('pkcs12-corrupt', 'app.p12 is damaged');
    expect(planned(error)).toMatchObject({ action: 'blocked', error, clientAppKey: null });
    expect(planned(error, hasErrors, tenants.app, { acme: { topic: null } })).toMatchObject({
      action: 'blocked',
      clientAppKey: T,
    });
  });

  const later = [{ key: T, daysLeft: 2000, fingerprint: 'abab' }];

  test('is blocked where it would replace a later one, unless that is told to be no matter', () => {
    const [item] = plan(['app'], later);
    expect([item?.action, item?.findings[0]?.code]).toEqual([
      'blocked',
      'replaces-later-certificate',
    ]);
    expect(plan(['app'], later, {}, () => false)[0]?.action).toBe('replace');
  });

  test('is blocked, even by force, where there is no certificate or no topic', () => {
    for (const missing of [{ fingerprint: null }, { topic: null }]) {
      const item = planned({ ...judged, ...missing }, () => false);
      expect([item?.action, item?.error?.code]).toEqual(['blocked', 'usage']);
    }
  });

  test('is blocked by a warning where warnings stop it', () => {
    const strict = plan(['app'], [{ key: 'old' }], {}, (findings) => hasLevel(findings, 'warning'));
    expect(strict.map(({ action }) => action)).toEqual(['blocked']);
  });
});

test.each([
  ['2026-11-24T15:59:59Z', 'expired -1'],
  ['2026-11-24T16:00:00Z', 'expires-soon 0'],
  ['2026-11-24T16:00:01Z', 'expires-soon 0'],
  ['2026-12-25T15:59:59Z', 'expires-soon 30'],
  ['2026-12-25T16:00:00Z', 'valid 31'],
])('what ends at %s is %s', (notAfter, words) => {
  const line = setLine('acme', 0, { notAfter, clientAppKey: T, topic: T });
  const [tenant] = statusOf(tenantsOf(['app']), [line]).tenants;
  expect(`${tenant?.state} ${tenant?.daysLeft}`).toBe(words);
});

test('of another tenant nothing counts', () => {
  const elsewhere = fleetTenant('globex', { certificate: declared });
  const { tenants: found } = statusOf([elsewhere, ...tenantsOf(['app'])], [lineOf({ key: T })]);
  expect(found.map(({ state }) => state)).toEqual(['never-set', 'valid']);
});

/** What was there before a request without an answer: a topic, `deleted`, null for nothing. */
const settings: readonly {
  readonly what: string;
  readonly deletes?: boolean;
  readonly before?: string | null;
  readonly told: Told;
  readonly settled: string;
}[] = [
  {
    what: 'a first set was taken, or the key is older',
    before: null,
    told: { topic: T },
    settled: 'sending',
  },
  { what: 'a first set was not taken', before: null, told: { topic: null }, settled: 'nothing' },
  { what: 'a third topic is there', before: null, told: { topic: 'third' }, settled: 'sending' },
  { what: 'another topic was taken', before: 'old', told: { topic: T }, settled: `set ${T}` },
  {
    what: 'another topic was not taken',
    before: 'old',
    told: { topic: 'old' },
    settled: 'set old',
  },
  { what: 'a renewal changes no topic', before: T, told: { topic: T }, settled: 'sending' },
  { what: 'a set again was taken', before: 'deleted', told: { topic: T }, settled: `set ${T}` },
  {
    what: 'a set again was not taken',
    before: 'deleted',
    told: { topic: null },
    settled: 'deleted null',
  },
  {
    what: 'a deletion was done',
    deletes: true,
    before: T,
    told: { topic: null },
    settled: 'deleted null',
  },
  {
    what: 'a deletion was not done',
    deletes: true,
    before: T,
    told: { topic: T },
    settled: `set ${T}`,
  },
  { what: 'the tenant does not say', before: null, told: {}, settled: 'sending' },
];

/** What was done before a request without an answer. */
function linesBefore(before: string | null | undefined): readonly LedgerLine[] {
  if (before === null || before === undefined) return [];
  if (before === 'deleted') return [lineOf({ key: T, state: 'deleted' })];
  return [lineOf({ key: T, topic: before })];
}

test.each(settings)('a request without an answer: $what', (setting) => {
  const { deletes = false, before, told } = setting;
  const sent = lineOf({ key: T, state: 'sending', on: '2026-01-02' });
  const history = historyWith([...linesBefore(before), deletes ? { ...sent, ...deleted } : sent]);
  const keyed = [{ tenant: fleetTenant('acme'), clientAppKey: T }];
  const [own] = history.tenants.values();
  const settlements = settledByAnswers(history, keyed, answersOf({ acme: told }));
  const after = own && settledHistory(own, settlements);
  const last = after === undefined ? null : lastRequest(after, T);
  const words = last?.line.asked === 'delete' ? 'deleted null' : `set ${last?.line.topic}`;
  const seen = last?.outcome === 'unknown' ? 'sending' : words;
  expect(last === null ? 'nothing' : seen).toBe(setting.settled);
});

test('what speaks against a certificate goes on record, but for the issuer at a tenant on this machine', () => {
  const recordedAt = (tenant: Partial<FleetTenant>): unknown => {
    const rows = [fleetTenant('acme', { certificate: declared, ...tenant })];
    const history = historyWith([]);
    const [item] = planFleet(rows, {
      history,
      certificates,
      answers: new Map(),
      stops: () => false,
    });
    const job = item && fleetJob(item, { history } as FleetMemory, {} as TenantAccess);
    return job?.target.wanted?.against;
  };
  expect(recordedAt({})).toEqual(['issuer-not-apple']);
  expect(recordedAt({ url: 'http://127.0.0.1:8450' })).toEqual([]);
});
