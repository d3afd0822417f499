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
import type { ReadBack } from '../../../src/tenant/certificates.ts';
import { unbounded } from '../../../src/text/pace.ts';
import { Secret } from '../../../src/text/secret.ts';
import { testNow as now } from '../../support/context.ts';
import { p12Bytes } from '../../support/fixtures.ts';
import { app, fleetOf, fleetTenant, setEntry } from '../../support/fleet-status.ts';
import { expectTranscript } from '../../support/transcript.ts';

const T = 'com.example.lab';
const declared = { ...app, topic: T };
const password = new Secret('secret');
const file = { name: 'app.p12', bytes: p12Bytes('01-default-aes256') };
const identity = await readPushIdentity(file, password, unbounded);
const judged = judgeCertificate(declared, identity, password, { now, warnDays: 30 });
const certificates = new Map([['app', judged]]);

const tenants: Readonly<Record<string, FleetTenant>> = {
  app: fleetTenant('acme', { certificate: declared }),
  bare: fleetTenant('acme', { certificate: { ...declared, topic: null } }),
  keyed: fleetTenant('acme', { certificate: declared, clientAppKey: 'k' }),
  none: fleetTenant('acme', { certificate: null, clientAppKey: T }),
  old: fleetTenant('acme', { name: 'old', certificate: null, clientAppKey: 'old' }),
};
const tenantsOf = (words: string): FleetTenant[] =>
  words.split(' ').map((word) => tenants[word] as FleetTenant);

const rowsOf = (table: string): string[][] =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
const named = (word: string): string => (word === 'T' ? T : word);

