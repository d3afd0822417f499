import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { patience } from '../../support/patience.ts';
import { finish, runProgram, startProgram } from '../../support/process.ts';
import { secretServicePrograms, startSecretService } from '../../support/secret-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';
import { startScriptedTenant } from '../scripted-tenant.ts';

const visitor = fileURLToPath(new URL('../../../scripts/visit.mjs', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The tokens in what another program finds in the keychain. */
function tokensIn(held: string): readonly string[] {
  return [...held.matchAll(/"(?:accessToken|refreshToken)":"([^"]+)"/g)].map(
    ([, token = '']) => token,
  );
}

/** A login that ends before anybody is asked for. */
const nobody = ['login', '--tenant', 'http://127.0.0.1:9', '--store', 'keychain', '--json'];

const unavailable = (words: string) => ({
  exitCode: 5,
  stdout: expect.stringContaining('"code": "keychain-unavailable"'),
  stderr: expect.stringContaining(words),
});

describe.skipIf(isMissing(...secretServicePrograms))('the Secret Service', () => {
  test('takes a session from the file, gives it to a command, and forgets it; no token is in any file', async () => {
    const [service, tenant, port] = [
      await startSecretService(),
      await startScriptedTenant(),
      await freePort(),
    ];
    const XDG_CONFIG_HOME = join(service.env.HOME ?? '', 'config');
    const BROWSER = `"${process.execPath}" "${visitor}"`;
    const env = { PATH: process.env.PATH ?? '', ...service.env, XDG_CONFIG_HOME, BROWSER };
    const run = (...words: string[]) => runProgram(words, env);
    const config = join(XDG_CONFIG_HOME, 'mfa-cli', 'config.json');
    expect(await run('login', '--tenant', tenant.url, '--port', String(port))).toMatchObject({
      exitCode: 0,
    });
    expect([service.held(), service.filesWith('access-1')]).toEqual(['', [config]]);
    expect(await run('profile', 'set', 'store', 'keychain')).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(tokensIn(service.held()).toSorted()).toEqual(['access-1', 'refresh-0']);
    for (const token of ['access-1', 'refresh-0']) expect(service.filesWith(token)).toEqual([]);
    expect(service.filesWith(tenant.url)).toEqual([config]);
    const { exitCode, stdout, stderr } = await run('logout', '--json');
    expect([exitCode, stderr, service.held()]).toEqual([0, '', '']);
    const accepted = { outcome: 'accepted' };
    expect(JSON.parse(stdout).sessions[0].revocations).toMatchObject([accepted, accepted]);
    expect(tenant.forms.map(({ form }) => form.token).slice(1)).toEqual(['refresh-0', 'access-1']);
    await tenant.close();
  });

  test.each([
    [
      'asks a person who is not there is not waited for beyond the time-out',
      true,
      'within 0.8 seconds',
    ],
    ['nobody can unlock is said to be locked', false, 'The keychain is locked'],
  ])('that %s, before anybody signs in', async (_case, prompter, words) => {
    const { env, lock } = await startSecretService({ prompter });
    const all = { PATH: process.env.PATH ?? '', ...env };
    lock();
    const began = performance.now();
    const signIn = await runProgram(prompter ? [...nobody, '--timeout', '0.8'] : nobody, all);
    expect(signIn).toMatchObject(unavailable(words));
    expect(signIn.stderr).toContain('Unlock the keychain');
    expect(signIn.stderr).not.toContain('/OAuth2/');
    if (!prompter) return;
    const waiting = startProgram(nobody, all);
    setTimeout(() => waiting.kill('SIGINT'), 800);
    const { exitCode } = await finish(waiting);
    expect([130, 'SIGINT']).toContain(exitCode ?? waiting.signalCode);
    expect(performance.now() - began).toBeLessThan(20_000 * patience);
  });
});

describe('without a keychain', () => {
  const bare = () => {
    const home = temporaryDirectory();
    const runtime = join(home, 'run');
    mkdirSync(runtime, { mode: 0o700 });
    const XDG_CONFIG_HOME = join(home, 'config');
    return { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME };
  };

  test.skipIf(process.platform !== 'linux')('nobody signs in, and nothing is written', async () => {
    const env = bare();
    const signIn = await runProgram(nobody, env);
    expect(signIn).toMatchObject(unavailable('--store file'));
    expect(signIn.stderr).not.toContain('/OAuth2/');
    const words = ['profile', 'set', 'store', 'keychain', '--json'];
    const nowhere = { ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };
    expect(await runProgram(words, nowhere)).toMatchObject(
      unavailable('No usable keychain was found'),
    );
    expect(readdirSync(env.HOME, { recursive: true })).toEqual(['run']);
  });

  test('an installation without the optional package says so', async () => {
    const [env, folder] = [bare(), temporaryDirectory()];
    for (const name of ['bin', 'dist'])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    const words = [join(folder, 'bin/mfa-cli.js'), ...nobody];
    const ended = await finish(
      spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    const said = 'The optional package that talks to the keychain is not installed';
    expect(ended).toMatchObject(unavailable(said));
    expect(existsSync(env.XDG_CONFIG_HOME)).toBe(false);
  });
});
