import { describe, expect, test } from 'vitest';
import type { FleetTenant } from '../../../src/commands/fleet/file/fleet.ts';
import type { RecordEntry } from '../../../src/commands/fleet/record.ts';
import { type FleetState, reasonFor, wordsForOthers } from '../../../src/commands/fleet/report.ts';
import { fleetStatus, withKeys } from '../../../src/commands/fleet/status.ts';
import type { ReadBack } from '../../../src/tenant/certificates.ts';
import { testNow as now } from '../../support/context.ts';
import { app, fleetOf, fleetTenant, setEntry } from '../../support/fleet-status.ts';

const recordPath = 'mfa-fleet.record.json';

function reportOf(
  tenant: FleetTenant,
  entries: readonly RecordEntry[],
  { answer, warnDays = 30 }: { answer?: ReadBack | undefined; warnDays?: number } = {},
) {
  const answers = new Map(answer === undefined ? [] : [[tenant.name, answer]]);
  return fleetStatus(fleetOf([tenant]), { entries }, { recordPath, now, warnDays, answers });
}

function statusOf(...given: Parameters<typeof reportOf>) {
  const [status] = reportOf(...given).tenants;
  if (status === undefined) throw new Error('no tenant');
  return status;
}

const declared = fleetTenant('acme');
const without = fleetTenant('acme', { certificate: null, clientAppKey: 'com.example.app' });
const topicless = fleetTenant('acme', { certificate: { ...app, topic: null }, clientAppKey: null });
const deleted = setEntry('acme', 0, { state: 'deleted', topic: null, fingerprint: null, notAfter: null });
const sending = setEntry('acme', 300, { state: 'sending' });
const told = (topic: string | null): ReadBack => ({ outcome: 'told', topic });
const silent: ReadBack = { outcome: 'unknown', why: 'it does not tell' };
const same = 'com.example.app';
const other = 'com.example.other';

describe('what was set, by its end', () => {
  test.each<[string, number, FleetState]>([
    ['2026-11-24T16:00:00Z', -1, 'expired'],
    ['2026-11-24T16:00:01Z', 0, 'expires-soon'],
    ['2026-12-25T15:59:59Z', 30, 'expires-soon'],
    ['2026-12-25T16:00:00Z', 31, 'valid'],
  ])('%s', (notAfter, daysLeft, state) => {
    const status = statusOf(declared, [setEntry('acme', 0, { notAfter })]);
    expect(status.state).toBe(state);
    if (state !== 'expired') expect(status.daysLeft).toBe(daysLeft);
  });

  test('is soon by the warn days', () => {
    expect(statusOf(declared, [setEntry('acme', 44)], { warnDays: 44 }).state).toBe('expires-soon');
    expect(statusOf(declared, [setEntry('acme', 45)], { warnDays: 44 }).state).toBe('valid');
  });
});

describe('without asking the tenant', () => {
  test.each<[string, FleetTenant, readonly RecordEntry[], FleetState]>([
    ['nothing was set', declared, [], 'never-set'],
    ['it was deleted', declared, [deleted], 'never-set'],
    ['another topic was set', declared, [setEntry('acme', 300, { topic: other })], 'differs'],
    [
      'another topic was set, and it has expired',
      declared,
      [setEntry('acme', -3, { topic: other })],
      'differs',
    ],
    ['no answer came', declared, [sending], 'unknown'],
    ['no end is recorded', declared, [setEntry('acme', 0, { notAfter: null })], 'unknown'],
    ['of another tenant', declared, [setEntry('globex', 300, { name: 'acme' })], 'never-set'],
    ['under another key', declared, [setEntry('acme', 300, { clientAppKey: other })], 'never-set'],
    ['under another name', declared, [setEntry('acme', 300, { name: 'renamed' })], 'valid'],
    ['none is declared, and nothing was set', without, [], 'valid'],
    ['none is declared, and it was deleted', without, [deleted], 'valid'],
    ['none is declared, and one was set', without, [setEntry('acme', 300)], 'differs'],
    ['none is declared, and no answer came', without, [sending], 'unknown'],
    ['no topic is declared', topicless, [setEntry('acme', 300, { topic: other })], 'valid'],
  ])('%s', (_name, tenant, entries, state) => {
    const report = reportOf(tenant, entries);
    expect([report.tenants[0]?.state, report.tenants[0]?.held, report.ok]).toEqual([
      state,
      null,
      state === 'valid',
    ]);
  });
});