/** `KEY=TOPIC@DAY:STATE~DAYS`: what was asked for a key, on that day of January; `#` with another certificate. */
function entryOf(word: string): RecordEntry {
  const [, key = '', topic = key, day = 1, state = 'set', days, other] =
    /^(\w+)(?:=(\w+))?(?:@(\d))?(?::(\w+))?(?:~(-?\d+|none))?(#)?$/.exec(word) ?? [];
  const notAfter = days === undefined ? judged.notAfter : null;
  return setEntry('acme', Number(days === 'none' ? 0 : (days ?? 0)), {
    ...{ clientAppKey: named(key), topic: named(topic), setAt: `2026-01-0${day}T00:00:00Z` },
    ...(days === undefined || days === 'none' ? { notAfter } : {}),
    ...{
      fingerprint: other === '#' ? 'ab' : judged.fingerprint,
      state: state as RecordEntry['state'],
    },
    ...(state === 'deleted' ? { topic: null, fingerprint: null, notAfter: null } : {}),
  });
}
const entriesOf = (words: string): RecordEntry[] => words.split(' ').filter(Boolean).map(entryOf);

/** `TOPIC>LATEST` that the tenant tells of each name; `none` for no topic, `?` for one that it does not tell. */
function answersOf(words: string): ReadonlyMap<string, ReadBack> {
  const answers = words.split(' ').filter(Boolean);
  return new Map(
    answers.map((word, index): [string, ReadBack] => {
      const [told = '', latest] = word.split('>').map(named);
      const latestKey = latest ?? null;
      const topic = told === 'none' ? null : told;
      return [
        index === 0 ? 'acme' : 'old',
        told === '?'
          ? { outcome: 'unknown', why: 'shy', latestKey }
          : { outcome: 'told', topic, latestKey },
      ];
    }),
  );
}

const plan = (words: string, record = '', told = '', stops: typeof hasErrors = hasErrors) =>
  planFleet(
    tenantsOf(words),
    { entries: entriesOf(record) },
    { certificates, stops, answers: answersOf(told) },
  );
const status = (words: string, record = '', told = '') => {
  const facts = { recordPath: 'r.json', now, warnDays: 30, answers: answersOf(told) };
  return fleetStatus(fleetOf(tenantsOf(words)), { entries: entriesOf(record) }, facts).tenants;
};

/** Names of a tenant, what is on record, what the tenant tells; then what is planned for each, and its state. */
test('what a plan does, and what the tenant is said to hold', () =>
  expectTranscript('fleet-judged.txt', ([, line = '']) => {
    const [words = '', record, told] = line.split('|').map((cell) => cell.trim());
    const planned = plan(words, record, told);
    return status(words, record, told).map((tenant, index) => {
      const { name, state, clientAppKey, held, inUse, inUseFrom } = tenant;
      const { action, findings = [] } = planned[index] ?? {};
      const about = [held && `the tenant: ${held.outcome}`, reasonFor(tenant)];
      return [
        `${name} ${clientAppKey}: ${action}, ${state}, in use ${inUse} (${inUseFrom})`,
        ...about.filter(Boolean),
        ...findings.filter(({ code }) => /silences|later/.test(code)).map(({ message }) => message),
      ].join('; ');
    });
  }));

describe('a plan', () => {
  const planned = (
    certificate: JudgedCertificate | CliError,
    stops = hasErrors,
    tenant = tenants.bare,
    told = '',
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
    expect(planned(error, hasErrors, tenants.app, 'none')).toMatchObject({
      action: 'blocked',
      clientAppKey: T,
    });
  });

  test('is blocked where it would replace a later one, unless that is told to be no matter', () => {
    const [item] = plan('app', 'T~2000#');
    expect([item?.action, item?.findings[0]?.code]).toEqual([
      'blocked',
      'replaces-later-certificate',
    ]);
    expect(plan('app', 'T~2000#', '', () => false)[0]?.action).toBe('replace');
  });

  test('is blocked, even by force, where there is no certificate or no topic', () => {
    for (const missing of [{ fingerprint: null }, { topic: null }]) {
      const item = planned({ ...judged, ...missing }, () => false);
      expect([item?.action, item?.error?.code]).toEqual(['blocked', 'usage']);
    }
  });

  test('is blocked by a warning where warnings stop it', () => {
    const strict = plan('app', 'old', '', (findings) => hasLevel(findings, 'warning'));
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
  const [tenant] = fleetStatus(fleetOf(tenantsOf('app')), { entries: [entry] }, facts).tenants;
  expect(`${tenant?.state} ${tenant?.daysLeft}`).toBe(words);
});

test('of another tenant nothing counts, and a name that was changed since does', () => {
  const elsewhere = fleetTenant('globex', { certificate: declared });
  const facts = { recordPath: 'r.json', now, warnDays: 30 };
  const renamed = { ...entryOf('T'), name: 'renamed' };
  const { tenants: found } = fleetStatus(
    fleetOf([elsewhere, ...tenantsOf('app')]),
    { entries: [renamed] },
    facts,
  );
  expect(found.map(({ state }) => state)).toEqual(['never-set', 'valid']);
});

test('the order of the instants counts, and not that of their texts', () => {
  const entries = [
    { ...entryOf('a'), setAt: '2026-01-03T00:00:00Z' },
    { ...entryOf('b'), setAt: '2026-01-03T00:30:00+01:00' },
  ];
  const uses = keyUsesOf({ entries }, [], new Map())(entries[0]?.tenant ?? '');
  expect([uses.get('a')?.inUse, uses.get('b')?.inUse]).toEqual([true, false]);
});

/** What is without an answer, what was there before, the topic that the tenant tells: what it comes to. */
test.each(
  rowsOf(`
a first set was taken                     | T    | none  | T     | set T
a first set was not taken                 | T    | none  | none  | nothing
a first set, and a third topic is there   | T    | none  | third | sending
another topic was taken                   | T    | old   | T     | set T
another topic was not taken               | T    | old   | old   | set old
a renewal changes no topic                | T    | T     | T     | sending
after a deletion it was taken             | T    | gone  | T     | set T
after a deletion it was not taken         | T    | gone  | none  | deleted null
a deletion was done                       | gone | T     | none  | deleted null
a deletion was not done                   | gone | T     | T     | set T
an earlier version noted nothing before   | T    |       | T     | sending
the tenant does not say                   | T    | none  | ?     | sending
`),
)('%s', (_what, sent, was = '', told = '', expected = '') => {
  const gone = { topic: null, fingerprint: null, notAfter: null };
  const { setAt, fingerprint, notAfter } = entryOf('T');
  const facts = was === 'gone' ? gone : { topic: named(was), fingerprint, notAfter };
  const before = {
    state: was === 'gone' ? ('deleted' as const) : ('set' as const),
    setAt,
    ...facts,
  };
  const entry: RecordEntry = {
    ...entryOf('T:sending'),
    ...(sent === 'gone' ? gone : {}),
    ...{ outcome: 'unknown', ...(was === '' ? {} : { before: was === 'none' ? null : before }) },
  };
  const keyed = [{ tenant: fleetTenant('acme'), clientAppKey: T }];
  const [now] = settleByWord({ entries: [entry] }, keyed, answersOf(told)).entries;
  const isOpen = now?.state === 'sending';
  const words = now === undefined ? 'nothing' : isOpen ? 'sending' : `${now.state} ${now.topic}`;
  expect(words).toBe(expected.replace('T', T));
  expect(now?.outcome).toBe(isOpen ? 'unknown' : undefined);
});
