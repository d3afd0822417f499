import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fleetSchemaDocument } from '../../../scripts/schema/fleet.ts';
import { hasErrors, hasLevel } from '../../../src/checks/finding.ts';
import type { FleetTenant } from '../../../src/commands/fleet/file/fleet.ts';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { type JudgedCertificate, judgeCertificate } from '../../../src/commands/fleet/fleet-tenant.ts';
import { type PlannedTenant, planFleet } from '../../../src/commands/fleet/make-plan.ts';
import type { RecordEntry } from '../../../src/commands/fleet/record.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { readPushIdentity } from '../../../src/pkcs12/push-identity.ts';
import type { ReadBack } from '../../../src/tenant/certificates.ts';
import { unbounded } from '../../../src/text/pace.ts';
import { Secret } from '../../../src/text/secret.ts';
import { testNow } from '../../support/context.ts';
import { p12Bytes } from '../../support/fixtures.ts';

const topic = 'com.example.lab';
const declared = {
  name: 'app',
  p12: { path: '/app.p12', written: 'app.p12' },
  password: null,
  topic: null,
  environment: null,
};
const password = new Secret('secret');
const identity = await readPushIdentity(
  { name: 'app.p12', bytes: p12Bytes('01-default-aes256') },
  password,
  unbounded,
);
const judged = judgeCertificate(declared, identity, password, { now: testNow, warnDays: 30 });

function tenantOf(more: Partial<FleetTenant> = {}): FleetTenant {
  return {
    name: 'acme',
    tenant: 'https://acme.example',
    certificate: declared,
    clientAppKey: null,
    signIn: { profile: 'acme' },
    labels: {},
    ...more,
  };
}

const certificates = new Map([['app', judged]]);
const none = tenantOf({ certificate: null, clientAppKey: topic });

function entryOf(more: Partial<RecordEntry> = {}): RecordEntry {
  const { fingerprint, notAfter } = judged;
  const place = { name: 'acme', tenant: 'https://acme.example', clientAppKey: topic };
  return { ...place, state: 'set', topic, fingerprint, notAfter, setAt: '2026-01-01T00:00:00Z', ...more };
}

function planned(
  tenant: FleetTenant,
  entry: RecordEntry | null,
  certificate: JudgedCertificate | CliError = judged,
  answer?: ReadBack,
): PlannedTenant {
  const record = { entries: entry === null ? [] : [entry] };
  const [item] = planFleet([tenant], record, {
    certificates: new Map([['app', certificate]]),
    stops: hasErrors,
    answers: new Map(answer === undefined ? [] : [['acme', answer]]),
  });
  if (item === undefined) throw new Error('nothing was planned');
  return item;
}

describe('what is to be done', () => {
  test.each<[string, FleetTenant, RecordEntry | null, string]>([
    ['nothing is recorded', tenantOf(), null, 'set'],
    ['it was deleted', tenantOf(), entryOf({ state: 'deleted', fingerprint: null, topic: null }), 'set'],
    ['the same was set', tenantOf(), entryOf(), 'same'],
    ['another was set', tenantOf(), entryOf({ fingerprint: 'ab' }), 'replace'],
    ['it was set with another topic', tenantOf(), entryOf({ topic: `${topic}.voip` }), 'replace'],
    ['the answer is unknown', tenantOf(), entryOf({ state: 'sending' }), 'set'],
    [
      'the answer to another is unknown',
      tenantOf(),
      entryOf({ state: 'sending', fingerprint: 'ab' }),
      'replace',
    ],
    ['another key is recorded', tenantOf(), entryOf({ clientAppKey: 'other' }), 'set'],
    ['another tenant is recorded', tenantOf(), entryOf({ tenant: 'https://other.example' }), 'set'],
    [
      'the key is another than the topic',
      tenantOf({ clientAppKey: 'k' }),
      entryOf({ clientAppKey: 'k' }),
      'same',
    ],
    ['none is to be there, and one was set', none, entryOf(), 'delete'],
    ['none is to be there, and the answer is unknown', none, entryOf({ state: 'sending' }), 'delete'],
    ['none is to be there, and it was deleted', none, entryOf({ state: 'deleted' }), 'absent'],
    ['none is to be there, and nothing is recorded', none, null, 'absent'],
  ])('%s', (_case, tenant, entry, action) => {
    expect(planned(tenant, entry).action).toBe(action);
  });

  test('is nothing, where the certificate does not open', () => {
    const error = new CliError('pkcs12-corrupt', 'app.p12 is damaged');
    expect(planned(tenantOf(), null, error)).toMatchObject({ action: 'blocked', error, clientAppKey: null });
    const keyed = tenantOf({ certificate: { ...declared, topic } });
    expect(planned(keyed, null, error).clientAppKey).toBe(topic);
  });

  test('is nothing, where it would replace a later one, unless that is told to be no matter', () => {
    const later = entryOf({ fingerprint: 'ab', notAfter: '2030-01-01T00:00:00Z' });
    const item = planned(tenantOf(), later);
    expect([item.action, item.findings[0]?.code]).toEqual(['blocked', 'replaces-later-certificate']);
    const [forced] = planFleet([tenantOf()], { entries: [later] }, { certificates, stops: () => false });
    expect(forced?.action).toBe('replace');
  });

  test('is nothing, not even by force, where there is no certificate or no topic', () => {
    for (const missing of [{ fingerprint: null }, { topic: null }]) {
      const certificates = new Map([['app', { ...judged, ...missing }]]);
      const [item] = planFleet([tenantOf()], { entries: [] }, { certificates, stops: () => false });
      expect([item?.action, item?.error?.code]).toEqual(['blocked', 'usage']);
    }
  });
});

