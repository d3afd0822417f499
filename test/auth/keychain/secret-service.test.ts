import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { askKeychain } from '../../../src/auth/keychain/ask-keychain.ts';
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
import { openStore, sessionAt, withSession } from '../examples.ts';
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
  test('takes a session from the file, keeps it while commands use it, and forgets it; no token is in any file', async () => {
    const { login, run, service, config, tenant } = await open();
    expect((await login('--json')).exitCode).toBe(0);
    const [token = ''] = tokensIn(readFileSync(config, 'utf8').replaceAll('": "', '":"'));
    expect([token.length > 20, service.held(), service.filesWith(token)]).toEqual([true, '', [config]]);
    expect(await run('profile', 'set', 'store', 'keychain')).toMatchObject({ exitCode: 0, stderr: '' });
    const tokens = tokensIn(service.held());
    expect([tokens.length, tokens[0]]).toEqual([2, token]);
    for (const held of tokens) expect(service.filesWith(held)).toEqual([]);
    expect(service.filesWith(tenant.emulator.url)).toEqual([config]);
    const whoami = JSON.parse((await run('whoami', '--json')).stdout);
    expect(whoami).toMatchObject({ store: 'keychain', source: 'profile', renewable: true });
    expect(await run('profile', 'set', 'store', 'file')).toMatchObject({ exitCode: 0, stderr: '' });
    expect([service.held(), service.filesWith(token)]).toEqual(['', [config]]);
    expect((await login('--store', 'keychain')).exitCode).toBe(0);
    const { exitCode, stdout, stderr } = await run('logout', '--json');
    expect([exitCode, stderr, service.held()]).toEqual([0, '', '']);
    const accepted = { outcome: 'accepted' };
    expect(JSON.parse(stdout).sessions[0].revocations).toMatchObject([accepted, accepted]);
  });

  test('is asked by three processes at once, of which one renews the session', async () => {
    const [service, tenant] = [await startSecretService(), await startScriptedTenant()];
    const programs = temporaryDirectory();
    const entry = fileURLToPath(new URL('../processes/store-user.ts', import.meta.url));
    await bundlePrograms([entry], programs);
    const env = { PATH: process.env.PATH ?? '', ...service.env };
    for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
    const directory = join(service.env.HOME ?? '', 'mfa-cli');
    const keychain = askKeychain({
      command: [...programCommand, 'keychain-process'],
      timeout: 60,
      signal: new AbortController().signal,
      progress: noProgress,
    });
    const store = openStore(directory, expect.fail, { keychain: async () => keychain });
    const inKeychain = withSetting(noProfiles, 'default', 'store', 'keychain');
    await store.update(() => withSession(inKeychain, 'default', sessionAt(tenant.url)));
    vi.unstubAllEnvs();
    const words = [join(programs, 'store-user.mjs'), 'renew', directory, tenant.url, ...programCommand];
    const renew = () => finish(spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    expect(await Promise.all([renew(), renew(), renew()])).toEqual(
      Array(3).fill({ exitCode: 0, stdout: 'access-1', stderr: '' }),
    );
    expect(tenant.forms.map(({ form }) => form.refresh_token)).toEqual(['refresh-0']);
    expect(tokensIn(service.held()).toSorted()).toEqual(['access-1', 'refresh-1']);
    for (const token of ['access-1', 'refresh-1', 'refresh-0']) expect(service.filesWith(token)).toEqual([]);
    await tenant.close();
  });

  test('that is locked, and asks a person who is not there, is not waited for beyond the time-out or an interrupt', async () => {
    const { login, run, service, env, config } = await open({ prompter: true });
    await login('--store', 'keychain');
    const before = readFileSync(config, 'utf8');
    service.lock();
    const began = performance.now();
    const silent = unavailable('within 1.5 seconds');
    expect(await run('whoami', '--timeout', '1.5', '--json')).toMatchObject(silent);
    expect(performance.now() - began).toBeLessThan(10_000 * patience);
    const waiting = startProgram(['whoami'], env);
    setTimeout(() => waiting.kill('SIGINT'), 1500);
    const { exitCode } = await finish(waiting);
    expect([130, 'SIGINT']).toContain(exitCode ?? waiting.signalCode);
    expect(performance.now() - began).toBeLessThan(20_000 * patience);
    expect(readFileSync(config, 'utf8')).toBe(before);
  });

  test('that is locked where nobody can be asked is said to be so, before anybody signs in', async () => {
    const { login, service } = await open();
    service.lock();
    const signIn = await login('--store', 'keychain', '--json');
    expect(signIn).toMatchObject(unavailable('The keychain is locked'));
    expect(signIn.stderr).toContain('Unlock the keychain');
    expect(signIn.stderr).not.toContain('http://');
  });
});

describe('without a keychain', () => {
  const login = ['login', '--tenant', 'http://127.0.0.1:9', '--store', 'keychain', '--json'];
  const bare = () => {
    const home = temporaryDirectory();
    const runtime = join(home, 'run');
    mkdirSync(runtime, { mode: 0o700 });
    const XDG_CONFIG_HOME = join(home, 'config');
    return { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME };
  };

  test.skipIf(process.platform !== 'linux')('nobody signs in, and nothing is written', async () => {
    const env = bare();
    const signIn = await runProgram(login, env);
    expect(signIn).toMatchObject(unavailable('--store file'));
    expect(signIn.stderr).not.toContain('http://');
    const words = ['profile', 'set', 'store', 'keychain', '--json'];
    const nowhere = { ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };
    expect(await runProgram(words, nowhere)).toMatchObject(unavailable('There is no keychain'));
    expect(readdirSync(env.HOME, { recursive: true })).toEqual(['run']);
  });

  test('an installation without the optional package says so', async () => {
    const [env, folder] = [bare(), temporaryDirectory()];
    for (const name of ['bin', 'dist']) cpSync(join(root, name), join(folder, name), { recursive: true });
    const words = [join(folder, 'bin/mfa-cli.js'), ...login];
    const ended = await finish(spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    const said = 'The optional package that talks to the keychain is not installed';
    expect(ended).toMatchObject(unavailable(said));
    expect(existsSync(env.XDG_CONFIG_HOME)).toBe(false);
  });
});
