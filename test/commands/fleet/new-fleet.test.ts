import { expect, test } from 'vitest';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { newFleet } from '../../../src/commands/fleet/init.ts';
import type { KnownTenant } from '../../../src/commands/fleet/known-tenants.ts';

const place = { file: 'f.yaml', directory: '/' };
const certificate = {
  clientAppKey: 'com.example.app',
  topic: 'com.example.app',
  fingerprint: 'ab'.repeat(32),
  notAfter: '2027-03-01T12:00:00.000Z',
};
const acme: KnownTenant = {
  profile: 'acme',
  tenant: 'https://abc1234.id.cyberark.cloud',
  clientId: null,
  appId: null,
  scope: null,
  platformToken: false,
  certificates: [certificate],
};

test('nothing known gives an example, which is valid once its signs of comment are gone', () => {
  const { text, tenants } = newFleet([]);
  expect(tenants).toEqual([]);
  expect(readFleet(text, place)).toEqual({
    file: 'f.yaml',
    warnDays: 30,
    certificates: new Map(),
    tenants: [],
  });
  const uncommented = text.replaceAll(' {}\n', '\n').replaceAll('  # ', '  ');
  const [tenant] = readFleet(uncommented, place).tenants;
  expect(tenant).toMatchObject({ name: 'acme', certificate: { name: 'app' }, labels: { region: 'eu' } });
});

test('what is known is in the file as it is read again', () => {
  const other = {
    ...certificate,
    clientAppKey: 'other',
    fingerprint: 'cd'.repeat(32),
    topic: 'com.example.other.app',
  };
  const { text, ...names } = newFleet([
    acme,
    {
      ...acme,
      profile: '2 tenants: a#b',
      tenant: 'http://localhost:8450',
      clientId: 'ci@acme',
      appId: 'push: 1',
      scope: 'a b',
      platformToken: true,
      certificates: [certificate, other],
    },
    { ...acme, profile: 'lab', tenant: 'https://lab.example', certificates: [] },
  ]);
  expect(names).toEqual({
    tenants: ['acme', '2-tenants-a-b'],
    certificates: ['app', 'app-2'],
    withoutCertificate: ['lab'],
  });
  const fleet = readFleet(text, place);
  const signIn = {
    clientId: 'ci@acme',
    clientSecret: { env: '_2_TENANTS_A_B_CLIENT_SECRET' },
    appId: 'push: 1',
    scope: 'a b',
    platformToken: true,
  };
  expect(fleet.tenants).toMatchObject([
    {
      name: 'acme',
      tenant: 'https://abc1234.id.cyberark.cloud',
      certificate: { name: 'app', p12: { path: '/app.p12' }, password: { env: 'APP_P12_PASSWORD' } },
      clientAppKey: 'com.example.app',
      signIn: { profile: 'acme' },
    },
    {
      tenant: 'http://localhost:8450',
      certificate: { name: 'app-2', topic: 'com.example.other.app' },
      clientAppKey: 'other',
      signIn,
    },
  ]);
  expect(text).toContain('ends on 2027-03-01; SHA-256 abab');
  expect(text).toContain('\n    # Set before, and not used since: com.example.app\n');
  expect(text).toContain('  # lab:\n  #   tenant: lab.example\n');
});

test('hostile names and topics stay texts: no value turns into another, and no terminal obeys one', () => {
  const words = `null true 5 ~ __proto__ constructor *a {} it's " \\ #`.split(' ');
  for (const hostile of [...words, '- a', 'a: b', 'x\ny: 1', '\u001b[31m\u202e\u2028', '']) {
    const known: KnownTenant = {
      ...acme,
      profile: hostile,
      certificates: [
        { ...certificate, topic: hostile || 'x', clientAppKey: hostile || 'x', notAfter: hostile },
      ],
    };
    const { text, tenants } = newFleet([known, { ...known, tenant: 'https://b.example' }]);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}\u2028]/u);
    const fleet = readFleet(
      text.replace('{ profile: "" }', '{ profile: x }').replace('{ profile: "" }', '{ profile: x }'),
      place,
    );
    expect(fleet.tenants.map(({ name }) => name)).toEqual(tenants);
    expect(fleet.tenants[0]?.certificate?.topic).toBe(hostile || 'x');
    expect(fleet.tenants[0]?.clientAppKey).toBe(hostile || 'x');
    if (hostile !== '') expect(fleet.tenants[0]?.signIn).toEqual({ profile: hostile });
  }
});