describe('with what the tenant says', () => {
  const [set, lapsed] = [setEntry('acme', 300), setEntry('acme', -3)];
  test.each<[string, FleetTenant, readonly RecordEntry[], ReadBack, FleetState, string]>([
    ['it holds it', declared, [set], told(same), 'valid', 'same'],
    ['it holds it, and it has expired', declared, [lapsed], told(same), 'expired', 'same'],
    ['it holds another one', declared, [set], told(other), 'differs', 'differs'],
    ['it holds none any more', declared, [set], told(null), 'differs', 'differs'],
    ['it holds none, as nothing was set', declared, [], told(null), 'never-set', 'differs'],
    ['it holds what somebody else set', declared, [], told(same), 'unknown', 'same'],
    ['it holds another one that somebody else set', declared, [], told(other), 'differs', 'differs'],
    ['it holds the topic of which no answer came', declared, [sending], told(same), 'unknown', 'same'],
    ['it holds none, and no answer came', declared, [sending], told(null), 'differs', 'differs'],
    ['it does not say', declared, [set], silent, 'valid', 'unknown'],
    ['it does not say, and nothing was set', declared, [], silent, 'never-set', 'unknown'],
    ['none is declared, and it holds none', without, [], told(null), 'valid', 'same'],
    ['none is declared, and it holds none any more', without, [set], told(null), 'valid', 'same'],
    ['none is declared, and it holds one', without, [], told(other), 'differs', 'differs'],
    ['none is declared, and it does not say', without, [set], silent, 'differs', 'unknown'],
    ['no topic is declared, and it holds what was set', topicless, [set], told(same), 'valid', 'same'],
    ['no topic is declared, and it holds another', topicless, [set], told(other), 'differs', 'differs'],
    ['no topic is declared or set, and it holds one', topicless, [], told(other), 'unknown', 'unknown'],
    ['no topic is declared or set, and it holds none', topicless, [], told(null), 'never-set', 'differs'],
  ])('%s', (_name, tenant, entries, answer, state, outcome) => {
    const status = statusOf(tenant, entries, { answer });
    const topic = answer.outcome === 'told' ? answer.topic : null;
    expect([status.state, status.held]).toEqual([state, { topic, outcome }]);
  });
});

test('the report has what the file, the record and the tenant say, in the order of the file', () => {
  const fleet = fleetOf([fleetTenant('globex'), declared, without]);
  const entry = setEntry('acme', 300);
  const report = fleetStatus(fleet, { entries: [entry] }, { recordPath, now, warnDays: 45 });
  const { topic, fingerprint, notAfter } = entry;
  const expected = { certificate: 'app', topic: same, fingerprint: null, notAfter: null };
  expect(report).toEqual({
    file: 'mfa-fleet.yaml',
    record: recordPath,
    warnDays: 45,
    ok: false,
    tenants: [
      expect.objectContaining({ name: 'globex', state: 'never-set', recorded: null, daysLeft: null }),
      {
        name: 'acme',
        tenant: 'https://acme.id.cyberark.cloud',
        clientAppKey: same,
        state: 'valid',
        expected,
        recorded: { topic, fingerprint, notAfter },
        held: null,
        daysLeft: 300,
        inUse: true,
        inUseFrom: 'record',
        ignoredSince: null,
        otherKeys: [],
      },
      expect.objectContaining({ state: 'differs', expected: null, recorded: expect.anything() }),
    ],
  });
});

