import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { askKeychain } from '../../../src/auth/keychain/ask-keychain.ts';
import { openProfileStore } from '../../../src/auth/profile-store.ts';
import { noProfiles, withSetting } from '../../../src/auth/profiles.ts';
import { bundlePrograms } from '../../support/bundle.ts';
import { noProgress } from '../../support/no-keychain.ts';
import { patience } from '../../support/patience.ts';
import { type Finished, finish, programCommand, runProgram, startProgram } from '../../support/process.ts';
import {
  type SecretService,
  secretServicePrograms,
  startSecretService,
} from '../../support/secret-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant, type TestTenant } from '../../support/tenant.ts';
import { isMissing } from '../../support/tools.ts';
import { noon, sessionAt, withSession } from '../examples.ts';
import { startScriptedTenant } from '../scripted-tenant.ts';

const visitor = fileURLToPath(new URL('../../../scripts/visit.mjs', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Place {
  readonly service: SecretService;
  readonly tenant: TestTenant;
  readonly env: Readonly<Record<string, string>>;
  readonly config: string;
  run(...words: string[]): Promise<Finished>;
  login(...words: string[]): Promise<Finished>;
}

/** A machine with a keychain and a tenant. */
async function open(options: Parameters<typeof startSecretService>[0] = {}): Promise<Place> {
  const [service, tenant] = await Promise.all([startSecretService(options), startTenant()]);
  const { HOME = '' } = service.env;
  const env = {
    PATH: process.env.PATH ?? '',
    ...service.env,
    XDG_CONFIG_HOME: join(HOME, 'config'),
    BROWSER: `"${process.execPath}" "${visitor}"`,
  };
  const run = (...words: string[]) => runProgram(words, env);
  const config = join(env.XDG_CONFIG_HOME, 'mfa-cli', 'config.json');
  return { service, tenant, env, config, run, login: (...words) => run(...tenant.login, ...words) };
}

/** The tokens in what another program finds in the keychain. */
function tokensIn(held: string): readonly string[] {
  return [...held.matchAll(/"(?:accessToken|refreshToken)":"([^"]+)"/g)].map(([, token = '']) => token);
}

const unavailable = (words: string) => ({
  exitCode: 5,
  stdout: expect.stringContaining('"code": "keychain-unavailable"'),
  stderr: expect.stringContaining(words),
});

describe.skipIf(isMissing(...secretServicePrograms))('the Secret Service', () => {
  test('keeps a session while commands use it, and no token is in any file', async () => {
    const { login, run, service, config, tenant } = await open();
    const signedIn = await login('--store', 'keychain', '--json');
    expect([signedIn.exitCode, JSON.parse(signedIn.stdout).store]).toEqual([0, 'keychain']);
    const tokens = tokensIn(service.held());
    expect(tokens).toHaveLength(2);
    for (const token of tokens) expect(service.filesWith(token)).toEqual([]);
    expect(service.filesWith(tenant.emulator.url)).toEqual([config]);
    const whoami = JSON.parse((await run('whoami', '--json')).stdout);
    expect(whoami).toMatchObject({ store: 'keychain', source: 'profile', renewable: true });
    const shown = JSON.parse((await run('profile', 'show', '--json')).stdout);
    expect(shown).toMatchObject({
      settings: { store: 'keychain' },
      session: { store: 'keychain', renewable: true },
    });
    const list = JSON.parse((await run('profile', 'list', '--json')).stdout);
    expect(list.profiles).toMatchObject([{ name: 'default', store: 'keychain' }]);
    expect((await run('profile', 'rename', 'default', 'acme')).exitCode).toBe(0);
    expect((await run('whoami', '--profile', 'acme')).exitCode).toBe(0);
    const { exitCode, stdout, stderr } = await run('logout', '--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).sessions[0].revocations).toMatchObject([
      { outcome: 'accepted' },
      { outcome: 'accepted' },
    ]);
    expect([tokensIn(service.held()), service.held()]).toEqual([[], '']);
  });

  test('takes a session from the file and gives it back, in one place each time', async () => {
    const { login, run, service, config } = await open();
    await login();
    const [token = ''] = tokensIn(readFileSync(config, 'utf8').replaceAll('": "', '":"'));
    expect([token.length > 20, service.held(), service.filesWith(token)]).toEqual([true, '', [config]]);
    expect(await run('profile', 'set', 'store', 'keychain')).toMatchObject({ exitCode: 0, stderr: '' });
    expect([tokensIn(service.held())[0], service.filesWith(token)]).toEqual([token, []]);
    expect((await run('whoami')).exitCode).toBe(0);
    expect(await run('profile', 'set', 'store', 'file')).toMatchObject({ exitCode: 0, stderr: '' });
    expect([service.held(), service.filesWith(token)]).toEqual(['', [config]]);
    expect((await run('whoami')).exitCode).toBe(0);
    await run('profile', 'set', 'store', 'keychain');
    expect(await run('profile', 'remove', 'default', '--yes')).toMatchObject({ exitCode: 0, stderr: '' });
    expect([service.held(), service.filesWith(token)]).toEqual(['', []]);
  });

  test('is asked by six processes at once, of which one renews the session', async () => {
    const [service, tenant, programs] = [
      await startSecretService(),
      await startScriptedTenant(),
      temporaryDirectory(),
    ];
    await bundlePrograms(
      [fileURLToPath(new URL('../processes/renew-in-keychain.ts', import.meta.url))],
      programs,
    );
    const env = { PATH: process.env.PATH ?? '', ...service.env };
    for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
    const directory = join(service.env.HOME ?? '', 'mfa-cli');
    const { signal } = new AbortController();
    const keychain = askKeychain({
      command: [...programCommand, 'keychain-process'],
      timeout: 60,
      signal,
      progress: noProgress,
    });
    const store = openProfileStore({
      directory,
      warn: (text) => expect.fail(text),
      now: () => noon,
      keychain: async () => keychain,
    });
    const expired = withSession(
      withSetting(noProfiles, 'default', 'store', 'keychain'),
      'default',
      sessionAt(tenant.url),
    );
    await store.update(() => expired);
    vi.unstubAllEnvs();
    const words = [join(programs, 'renew-in-keychain.mjs'), directory, tenant.url, ...programCommand];
    const all = await Promise.all(
      Array.from({ length: 6 }, () =>
        finish(spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] })),
      ),
    );
    expect(all).toEqual(Array(6).fill({ exitCode: 0, stdout: 'access-1', stderr: '' }));
    expect(tenant.forms.map(({ form }) => form.refresh_token)).toEqual(['refresh-0']);
    expect(tokensIn(service.held()).toSorted()).toEqual(['access-1', 'refresh-1']);
    expect([
      ...service.filesWith('access-1'),
      ...service.filesWith('refresh-1'),
      ...service.filesWith('refresh-0'),
    ]).toEqual([]);
    await tenant.close();
  });

  test('that is locked is said to be so, before anybody signs in', async () => {
    const { login, run, service, config } = await open();
    await login('--store', 'keychain');
    const [before] = [readFileSync(config, 'utf8')];
    service.lock();
    for (const words of [['whoami'], ['logout'], ['profile', 'set', 'store', 'file']])
      expect(await run(...words, '--json')).toMatchObject(unavailable('The keychain is locked'));
    const signIn = await login('--store', 'keychain', '--json', '--profile', 'other');
    expect(signIn).toMatchObject(unavailable('Unlock the keychain'));
    expect([signIn.stderr.includes('http://'), readFileSync(config, 'utf8')]).toEqual([false, before]);
  });

  test('that asks a person who is not there is not waited for beyond the time-out, nor an interrupt', async () => {
    const { login, run, service, env } = await open({ prompter: true });
    await login('--store', 'keychain');
    service.lock();
    const began = performance.now();
    expect(await run('whoami', '--timeout', '1.5', '--json')).toMatchObject(
      unavailable('within 1.5 seconds'),
    );
    expect(performance.now() - began).toBeLessThan(10_000 * patience);
    const waiting = startProgram(['whoami'], env);
    setTimeout(() => waiting.kill('SIGINT'), 1500);
    const ended = finish(waiting);
    expect([(await ended).exitCode ?? waiting.signalCode]).toContainEqual(
      expect.toSatisfy((end) => [130, 'SIGINT'].includes(end)),
    );
    expect(performance.now() - began).toBeLessThan(20_000 * patience);
  });

  test('does not let one configuration directory have the session of another', async () => {
    const { login, env, tenant, config } = await open();
    await login('--store', 'keychain');
    const other = temporaryDirectory();
    cpSync(join(config, '..'), join(other, 'mfa-cli'), { recursive: true });
    const elsewhere = { ...env, XDG_CONFIG_HOME: other };
    expect(await runProgram(['whoami', '--json'], elsewhere)).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('The keychain has no session'),
    });
    expect((await runProgram([...tenant.login, '--store', 'keychain'], elsewhere)).exitCode).toBe(0);
    expect((await runProgram(['logout'], elsewhere)).exitCode).toBe(0);
    expect((await runProgram(['whoami'], env)).exitCode).toBe(0);
  });

  test('gives no session to a tenant that the file was made to name', async () => {
    const { login, run, config } = await open();
    await login('--store', 'keychain');
    const evil = await startScriptedTenant();
    const edited = JSON.parse(readFileSync(config, 'utf8'));
    edited.profiles.default.settings.tenant = evil.url;
    edited.profiles.default.session.tenant = evil.url;
    writeFileSync(config, JSON.stringify(edited));
    expect((await run('whoami')).exitCode).toBe(5);
    expect((await run('logout')).exitCode).toBe(0);
    expect(evil.forms).toEqual([]);
    await evil.close();
  });

  test('that nobody has set up yet is none', async () => {
    const { env, tenant } = await open();
    const nowhere = { ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };
    expect(await runProgram([...tenant.login, '--store', 'keychain', '--json'], nowhere)).toMatchObject(
      unavailable('There is no keychain'),
    );
  });
});

