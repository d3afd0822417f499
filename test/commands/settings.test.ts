import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { SettingKey } from '../../src/auth/profile.ts';
import { openProfileStore } from '../../src/auth/profile-store.ts';
import { noProfiles, withSetting } from '../../src/auth/profiles.ts';
import { encodeLine } from '../../src/change/ledger-line.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { doneAt } from '../change/examples.ts';
import { createMachine, type RunOptions, testNow } from '../support/context.ts';
import { openEmulator } from '../support/emulator.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { noKeychain } from '../support/no-keychain.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant, visit } from '../support/tenant.ts';

const p12 = ['--p12', p12Path('01-default-aes256')];

/** Counts how often the profile file is opened but by whoever holds its lock, which has to see what is there by then. */
function countReads(directory: string): () => number {
  const path = join(directory, 'config.json');
  const { openSync } = fs;
  let reads = 0;
  fs.openSync = (...parameters: Parameters<typeof openSync>) => {
    if (parameters[0] === path && !fs.existsSync(`${path}.lock`)) reads++;
    return openSync(...parameters);
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    fs.openSync = openSync;
    syncBuiltinESMExports();
  });
  return () => reads;
}

describe('the store is read once', () => {
  const directory = temporaryDirectory();
  let signedIn = '';
  let emulator: Emulator;
  beforeAll(async () => {
    const port = await freePort();
    emulator = await openEmulator({ redirectUris: [`http://127.0.0.1:${port}/callback`] });
    const login = ['login', '--tenant', emulator.url, '--port', String(port)];
    await createMachine(directory).run(login, { browser: visit });
    signedIn = fs.readFileSync(join(directory, 'config.json'), 'utf8');
  });
  afterAll(() => emulator.close());

  // The last ones end the session that all have.
  test.each<[string, string[], RunOptions]>([
    ['login', ['login'], { browser: visit }],
    ['whoami', ['whoami'], {}],
    ['api', ['api', 'POST', '/Security/WhoAmI'], {}],
    ['apns set', ['apns', 'set', ...p12], { env: secretPassword }],
    [
      'apns set, with questions',
      ['apns', 'set', ...p12],
      { env: secretPassword, answers: ['lab', true] },
    ],
    ['apns delete', ['apns', 'delete', '--client-app-key', 'lab', '--yes'], {}],
    ['apns status', ['apns', 'status'], {}],
    ['device enroll', ['device', 'enroll'], {}],
    ['doctor --probe', ['doctor', '--probe'], {}],
    ['profile list', ['profile', 'list'], {}],
    ['profile show', ['profile', 'show'], {}],
    ['profile set', ['profile', 'set', 'port', '8401'], {}],
    [
      'whoami, whose session is renewed',
      ['whoami'],
      { now: new Date(testNow.getTime() + 86_400_000) },
    ],
    ['logout', ['logout'], {}],
  ])('by %s', async (_name, argv, options) => {
    const machine = createMachine();
    fs.mkdirSync(machine.directory, { recursive: true, mode: 0o700 });
    fs.writeFileSync(join(machine.directory, 'config.json'), signedIn, { mode: 0o600 });
    const reads = countReads(machine.directory);
    const { stderr } = await machine.run(argv, options);
    expect([reads(), stderr]).toEqual([1, expect.not.stringContaining('error:')]);
  });

  test('by a command in which a person signs in', async () => {
    const { emulator, port } = await startTenant();
    const machine = createMachine();
    const env = { ...secretPassword, MFA_CLI_TENANT: emulator.url, MFA_CLI_PORT: String(port) };
    await machine.run(['profile', 'set', 'scope', 'all']);
    const reads = countReads(machine.directory);
    const { exitCode, questions } = await machine.run(['apns', 'set', ...p12], {
      env,
      answers: [true, 'lab', true],
      browser: visit,
    });
    expect([exitCode, questions.length, reads()]).toEqual([0, 3, 1]);
  });

  test.each([
    ['apns inspect', ['apns', 'inspect', ...p12]],
    [
      'push send --dry-run',
      ['push', 'send', ...p12, '--device-token', '0'.repeat(64), '--dry-run'],
    ],
  ])('and by %s not at all', async (_name, argv) => {
    const machine = createMachine();
    const reads = countReads(machine.directory);
    const { exitCode } = await machine.run(argv, { env: secretPassword });
    expect([exitCode, reads()]).toEqual([0, 0]);
  });
});

/** A machine whose profile has a certificate on record, and this setting, which nobody looked at. */
async function machineWith(key: SettingKey, value: string) {
  const machine = createMachine();
  const { directory } = machine;
  const warn = (text: string) => expect.fail(text);
  const store = openProfileStore({ directory, warn, now: () => testNow, keychain: noKeychain });
  const tenant = 'https://tenant.example.com';
  await store.update(() => withSetting(noProfiles, 'default', key, value));
  const lines = doneAt('1', 0, { tenant, notBefore: null }).map(encodeLine);
  fs.writeFileSync(join(directory, 'ledger.jsonl'), lines.join(''), { mode: 0o600 });
  return machine;
}

describe('a wrong setting stops only whoever needs it', () => {
  test.each([
    [['apns', 'status', '--all-profiles'], 'https://tenant.example.com'],
    [['profile', 'list'], 'ftp://wrong'],
    [['profile', 'show'], 'ftp://wrong'],
    [['profile', 'set', 'tenant', 'tenant.example.com'], 'https://tenant.example.com'],
  ])('a tenant: not %j', async (argv, shown) => {
    const machine = await machineWith('tenant', 'ftp://wrong');
    const { exitCode, stdout, stderr } = await machine.run(argv);
    expect([exitCode, stdout, stderr]).toEqual([0, expect.stringContaining(shown), '']);
  });

  test('a tenant: who needs it, and `doctor` tells it', async () => {
    const machine = await machineWith('tenant', 'ftp://wrong');
    for (const argv of [
      ['whoami'],
      ['apns', 'set', ...p12, '--dry-run'],
      ['apns', 'delete', '--client-app-key', 'x', '--yes'],
    ]) {
      const { exitCode, stderr } = await machine.run(argv, { env: secretPassword });
      expect([argv, exitCode, stderr]).toEqual([
        argv,
        2,
        expect.stringContaining('must use https'),
      ]);
    }
    const { exitCode, stdout } = await machine.run(['doctor']);
    const told = expect.stringMatching(/✗ .*must use https.* \[tenant-address\]/);
    expect([exitCode, stdout]).toEqual([4, told]);
  });

  test('a port: `login`, and nothing else', async () => {
    const { emulator } = await startTenant();
    const machine = await machineWith('port', '99999');
    const env = { MFA_CLI_TENANT: emulator.url };
    expect((await machine.run(['login'], { env })).stderr).toContain(
      'must be a port from 1 to 65535, not "99999"',
    );
    const { user, password } = emulator.serviceUser;
    const service = { ...env, MFA_CLI_CLIENT_ID: user, MFA_CLI_CLIENT_SECRET: password };
    expect((await machine.run(['whoami'], { env: service })).exitCode).toBe(0);
  });
});