describe('which key the tenant pushes with', () => {
  const at = (day: number) => `2026-01-0${day}T00:00:00Z`;
  const set = (clientAppKey: string, day: number, more: Partial<RecordEntry> = {}) =>
    setEntry('acme', 300, { clientAppKey, setAt: at(day), ...more });
  const gone = { state: 'deleted', topic: null, fingerprint: null, notAfter: null } as const;
  const names = (latestKey: string): ReadBack => ({ outcome: 'told', topic: same, latestKey });
  const doubt = 'which key the tenant pushes with is not known: one was deleted, or an answer is missing';

  test.each<[string, readonly RecordEntry[], ReadBack | undefined, string, string | null]>([
    ['this one alone was set', [set(same, 1)], undefined, 'valid true record', null],
    ['this one was set last', [set('old', 1), set(same, 2)], undefined, 'valid true record', null],
    [
      'another one was set later',
      [set(same, 1), set('new', 2)],
      undefined,
      'differs false record',
      'the tenant ignores this key since 2 Jan 2026: it pushes with another one',
    ],
    [
      'the tenant names another one',
      [set(same, 1)],
      names('new'),
      'differs false tenant',
      'the tenant ignores this key: it pushes with another one',
    ],
    ['the tenant names this one', [set(same, 1), set('new', 2)], names(same), 'valid true tenant', null],
    [
      'another one was deleted later',
      [set(same, 1), set('old', 2, gone)],
      undefined,
      'unknown null null',
      doubt,
    ],
    [
      'a request for another one has no answer',
      [set(same, 1), set('new', 2, { state: 'sending' })],
      undefined,
      'unknown null null',
      doubt,
    ],
    [
      'another one was deleted later, and the tenant names this one',
      [set(same, 1), set('old', 2, gone)],
      names(same),
      'valid true tenant',
      null,
    ],
  ])('%s', (_case, entries, answer, expected, reason) => {
    const status = statusOf(declared, entries, { answer });
    expect(`${status.state} ${status.inUse} ${status.inUseFrom}`).toBe(expected);
    expect(reasonFor(status)).toBe(reason);
  });

  test('keys that no name declares stand beside the one that has the certificate, unless they are gone', () => {
    const old = fleetTenant('acme', { name: 'old', certificate: null, clientAppKey: 'old' });
    const others = (tenants: readonly FleetTenant[], entries: readonly RecordEntry[], latest?: string) => {
      const answers = new Map(latest === undefined ? [] : [['acme', names(latest)]]);
      return fleetStatus(
        fleetOf(tenants),
        { entries },
        { recordPath, now, warnDays: 30, answers },
      ).tenants.map((tenant) => wordsForOthers(tenant).join(', '));
    };
    expect(others([old, declared], [set('older', 1), set('old', 2), set(same, 3)])).toEqual([
      '',
      'older is ignored since 2 Jan 2026',
    ]);
    expect(others([declared], [set('old', 1), set(same, 2), set('gone', 3, gone)])).toEqual([
      'old may be in use',
    ]);
    expect(others([declared], [set(same, 1), set('new', 2)])).toEqual(['new is in use']);
    expect(others([declared], [set(same, 1)], 'strange')).toEqual(['strange is in use']);
    expect(others([old], [set('older', 1)])).toEqual(['older is in use']);
  });

  test('of a tenant that is to have none: not this one, where another is in use', () => {
    expect(statusOf(without, [set('new', 1)])).toMatchObject({
      state: 'valid',
      inUse: false,
      inUseFrom: 'record',
    });
    expect(statusOf(without, [])).toMatchObject({ state: 'valid', inUse: null, inUseFrom: null });
  });
});

test('a key that neither the file nor its topic names is that of the last record under the name', () => {
  const entries = [
    setEntry('acme', 300, { clientAppKey: 'old', setAt: '2026-01-01T00:00:00Z' }),
    setEntry('acme', 300, { clientAppKey: 'new', setAt: '2026-02-01T00:00:00.000Z' }),
    setEntry('acme', 300, { clientAppKey: 'older', setAt: '2025-02-01T00:00:00Z' }),
  ];
  expect(statusOf(topicless, entries).clientAppKey).toBe('new');
  const keyIn = (tenant: FleetTenant, known: readonly RecordEntry[]) =>
    withKeys([tenant], { entries: known })[0]?.clientAppKey;
  expect(keyIn(topicless, entries)).toBe('new');
  expect(keyIn(topicless, [])).toBeNull();
  expect(keyIn(fleetTenant('acme', { clientAppKey: 'own' }), entries)).toBe('own');
});
