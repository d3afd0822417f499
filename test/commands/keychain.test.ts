import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine, testNow } from '../support/context.ts';
import { startTenant, visit } from '../support/tenant.ts';

const keychain = ['--store', 'keychain', '--json'];

/** A machine whose keychain has the session of a service user, and the variables of that user. */
async function keptService() {
  const { emulator, login } = await startTenant();
  const env = {
    MFA_CLI_CLIENT_ID: emulator.serviceUser.user,
    MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password,
  };
  const machine = createMachine();
  expect((await machine.run([...login, ...keychain], { env })).exitCode).toBe(0);
  return { machine, env };
}

test('a sign-in whose session cannot be kept does not begin', async () => {
  const { login } = await startTenant();
  const machine = createMachine();
  machine.keychain.fault = 'The keychain is locked';
  const opened: string[] = [];
  const browser = async (url: string) => void opened.push(url);
  const { exitCode, stdout } = await machine.run([...login, ...keychain], { browser });
  expect([exitCode, JSON.parse(stdout).error.code, opened]).toEqual([
    5,
    'keychain-unavailable',
    [],
  ]);
  expect([existsSync(machine.directory), machine.keychain.asked]).toEqual([false, ['check']]);
});

test('a service user with its secret does without a keychain that gives nothing', async () => {
  const { machine, env } = await keptService();
  const kept = JSON.parse((await machine.run(['whoami', '--json'], { env })).stdout);
  expect(kept).toMatchObject({ source: 'client-credentials', store: 'keychain' });
  machine.keychain.fault = 'The keychain is locked';
  const { exitCode, stdout } = await machine.run(['whoami', '--json'], { env });
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    0,
    expect.objectContaining({ source: 'client-credentials', store: null }),
  ]);
});

test.each<[string, { scope?: string; expiresAt?: string }, string | null]>([
  ['as it was', {}, 'keychain'],
  ['with a narrower scope', { scope: 'apns' }, null],
  ['with a later end', { expiresAt: '2027-11-24T17:00:00.000Z' }, null],
])(
  'a session in the keychain counts as what it is, whatever its profile says of it: %s',
  async (_case, change, store) => {
    const { machine, env } = await keptService();
    const file = join(machine.directory, 'config.json');
    const profiles = JSON.parse(readFileSync(file, 'utf8'));
    Object.assign(profiles.profiles.default.session, change);
    writeFileSync(file, JSON.stringify(profiles));
    const now = 'expiresAt' in change ? new Date('2027-11-24T16:00:00Z') : testNow;
    const scope = ['--scope', `${change.scope ?? 'all'}`];
    const { stdout } = await machine.run(['whoami', ...scope, '--json'], { env, now });
    expect(JSON.parse(stdout)).toMatchObject({ source: 'client-credentials', store });
  },
);

test('a sign-in goes where the last one of its profile went, unless it is told otherwise', async () => {
  const { login } = await startTenant();
  const machine = createMachine();
  const storeAfter = async (...words: string[]) =>
    JSON.parse((await machine.run([...login, ...words, '--json'], { browser: visit })).stdout)
      .store;
  const file = join(machine.directory, 'config.json');
  expect(await storeAfter('--store', 'keychain')).toBe('keychain');
  expect([await storeAfter(), machine.keychain.held.size]).toEqual(['keychain', 1]);
  expect([await storeAfter('--store', 'file'), machine.keychain.held.size]).toEqual([file, 0]);
  expect(await storeAfter()).toBe(file);
  const env = { MFA_CLI_STORE: 'keychain' };
  const { stdout } = await machine.run([...login, '--json'], { browser: visit, env });
  expect([JSON.parse(stdout).store, readFileSync(file, 'utf8').includes('Token')]).toEqual([
    'keychain',
    false,
  ]);
});

test('all sessions end at once, wherever they are', async () => {
  const { login } = await startTenant();
  const machine = createMachine();
  await machine.run([...login, '--store', 'keychain', '--profile', 'a'], { browser: visit });
  await machine.run([...login, '--profile', 'b'], { browser: visit });
  const { exitCode, stdout } = await machine.run(['logout', '--all', '--yes', '--json']);
  expect([exitCode, machine.keychain.held.size]).toEqual([0, 0]);
  const accepted = [{ outcome: 'accepted' }, { outcome: 'accepted' }];
  expect(JSON.parse(stdout).sessions).toMatchObject([
    { profile: 'a', revocations: accepted },
    { profile: 'b', revocations: accepted },
  ]);
});

test.each([
  ['login', '--store', 'x'],
  ['profile', 'set', 'store', 'x'],
])('%s %s %s is wrong usage', async (...words) => {
  expect((await createMachine().run(words)).exitCode).toBe(2);
});

test('a variable that names no place is wrong usage of login alone', async () => {
  const machine = createMachine();
  const env = { MFA_CLI_STORE: 'x' };
  expect(await machine.run(['login', '--tenant', 'http://127.0.0.1:9'], { env })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('MFA_CLI_STORE must be file or keychain, not "x"\n'),
  });
  expect((await machine.run(['profile', 'list'], { env })).exitCode).toBe(0);
});

test.each<[string[], number | null]>([
  [[], null],
  [['--timeout', '7'], 7],
])('the keychain has the time that %j gives', async (words, seconds) => {
  const { keychainTimeouts } = await createMachine().run(['profile', 'list', ...words]);
  expect(keychainTimeouts).toEqual([seconds]);
});
