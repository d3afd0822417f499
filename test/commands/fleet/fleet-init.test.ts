import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { createMachine } from '../../support/context.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant, visit } from '../../support/tenant.ts';

const set = ['apns', 'set', '--p12', p12Path('01-default-aes256')];

/** Its tenant, its name in the fleet file, and what the .p12 is given there. */
async function afterSet() {
  const { emulator, login } = await startTenant();
  const machine = createMachine();
  expect((await machine.run(login, { browser: visit })).exitCode).toBe(0);
  expect((await machine.run([...set, '--yes'], { env: secretPassword })).exitCode).toBe(0);
  return { emulator, machine };
}

test('a tenant and what was set there are in the file, and plan takes it', async () => {
  const { emulator, machine } = await afterSet();
  const directory = temporaryDirectory();
  const file = join(directory, 'fleet.yaml');
  const { exitCode, stdout } = await machine.run(['fleet', 'init', '--file', file]);
  expect([exitCode, stdout]).toEqual([
    0,
    `✓ Wrote ${file}: 1 tenant, 1 certificate\n  Name the place of each .p12 in it, then: mfa-cli fleet plan\n`,
  ]);
  const [tenant] = readFleet(readFileSync(file, 'utf8'), { file, directory }).tenants;
  expect(tenant).toMatchObject({
    name: 'default',
    tenant: emulator.url,
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
  const { emulator } = await startTenant();
  const { serviceUser } = emulator;
  const machine = createMachine();
  const env = { MFA_CLI_CLIENT_ID: serviceUser.user, MFA_CLI_CLIENT_SECRET: serviceUser.password };
  const login = await machine.run(['login', '--tenant', emulator.url, '--profile', 'ci'], { env });
  expect(login.stderr).toBe('');
  expect(login.exitCode).toBe(0);
  expect(
    (await machine.run([...set, '--profile', 'ci'], { env: { ...secretPassword, ...env } })).exitCode,
  ).toBe(0);
  const { stdout } = await machine.run(['fleet', 'init', '--file', '-']);
  const [tenant] = readFleet(stdout, { file: '-', directory: '/' }).tenants;
  expect(tenant?.signIn).toMatchObject({
    clientId: serviceUser.user,
    clientSecret: { env: 'CI_CLIENT_SECRET' },
  });
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
  for (const [profile, tenant] of [
    ['lab', 'lab.example'],
    ['odd', 'https://'],
  ])
    await machine.run(['profile', 'set', 'tenant', tenant ?? '', '--profile', profile ?? '']);
  const { stdout } = await machine.run(['fleet', 'init', '--file', '-']);
  expect(stdout).toContain('tenants: {}\n  # Nothing was set there');
  expect(stdout).toContain('  # lab:\n  #   tenant: lab.example\n');
  expect(stdout).not.toContain('odd');
});
