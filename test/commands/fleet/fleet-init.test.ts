import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { type KnownTenant, newFleet } from '../../../src/commands/fleet/init.ts';
import { createMachine } from '../../support/context.ts';
import { p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const tenant = 'https://lab.example';
const certificate = {
  clientAppKey: 'com.example.lab',
  topic: 'com.example.lab',
  fingerprint: 'ab'.repeat(32),
  notAfter: '2027-12-24T16:00:00Z',
};
const session = {
  ...{ tenant, appId: 'mfa-cli', clientId: 'mfa-cli', grant: 'authorization-code', scope: 'all' },
  ...{
    accessToken: 'access-token-of-the-profile',
    refreshToken: null,
    expiresAt: null,
    user: 'ada@example.com',
  },
};

/** A machine on which somebody signed in and set a certificate. */
function afterSet(name: string, more: Partial<typeof session> = {}) {
  const machine = createMachine();
  mkdirSync(machine.directory, { mode: 0o700 });
  const certificates = [{ ...certificate, tenant, setAt: '2026-11-24T16:00:00Z' }];
  const profile = { settings: { tenant }, session: { ...session, ...more }, certificates };
  const store = JSON.stringify({ current: name, profiles: { [name]: profile } });
  writeFileSync(join(machine.directory, 'config.json'), store, { mode: 0o600 });
  return machine;
}

const toStdout = ['fleet', 'init', '--file', '-'];
const tenantsIn = (text: string) => readFleet(text, { file: 'f.yaml', directory: '/' }).tenants;

test('a tenant and what was set there are in the file, and plan takes it', async () => {
  const machine = afterSet('default');
  const directory = temporaryDirectory();
  const file = join(directory, 'fleet.yaml');
  const { exitCode, stdout } = await machine.run(['fleet', 'init', '--file', file]);
  expect([exitCode, stdout]).toEqual([
    0,
    `✓ Wrote ${file} (fleet file: 1 tenant, 1 certificate)\n  Enter the path of each .p12 in it, set the variables of the passwords, and run: mfa-cli fleet plan --file ${file}\n`,
  ]);
  copyFileSync(p12Path('01-default-aes256'), join(directory, 'lab.p12'));
  const env = { LAB_P12_PASSWORD: 'secret' };
  const plan = await machine.run(['fleet', 'plan', '--file', file, '--json'], { env });
  expect(JSON.parse(plan.stdout).tenants).toMatchObject([
    { name: 'default', tenant, action: 'set', certificate: 'lab' },
  ]);
});

test('a tenant that only the record knows is in the file, beside the one of the profile', async () => {
  const { stdout } = await afterSet('acme', { tenant: 'https://new.example' }).run(toStdout);
  expect(tenantsIn(stdout)).toMatchObject([
    { name: 'lab', tenant, clientAppKey: certificate.clientAppKey },
  ]);
  expect(stdout).toContain('  # acme:\n  #   tenant: new.example\n');
});

test('a service user signs in with a secret that a variable holds, and not with a session', async () => {
  const { stdout } = await afterSet('ci', { grant: 'client-credentials', clientId: 'ci@lab' }).run(
    toStdout,
  );
  const signIn = { clientId: 'ci@lab', clientSecret: { env: 'CI_CLIENT_SECRET' } };
  expect(tenantsIn(stdout)).toMatchObject([{ signIn }]);
});

test('an existing file stays, unless it is to be replaced; stdout takes it, as text and within JSON', async () => {
  const machine = createMachine();
  const file = join(temporaryDirectory(), 'fleet.yaml');
  writeFileSync(file, 'mine');
  const words = ['fleet', 'init', '--file', file, '--json'];
  const refused = await machine.run(words);
  expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'file-exists', exitCode: 2 });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  const { exitCode, stdout } = await machine.run([...words, '--force']);
  const empty = { tenants: [], certificates: [], withoutCertificate: [] };
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, { file, content: null, ...empty }]);
  const text = (await machine.run(toStdout)).stdout;
  expect([text, JSON.parse((await machine.run([...toStdout, '--json'])).stdout).content]).toEqual([
    readFileSync(file, 'utf8'),
    text,
  ]);
});

test('a profile of nothing but a phone is not taken; one without a certificate stands as a comment', async () => {
  const machine = createMachine();
  for (const [profile, address] of [
    ['lab', 'lab.example'],
    ['odd', 'https://'],
  ] as const)
    await machine.run(['profile', 'set', 'tenant', address, '--profile', profile]);
  const { stdout } = await machine.run(toStdout);
  expect(stdout).toContain('  # Nothing was set there');
  expect(stdout).toContain('  # lab:\n  #   tenant: lab.example\n');
  expect(stdout).not.toContain('odd');
});

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