describe('of several keys of a tenant', () => {
  const at = (day: number) => `2026-01-0${day}T00:00:00Z`;
  const entry = (clientAppKey: string, day: number, more: Partial<RecordEntry> = {}) =>
    entryOf({ clientAppKey, setAt: at(day), ...more });
  const gone = { state: 'deleted', topic: null, fingerprint: null, notAfter: null } as const;
  const old = tenantOf({ name: 'old', certificate: null, clientAppKey: 'com.example.old' });
  const silenced = (key: string) =>
    `Sign-in pushes go to the app of the key set last. ${key} gets none after this.`;

  const names = (latestKey: string): ReadBack => ({ outcome: 'unknown', why: 'it is shy', latestKey });

  /** `acme set: message`, of each tenant. */
  const plan = (
    tenants: readonly FleetTenant[],
    entries: readonly RecordEntry[],
    answers: ReadonlyMap<string, ReadBack> = new Map(),
    stops: Parameters<typeof planFleet>[2]['stops'] = hasErrors,
  ) =>
    planFleet(tenants, { entries }, { certificates, stops, answers }).map(({ tenant, action, findings }) =>
      [
        `${tenant.name} ${action}`,
        ...findings.flatMap(({ code, message }) => (code === 'silences-other-app' ? message : [])),
      ].join(': '),
    );

  test.each<[string, readonly FleetTenant[], readonly RecordEntry[], string | null, readonly string[]]>([
    [
      'another one was set last: it is silenced',
      [tenantOf()],
      [entry('com.example.old', 1)],
      null,
      [`acme set: ${silenced('com.example.old')}`],
    ],
    [
      'another one was set after this one: this is set again, and that is silenced',
      [tenantOf()],
      [entry(topic, 1), entry('com.example.old', 2)],
      null,
      [`acme set: ${silenced('com.example.old')}`],
    ],
    [
      'this one was set last',
      [tenantOf()],
      [entry('com.example.old', 1), entry(topic, 2)],
      null,
      ['acme same'],
    ],
    [
      'another one is declared to go: deleting it silences it, and this is set after it',
      [tenantOf(), old],
      [entry('com.example.old', 1), entry(topic, 2)],
      null,
      ['acme set', 'old delete'],
    ],
    [
      'another one is to go, and was in use',
      [old, tenantOf()],
      [entry('com.example.old', 1)],
      null,
      ['old delete', 'acme set'],
    ],
    [
      'another one was deleted after this was set: what the tenant pushes with is not known',
      [tenantOf(), old],
      [entry(topic, 1), entry('com.example.old', 2, gone)],
      null,
      ['acme set', 'old absent'],
    ],
    [
      'another one was deleted before this was set',
      [tenantOf(), old],
      [entry('com.example.old', 1, gone), entry(topic, 2)],
      null,
      ['acme same', 'old absent'],
    ],
    [
      'a request for another one has no answer',
      [tenantOf()],
      [entry(topic, 1), entry('com.example.old', 2, { state: 'sending' })],
      null,
      [`acme set: ${silenced('com.example.old')}`],
    ],
    [
      'the tenant names another one, which nobody recorded',
      [tenantOf()],
      [entry(topic, 1)],
      'com.example.other',
      [`acme set: ${silenced('com.example.other')}`],
    ],
    [
      'the tenant names this one',
      [tenantOf()],
      [entry(topic, 1), entry('com.example.old', 2)],
      topic,
      ['acme same'],
    ],
    [
      'keys of another tenant do not count',
      [tenantOf()],
      [entry(topic, 1), entry('com.example.old', 2, { tenant: 'https://globex.example' })],
      null,
      ['acme same'],
    ],
  ])('%s', (_case, tenants, entries, latest, expected) => {
    const answers = new Map(latest === null ? [] : [['acme', names(latest)]]);
    expect(plan(tenants, entries, answers)).toEqual(expected);
  });

  test('stays the same where the tenant holds none for the key that was to be deleted', () => {
    const answers = new Map<string, ReadBack>([
      ['acme', { outcome: 'told', topic, latestKey: topic }],
      ['old', { outcome: 'told', topic: null, latestKey: topic }],
    ]);
    expect(plan([tenantOf(), old], [entry('com.example.old', 1), entry(topic, 2)], answers)).toEqual([
      'acme same',
      'old absent',
    ]);
  });

  test('is blocked by the warning where warnings stop it', () => {
    const strict = plan([tenantOf()], [entry('com.example.old', 1)], new Map(), (findings) =>
      hasLevel(findings, 'warning'),
    );
    expect(strict).toEqual([`acme blocked: ${silenced('com.example.old')}`]);
  });
});

