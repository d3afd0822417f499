import { expect, test } from 'vitest';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import type { KnownTenant } from '../../../src/commands/fleet/known-tenants.ts';
import { newFleet } from '../../../src/commands/fleet/new-fleet.ts';

const certificate = {
  clientAppKey: 'com.example.lab',
  topic: 'com.example.lab',
  fingerprint: 'ab'.repeat(32),
  notAfter: '2027-12-24T16:00:00Z',
};
const tenantsIn = (text: string) => readFleet(text, { file: 'f.yaml', directory: '/' }).tenants;

const acme: KnownTenant = {
  ...{ profile: 'acme', tenant: 'https://abc1234.id.cyberark.cloud', account: null, certificate },
};

test('what is known is in the file, and nothing known gives an example, which is valid without its signs of comment', async () => {
  const other = {
    ...certificate,
    clientAppKey: 'other',
    fingerprint: 'cd',
    topic: 'com.example.other.lab',
  };
  const account = {
    'client-id': 'ci@acme',
    'app-id': 'push: 1',
    scope: 'a b',
    'platform-token': true,
  } as const;
  const service = { ...acme, account, profile: '2 tenants: a#b', tenant: 'http://localhost:8450' };
  const { text, ...names } = newFleet([
    acme,
    { ...service, certificate: other },
    { ...acme, profile: 'bare', tenant: 'https://lab.example', certificate: null },
  ]);
  const example = newFleet([]).text;
  await expect(`${text}\n${example}`).toMatchFileSnapshot('../../golden/fleet-init.txt');
  const tenants = ['acme', '2-tenants-a-b'];
  expect(names).toEqual({ tenants, certificates: ['lab', 'lab-2'], withoutCertificate: ['bare'] });
  const read = tenantsIn(text);
  expect(read.map(({ name }) => name)).toEqual(tenants);
  expect(read[1]?.signIn).toMatchObject({
    ...{ clientId: 'ci@acme', appId: 'push: 1', scope: 'a b', platformToken: true },
    clientSecret: { env: '_2_TENANTS_A_B_CLIENT_SECRET' },
  });
  const uncommented = example.replaceAll(' {}\n', '\n').replaceAll('  # ', '  ');
  expect(tenantsIn(uncommented)).toMatchObject([
    { name: 'acme', certificate: { name: 'app' }, labels: { region: 'eu' } },
  ]);
});

test('hostile names and topics stay texts: no value turns into another, and no terminal obeys one', () => {
  const words = `null true 5 ~ __proto__ constructor *a {} it's " \\ #`.split(' ');
  for (const hostile of [...words, '- a', 'a: b', 'x\ny: 1', '\u001b[31m\u202e\u2028', '']) {
    const topic = hostile || 'x';
    const known = {
      ...{ ...acme, profile: hostile },
      certificate: { ...certificate, topic, clientAppKey: topic, notAfter: hostile },
    };
    const { text, tenants } = newFleet([known, { ...known, tenant: 'https://b.example' }]);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}\u2028]/u);
    const read = tenantsIn(text.replaceAll('{ profile: "" }', '{ profile: x }'));
    expect(read.map(({ name }) => name)).toEqual(tenants);
    expect(read[0]).toMatchObject({
      certificate: { topic },
      clientAppKey: topic,
      signIn: { profile: topic },
    });
  }
});

test('two certificates for one topic stay two', () => {
  const renewed = { ...certificate, fingerprint: 'ef'.repeat(32) };
  const globex = { ...acme, profile: 'globex', tenant: 'https://globex.example' };
  const { certificates } = newFleet([acme, { ...globex, certificate: renewed }]);
  expect(certificates).toEqual(['lab', 'lab-2']);
});
