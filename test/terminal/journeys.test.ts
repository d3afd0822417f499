import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { p12Path } from '../support/fixtures.ts';
import {
  cleanEnvironment,
  enter,
  openTerminal,
  type PseudoTerminal,
  runProgram,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { settingsOf, startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

const visitor = fileURLToPath(new URL('../../scripts/visit.mjs', import.meta.url));
const key = 'com.example.lab';

/** An administrator who is signed in, at a terminal of 80 columns and 24 lines. */
async function signedIn() {
  const { emulator, port, login } = await startTenant();
  const directory = temporaryDirectory();
  for (const [name, fixture] of [
    ['both.p12', '01-default-aes256'],
    ['sandbox.p12', '30-dev'],
  ] as const)
    copyFileSync(p12Path(fixture), join(directory, name));
  const env = cleanEnvironment({ MFA_CLI_PORT: String(port), BROWSER: `"${process.execPath}" "${visitor}"` });
  await runProgram(login, env);
  const set = (file: string, ...words: readonly string[]) =>
    runProgram(['apns', 'set', file, '--client-app-key', key, ...words], {
      ...env,
      MFA_CLI_P12_PASSWORD: 'secret',
    });
  const open = (...words: readonly string[]): PseudoTerminal =>
    openTerminal(words, env, directory, 'cols 80 rows 24');
  const certificate = async () => (await settingsOf(emulator))[`${key}_APNSCert`];
  return { emulator, directory, env, set, open, certificate };
}

async function answer(
  terminal: PseudoTerminal,
  steps: readonly (readonly [string, string])[],
): Promise<void> {
  for (const [question, keys] of steps) {
    await terminal.read(question);
    terminal.type(keys);
  }
}

const password = ['Password of', `secret${enter}`] as const;

describe.skipIf(isMissing('script'))('at a terminal', () => {
  test('a sandbox certificate over a production one: the warning stands above the question, and Return does nothing', async () => {
    const { directory, set, open, certificate } = await signedIn();
    await set(join(directory, 'both.p12'));
    const before = await certificate();
    const terminal = open('apns', 'set', 'sandbox.p12', '--client-app-key', key);
    await answer(terminal, [password]);
    const shown = await terminal.read(
      /[\s\S]*\? Replace it with 83504a1c \(sandbox, until 2027-12-24\)\? \(y\/N\)/,
    );
    expect(shown).toContain('[sandbox-only]');
    terminal.type(enter);
    expect(await terminal.end()).toMatchObject({ exitCode: 130, restored: true });
    expect(await certificate()).toBe(before);
  });

  test('a session that the tenant does not take any more: signed in again before the plan, then set', async () => {
    const { emulator, env, open, certificate } = await signedIn();
    const { profiles } = JSON.parse(readFileSync(join(env.MFA_CLI_CONFIG_DIR ?? '', 'config.json'), 'utf8'));
    const { accessToken, refreshToken } = profiles.default.session;
    await revoke(emulator.url, accessToken, refreshToken);
    const terminal = open('apns', 'set', 'both.p12', '--client-app-key', key);
    await answer(terminal, [password]);
    const asked = await terminal.read(/[\s\S]*Your session has ended\. Sign in now\?/);
    expect(asked).not.toContain('Replaces:');
    terminal.type(enter);
    await answer(terminal, [['Set 30b8405b (sandbox and production, until', `y${enter}`]]);
    await terminal.read('Set the push certificate for');
    expect((await terminal.end()).exitCode).toBe(0);
    expect(await certificate()).toBe(readFileSync(p12Path('01-default-aes256')).toString('base64'));
  });

  test('a password that is wrong three times', async () => {
    const { open, certificate } = await signedIn();
    const terminal = open('apns', 'set', 'both.p12');
    for (const answered of ['2 tries left.', '1 try left.', 'does not open']) {
      await answer(terminal, [['Password of both.p12', `no${enter}`]]);
      await terminal.read(answered);
    }
    expect((await terminal.end()).exitCode).toBe(3);
    expect(await certificate()).toBeUndefined();
  });

  test('a deletion, with several keys on record', async () => {
    const { directory, env, set, open, certificate } = await signedIn();
    await set(join(directory, 'both.p12'));
    await runProgram(['apns', 'set', join(directory, 'both.p12'), '--client-app-key', 'com.example.other'], {
      ...env,
      MFA_CLI_P12_PASSWORD: 'secret',
    });
    const terminal = open('apns', 'delete');
    await answer(terminal, [
      ['Which client app key?', enter],
      [`Type ${key}`, `${key}${enter}`],
    ]);
    await terminal.read('Deleted the push certificate');
    expect((await terminal.end()).exitCode).toBe(0);
    expect(await certificate()).toBeUndefined();
    const status = await runProgram(['apns', 'status', '--json'], env);
    expect(
      JSON.parse(status.stdout).certificates.map(
        ({ clientAppKey }: { clientAppKey: string }) => clientAppKey,
      ),
    ).toEqual(['com.example.other']);
  });

  test('a file that cannot be set is refused before anything is asked', async () => {
    const { directory, open } = await signedIn();
    copyFileSync(p12Path('30-voip'), join(directory, 'voip.p12'));
    const terminal = open('apns', 'set', 'voip.p12');
    await answer(terminal, [password]);
    const shown = await terminal.read(/[\s\S]*\[push-kind-unsupported\]/);
    expect(shown).not.toMatch(/Client app key \(|Which topic/);
    expect((await terminal.end()).exitCode).toBe(4);
  });
});

/** Ends the session at the tenant, as an administrator does there. */
async function revoke(tenant: string, ...tokens: readonly string[]): Promise<void> {
  for (const token of tokens) {
    const response = await fetch(`${tenant}/OAuth2/Revoke/mfa-cli`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: 'mfa-cli' }),
    });
    expect(response.status).toBe(200);
  }
}