describe('what is to be done, after the tenant was asked', () => {
  const told = (held: string | null): ReadBack => ({ outcome: 'told', topic: held });
  test.each<[string, FleetTenant, RecordEntry | null, ReadBack, string]>([
    ['it holds what is recorded', tenantOf(), entryOf(), told(topic), 'same'],
    ['it holds nothing', tenantOf(), entryOf(), told(null), 'set'],
    ['it holds another topic', tenantOf(), entryOf(), told('other'), 'replace'],
    ['it holds one that nobody recorded', tenantOf(), null, told(topic), 'replace'],
    ['it does not say', tenantOf(), entryOf(), { outcome: 'unknown', why: 'it is shy' }, 'same'],
    ['it is to hold none, and does', none, null, told(topic), 'delete'],
    ['it is to hold none, and holds none', none, entryOf(), told(null), 'absent'],
  ])('%s', (_case, tenant, entry, answer, action) => {
    expect(planned(tenant, entry, judged, answer).action).toBe(action);
  });

  test('a blocked one stays blocked', () => {
    const damaged = new CliError('pkcs12-corrupt', 'app.p12 is damaged');
    expect(planned(tenantOf(), null, damaged, told(null)).action).toBe('blocked');
  });
});

const committed = readFileSync('schema/fleet.schema.json', 'utf8');
const accepts = new Ajv({ strictTuples: false }).compile(JSON.parse(committed));

test('the committed schema is made from the one that the program judges by', () => {
  expect(committed, 'run `npm run schema`').toBe(fleetSchemaDocument());
});

test.each(['fleet.yaml', 'anchors.yaml'])('takes %s', (name) => {
  accepts(parse(readFileSync(`test/fixtures/fleet/${name}`, 'utf8'), { merge: true }));
  expect(accepts.errors).toBeNull();
});

const signIn = { profile: 'p' };
const tenant = { tenant: 'a.example', certificate: 'app', 'sign-in': signIn };
const certificate = { p12: 'app.p12' };
const fleet = { version: 1, certificates: { app: certificate }, tenants: { acme: tenant } };
const withTenant = (change: object) => ({ ...fleet, tenants: { acme: { ...tenant, ...change } } });
const withCertificate = (change: object) => ({
  ...fleet,
  certificates: { app: { ...certificate, ...change } },
});

test.each<[what: string, document: unknown]>([
  ['a list', []],
  ['no version', { tenants: {} }],
  ['another version', { ...fleet, version: 2 }],
  ['no tenants', { version: 1 }],
  ['an unknown key', { ...fleet, tenant: {} }],
  ['an unknown default', { ...fleet, defaults: { days: 3 } }],
  ['an environment that is none', { ...fleet, defaults: { environment: 'prod' } }],
  ['half a day', { ...fleet, defaults: { 'warn-days': 1.5 } }],
  ['a name', { ...fleet, tenants: { 'a b': tenant } }],
  ['a name of JavaScript', { ...fleet, tenants: { constructor: tenant } }],
  ['no .p12', { ...fleet, certificates: { app: {} } }],
  ['a .p12 elsewhere', withCertificate({ p12: { file: 'a' } })],
  ['a password written out', withCertificate({ password: 'hunter2' })],
  ['a password in two ways', withCertificate({ password: { env: 'A', file: 'b' } })],
  ['a variable that is none', withCertificate({ password: { env: 'A B' } })],
  ['an empty command', withCertificate({ password: { command: [] } })],
  ['a command as a line', withCertificate({ password: { command: 'op read' } })],
  ['no certificate', { ...fleet, tenants: { acme: { tenant: 'a', 'sign-in': signIn } } }],
  ['a sign-in of two kinds', withTenant({ 'sign-in': { ...signIn, token: { env: 'A' } } })],
  ['a sign-in with half a client', withTenant({ 'sign-in': { 'client-id': 'c' } })],
  ['a token written out', withTenant({ 'sign-in': { token: 'hunter2' } })],
  ['labels as lists', withTenant({ labels: { a: [] } })],
  ['a label with a sign', withTenant({ labels: { 'a=b': 'c' } })],
])('refuses what the program refuses: %s', (_what, document) => {
  expect(accepts(document)).toBe(false);
  const read = () => readFleet(JSON.stringify(document), { file: 'f.yaml', directory: '/' });
  expect(read).toThrow(CliError);
});

test('takes what the program takes', () => {
  for (const document of [
    fleet,
    { ...fleet, 'x-anchors': [1] },
    withTenant({ certificate: null, 'client-app-key': 'k', labels: { a: 1, b: true } }),
    withCertificate({ p12: { env: 'A' }, password: { command: ['op', 'read'] }, environment: 'sandbox' }),
  ]) {
    expect(accepts(document)).toBe(true);
    readFleet(JSON.stringify(document), { file: 'f.yaml', directory: '/' });
  }
});
