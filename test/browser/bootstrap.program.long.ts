import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tap } from '../auth/factors/scripted-person.ts';
import { p12Path } from '../support/fixtures.ts';
import { cleanEnvironment, enter, openTerminal, runProgram } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';
import { withoutChromium } from './chromium.ts';
import { openPage, signIn } from './rehearsal.ts';

const without = withoutChromium() || isMissing('script');

describe.skipIf(without)('from an administrator’s account to the first push certificate', () => {
  test('in one sitting, and back again', async () => {
    const stateFile = join(temporaryDirectory(), 'state.json');
    const { emulator, port } = await startTenant({ bare: true, autoApprove: false, stateFile });
    const before = readFileSync(stateFile, 'utf8');
    const user = 'push@example.com';
    const { password } = emulator.administrator;
    const words = { MFA_CLI_PORT: String(port), MFA_CLI_TENANT: emulator.url, BROWSER: 'true' };
    const env = cleanEnvironment(words);

    /** Signs in without an application, by password and push. */
    const prove = async (terminal: ReturnType<typeof openTerminal>) => {
      await terminal.answer(
        ['User name of an administrator', `${user}${enter}`],
        ['Enter Password', `${password}${enter}`],
      );
      const number =
        /\d+$/.exec(await terminal.read(/Choose this number on your phone: \d\d/))?.[0] ?? '';
      await terminal.read('A request was sent to your Mobile Authenticator');
      await tap(emulator, user, 'approve', { Number: number });
    };

    const terminal = openTerminal(['bootstrap', '--debug'], env);
    await prove(terminal);
    await terminal.answer(
      /create\s+application\s+mfa-cli/,
      ['Apply these changes to 127.0.0.1:', `y${enter}`],
      /Made and verified \d+ changes at 127\.0\.0\.1:/,
      ['Sign in now, with the profile "default"?', `y${enter}`],
    );
    const url = await terminal.read(
      /http:\/\/127\.0\.0\.1:\d+\/OAuth2\/Authorize\S+login_hint=push%40example\.com/,
    );
    const { page } = await openPage();
    await page.goto(url);
    await signIn(page, { user, password });
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    await terminal.read('Signed in to http://127.0.0.1:');
    const ended = await terminal.end();
    expect(ended).toMatchObject({ exitCode: 0, restored: true });
    expect(ended.raw).not.toContain(password);

    const certificate = { ...env, MFA_CLI_P12_PASSWORD: 'secret' };
    const set = await runProgram(
      ['apns', 'set', p12Path('01-default-aes256'), '--json'],
      certificate,
    );
    expect([set.exitCode, JSON.parse(set.stdout).sent]).toEqual([0, true]);
    const who = await runProgram(['whoami', '--json'], env);
    expect(JSON.parse(who.stdout)).toMatchObject({ user, tenant: emulator.url, renewable: true });

    const removal = openTerminal(['bootstrap', '--remove'], env);
    await prove(removal);
    await removal.read('Apply these changes to 127.0.0.1:');
    removal.type(`y${enter}`);
    expect(await removal.end()).toMatchObject({ exitCode: 0, restored: true });
    const { settings, ...left } = JSON.parse(readFileSync(stateFile, 'utf8')).tenants.tenant;
    expect(Object.keys(settings)).toHaveLength(4);
    expect({ ...left, settings: {} }).toEqual(JSON.parse(before).tenants.tenant);
  });
});