describe('without a keychain', () => {
  const bare = () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, 'run'), { mode: 0o700 });
    return {
      PATH: process.env.PATH ?? '',
      HOME: home,
      XDG_RUNTIME_DIR: join(home, 'run'),
      XDG_CONFIG_HOME: join(home, 'config'),
    };
  };

  test.skipIf(process.platform !== 'linux')(
    'nobody signs in for nothing, and nothing is written',
    async () => {
      const [env, { login }] = [bare(), await startTenant()];
      for (const words of [
        [...login, '--store', 'keychain'],
        ['profile', 'set', 'store', 'keychain'],
      ]) {
        const ended = await runProgram([...words, '--json'], env);
        expect(ended).toMatchObject(unavailable('--store file'));
        expect(ended.stderr).not.toContain('http://');
      }
      expect(readdirSync(env.HOME, { recursive: true })).toEqual(['run']);
    },
  );

  test('an installation without the optional package says so', async () => {
    const [env, { login }, folder] = [bare(), await startTenant(), temporaryDirectory()];
    for (const name of ['bin', 'dist']) cpSync(join(root, name), join(folder, name), { recursive: true });
    const words = [join(folder, 'bin/mfa-cli.js'), ...login, '--store', 'keychain', '--json'];
    const ended = await finish(spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    expect(ended).toMatchObject(
      unavailable('The optional package that talks to the keychain is not installed'),
    );
    expect(existsSync(env.XDG_CONFIG_HOME)).toBe(false);
  });
});
