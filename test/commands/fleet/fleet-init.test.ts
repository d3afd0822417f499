import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { createMachine } from '../../support/context.ts';
import { p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { signIn, startTenant } from '../../support/tenant.ts';

const tenant = 'https://lab.example';
const record = {
  tenant,
  clientAppKey: 'com.example.lab',
  topic: 'com.example.lab',
  fingerprint: 'ab'.repeat(32),
  notAfter: '2027-12-24T16:00:00Z',
  setAt: '2026-11-24T16:00:00Z',
};
const session = {
  tenant,
  appId: 'mfa-cli',
  clientId: 'mfa-cli',
  grant: 'authorization-code',
  accessToken: 'access-token-of-the-profile',
  refreshToken: null,
  expiresAt: null,
  scope: 'all',
  user: 'ada@example.com',
};

/** A machine on which somebody signed in and set a certificate. */
function afterSet(name: string, more: Partial<typeof session> = {}) {
  const machine = createMachine();
  mkdirSync(machine.directory, { mode: 0o700 });
  const profile = { settings: { tenant }, session: { ...session, ...more }, certificates: [record] };
  const store = JSON.stringify({ current: name, profiles: { [name]: profile } });
  writeFileSync(join(machine.directory, 'config.json'), store, { mode: 0o600 });
  return machine;
}

test('a tenant and what was set there are in the file, and plan takes it', async () => {
  const machine = afterSet('default');
  const directory = temporaryDirectory();
  const file = join(directory, 'fleet.yaml');
  const { exitCode, stdout } = await machine.run(['fleet', 'init', '--file', file]);
  expect([exitCode, stdout]).toEqual([
    0,
    `✓ Wrote ${file}: 1 tenant, 1 certificate\n  Name the place of each .p12 in it, then: mfa-cli fleet plan\n`,
  ]);
  const [read] = readFleet(readFileSync(file, 'utf8'), { file, directory }).tenants;
  expect(read).toMatchObject({
    name: 'default',
    tenant,
    certificate: { name: 'lab', p12: { path: join(directory, 'lab.p12') } },
    signIn: { profile: 'default' },
  });
  copyFileSync(p12Path('01-default-aes256'), join(directory, 'lab.p12'));
  const plan = await machine.run(['fleet', 'plan', '--file', file, '--json'], {
    env: { LAB_P12_PASSWORD: 'secret' },
  });
  expect(JSON.parse(plan.stdout).tenants).toMatchObject([
    { name: 'default', action: 'set', certificate: 'lab' },
  ]);
});

test('a service user signs in with a secret that a variable holds, and not with a session', async () => {
  const machine = afterSet('ci', { grant: 'client-credentials', clientId: 'ci@lab' });
  const { stdout } = await machine.run(['fleet', 'init', '--file', '-']);
  const [read] = readFleet(stdout, { file: '-', directory: '/' }).tenants;
  expect(read?.signIn).toMatchObject({ clientId: 'ci@lab', clientSecret: { env: 'CI_CLIENT_SECRET' } });
});

test('an existing file stays, unless it is to be replaced', async () => {
  const machine = createMachine();
  const file = join(temporaryDirectory(), 'fleet.yaml');
  writeFileSync(file, 'mine');
  const refused = await machine.run(['fleet', 'init', '--file', file, '--json']);
  expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'file-exists', exitCode: 2 });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  const { exitCode, stdout } = await machine.run(['fleet', 'init', '--file', file, '--force', '--json']);
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    0,
    { file, content: null, tenants: [], certificates: [], withoutCertificate: [] },
  ]);
  expect(readFleet(readFileSync(file, 'utf8'), { file, directory: '/' }).tenants).toEqual([]);
});

test('stdout takes it, as text and within JSON', async () => {
  const machine = createMachine();
  const { stdout } = await machine.run(['fleet', 'init', '--file', '-']);
  expect(stdout).toMatch(/^# What push certificate/);
  const { content } = JSON.parse((await machine.run(['fleet', 'init', '--file', '-', '--json'])).stdout);
  expect(content).toBe(stdout);
});

test('a profile of nothing but a phone is not taken; one without a certificate stands as a comment', async () => {
  const machine = createMachine();
  for (const [profile, address] of [
    ['lab', 'lab.example'],
    ['odd', 'https://'],
  ])
    await machine.run(['profile', 'set', 'tenant', address ?? '', '--profile', profile ?? '']);
  const { stdout } = await machine.run(['fleet', 'init', '--file', '-']);
  expect(stdout).toContain('tenants: {}\n  # Nothing was set there');
  expect(stdout).toContain('  # lab:\n  #   tenant: lab.example\n');
  expect(stdout).not.toContain('odd');
});

test('with --refresh each tenant has the key and topic that it tells of, also one at which this machine set nothing', async () => {
  const { emulator } = await startTenant();
  const elsewhere = await signIn(emulator);
  await elsewhere.set(['--client-app-key', 'com.example.other-key']);
  const { machine } = await signIn(emulator);
  const file = join(temporaryDirectory(), 'fleet.yaml');
  const plain = await machine.run(['fleet', 'init', '--file', '-']);
  expect(readFleet(plain.stdout, { file, directory: '/' }).tenants).toEqual([]);
  const { exitCode, stdout } = await machine.run(['fleet', 'init', '--refresh', '--file', file, '--json']);
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { tenants: ['default'], certificates: ['lab'] }]);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('# A tenant tells its topic, and not which certificate it is\n');
  expect(text).toContain('# The tenant says that it pushes with this key.\n');
  expect(readFleet(text, { file, directory: '/' }).tenants).toMatchObject([
    { clientAppKey: 'com.example.other-key', certificate: { topic: 'com.example.lab' } },
  ]);
  // Of what this machine set itself it knows more.
  const own = await elsewhere.machine.run(['fleet', 'init', '--refresh', '--file', '-']);
  expect(own.stdout).toContain('# It ends on 2027-12-24');
  expect(own.stdout).toContain('# The tenant says that it pushes with this key.\n');
});

test('with --refresh a tenant that does not tell stays as this machine knows it', async () => {
  const { stderr, stdout, exitCode } = await afterSet('acme').run([
    'fleet',
    'init',
    '--refresh',
    '--file',
    '-',
  ]);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('It is not known what acme holds: ')]);
  expect(stdout).toBe((await afterSet('acme').run(['fleet', 'init', '--file', '-'])).stdout);
});
