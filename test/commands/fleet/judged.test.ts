import { describe, expect, test } from 'vitest';
import { hasErrors, hasLevel } from '../../../src/checks/finding.ts';
import type { FleetTenant } from '../../../src/commands/fleet/file/fleet.ts';
import {
  type JudgedCertificate,
  judgeCertificate,
} from '../../../src/commands/fleet/fleet-tenant.ts';
import { keyUsesOf, settleByWord } from '../../../src/commands/fleet/in-use.ts';
import { planFleet } from '../../../src/commands/fleet/make-plan.ts';
import type { RecordEntry } from '../../../src/commands/fleet/record.ts';
import { reasonFor } from '../../../src/commands/fleet/report.ts';
import { fleetStatus } from '../../../src/commands/fleet/status.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { readPushIdentity } from '../../../src/pkcs12/push-identity.ts';
import type { ReadBack } from '../../../src/tenant/read-back.ts';
import { unbounded } from '../../../src/text/pace.ts';
import { Secret } from '../../../src/text/secret.ts';
import { testCases } from '../../support/cases.ts';
import { testNow as now } from '../../support/context.ts';
import { p12Bytes } from '../../support/fixtures.ts';
import { app, fleetOf, fleetTenant, setEntry } from '../../support/fleet-status.ts';

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
  readonly state?: RecordEntry['state'];
  /** Null: the record has no end. Left out: that of the declared certificate. */
  readonly daysLeft?: number | null;
  readonly fingerprint?: string;
}

const gone = { topic: null, fingerprint: null, notAfter: null };

function entryOf({ key, topic = key, on = '2026-01-01', ...more }: Entry): RecordEntry {
  const { state = 'set', daysLeft, fingerprint = judged.fingerprint } = more;
  const entry = setEntry('acme', daysLeft ?? 0, {
    clientAppKey: key,
    topic,
    setAt: `${on}T00:00:00Z`,
    fingerprint,
    state,
  });
  if (state === 'deleted') return { ...entry, ...gone };
  if (daysLeft === undefined) return { ...entry, notAfter: judged.notAfter };
  return daysLeft === null ? { ...entry, notAfter: null } : entry;
}

/** What a tenant tells; without a topic it does not tell one, null is none. */
interface Told {
  readonly topic?: string | null;
  readonly latest?: string;
}

function answerOf({ topic, latest }: Told): ReadBack {
  const latestKey = latest ?? null;
  if (topic === undefined) return { outcome: 'unknown', why: 'shy', latestKey };
  return { outcome: 'told', topic, latestKey };
}

const answersOf = (told: Readonly<Record<string, Told>>): ReadonlyMap<string, ReadBack> =>
  new Map(Object.entries(told).map(([name, words]) => [name, answerOf(words)]));

const plan = (
  names: readonly string[],
  record: readonly Entry[],
  told: Readonly<Record<string, Told>> = {},
  stops: typeof hasErrors = hasErrors,
) =>
  planFleet(
    tenantsOf(names),
    { entries: record.map(entryOf) },
    { certificates, stops, answers: answersOf(told) },
  );

testCases('fleet-judged', {
  judged(names: string[], record: Entry[], told: Record<string, Told>) {
    const planned = plan(names, record, told);
    const facts = { recordPath: 'r.json', now, warnDays: 30, answers: answersOf(told) };
    const fleet = fleetOf(tenantsOf(names));
    const states = fleetStatus(fleet, { entries: record.map(entryOf) }, facts).tenants;
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
      certificates: new Map([['app', certificate]]),
      stops,
      answers: answersOf(told),
    };
    const [item] = planFleet(tenant === undefined ? [] : [tenant], { entries: [] }, known);
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
  ['2026-11-24T16:00:00Z', 'expired 0'],
  ['2026-11-24T16:00:01Z', 'expires-soon 0'],
  ['2026-12-25T15:59:59Z', 'expires-soon 30'],
  ['2026-12-25T16:00:00Z', 'valid 31'],
])('what ends at %s is %s', (notAfter, words) => {
  const facts = { recordPath: 'r.json', now, warnDays: 30 };
  const entry = setEntry('acme', 0, { notAfter, clientAppKey: T, topic: T });
  const [tenant] = fleetStatus(fleetOf(tenantsOf(['app'])), { entries: [entry] }, facts).tenants;
  expect(`${tenant?.state} ${tenant?.daysLeft}`).toBe(words);
});

test('of another tenant nothing counts, and a name that was changed since does', () => {
  const elsewhere = fleetTenant('globex', { certificate: declared });
  const facts = { recordPath: 'r.json', now, warnDays: 30 };
  const renamed = { ...entryOf({ key: T }), name: 'renamed' };
  const { tenants: found } = fleetStatus(
    fleetOf([elsewhere, ...tenantsOf(['app'])]),
    { entries: [renamed] },
    facts,
  );
  expect(found.map(({ state }) => state)).toEqual(['never-set', 'valid']);
});

test('the order of the instants counts, and not that of their texts', () => {
  const entries = [
    { ...entryOf({ key: 'a' }), setAt: '2026-01-03T00:00:00Z' },
    { ...entryOf({ key: 'b' }), setAt: '2026-01-03T00:30:00+01:00' },
  ];
  const uses = keyUsesOf({ entries }, [], new Map())(entries[0]?.tenant ?? '');
  expect([uses.get('a')?.inUse, uses.get('b')?.inUse]).toEqual([true, false]);
});

/** What was there before a request without an answer: a topic, `deleted`, null for nothing. */
const settings: readonly {
  readonly what: string;
  readonly deletes?: boolean;
  readonly before?: string | null;
  readonly told: Told;
  readonly settled: string;
}[] = [
  { what: 'a first set was taken', before: null, told: { topic: T }, settled: `set ${T}` },
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

test.each(settings)('a request without an answer: $what', (setting) => {
  const { deletes = false, before, told, settled } = setting;
  const { setAt, fingerprint, notAfter } = entryOf({ key: T });
  const stateBefore = (topic: string) =>
    topic === 'deleted'
      ? { state: 'deleted' as const, setAt, ...gone }
      : { state: 'set' as const, setAt, topic, fingerprint, notAfter };
  const entry: RecordEntry = {
    ...entryOf({ key: T, state: 'sending' }),
    ...(deletes ? gone : {}),
    outcome: 'unknown',
    ...(before === undefined ? {} : { before: before === null ? null : stateBefore(before) }),
  };
  const keyed = [{ tenant: fleetTenant('acme'), clientAppKey: T }];
  const [now] = settleByWord({ entries: [entry] }, keyed, answersOf({ acme: told })).entries;
  const isOpen = now?.state === 'sending';
  const seen = now === undefined ? 'nothing' : `${now.state}${isOpen ? '' : ` ${now.topic}`}`;
  expect(seen).toBe(settled);
  expect(now?.outcome).toBe(isOpen ? 'unknown' : undefined);
});
