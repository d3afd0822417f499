import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { fixedPasswords } from '../../src/emulator/people.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { createMachine } from '../support/context.ts';
import { openEmulator } from '../support/emulator.ts';
import { answerRequest } from '../support/push-authority.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { withoutChromium } from './chromium.ts';
import { area, challenge, openPage, press, says, signIn, user } from './rehearsal.ts';

const without = withoutChromium() || isMissing('openssl');

/** An emulator that can be restarted, and whoever gives it certificates. */
async function openRehearsal() {
  const directory = temporaryDirectory();
  const file = (name: string): string => join(directory, name);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...{ MFA_CLI_TENANT: url, MFA_CLI_CLIENT_ID: 'ci@example.com', MFA_CLI_P12_PASSWORD: 'secret' },
    MFA_CLI_CLIENT_SECRET: fixedPasswords.serviceUser,
  };
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words).toString();
  const key = applePath('key.pem');
  openssl('req', '-new', '-key', key, '-subj', '/CN=Somebody', '-out', file('request.pem'));
  return {
    url,
    async start() {
      const state = { port, stateFile: file('state.json'), autoApprove: false };
      const emulator = await openEmulator(state);
      onTestFinished(() => emulator.close());
      return emulator;
    },
    /** `apns set` with a certificate that Apple, played here, gives for these days. */
    async set(name: string, notAfter: string, ...more: readonly string[]) {
      const [certificate, p12] = [file(`${name}.pem`), file(`${name}.p12`)];
      answerRequest(file('request.pem'), certificate, { notAfter, form: 'PEM' });
      const password = ['-passout', 'pass:secret'];
      openssl('pkcs12', '-export', '-inkey', key, '-in', certificate, '-out', p12, ...password);
      const argv = ['apns', 'set', p12, '--yes', ...more];
      const { exitCode, stderr } = await createMachine().run(argv, { env, now: new Date() });
      // A forced one is set, and reaches nobody.
      const expected = more.includes('--force') ? 8 : 0;
      expect([exitCode, stderr]).toEqual([expected, expect.anything()]);
    },
  };
}

/** Signs in as the user, on the way that the phone goes by itself. */
const asUser = (page: Page) => signIn(page, { user, password: fixedPasswords.user });
const asAdministrator = (page: Page) =>
  signIn(page, { user: 'admin@example.com', password: fixedPasswords.administrator });

describe.skipIf(without)('console and phone beside mfa-cli', () => {
  test('go through a whole MFA push, and through what goes wrong with one', async () => {
    const rehearsal = await openRehearsal();
    const emulator = await rehearsal.start();
    const { page: board } = await openPage();
    const context = board.context();
    const errors: string[] = [];
    context.on('weberror', (error) => errors.push(error.error().message));
    await board.goto(rehearsal.url);
    await asAdministrator(board);
    await says(board, 'No push certificate is set');
    const opened = context.waitForEvent('page');
    await board.getByRole('link', { name: 'Open a phone' }).click();
    const phone = await opened;
    await press(phone, 'Sign in and enroll');
    await asUser(phone);
    await says(phone, 'Waiting for a push');
    const people = area(board, 'Users and phones');
    await people.getByText('iPhone 17', { exact: true }).waitFor();

    // Without a certificate nobody is asked.
    await challenge(board);
    await board.getByText('No push certificate is set. Call').first().waitFor();

    await rehearsal.set('good', '21000101000000Z');
    await says(board, /can push for/);
    await challenge(board);
    await says(phone, 'Push received');
    await says(board, 'A push is waiting for an answer');
    await press(phone, 'Approve');
    await says(phone, 'Approved');
    await says(board, `${user} approved the sign-in`);

    await emulator.close();
    await says(phone, 'The tenant does not answer');
    await board.getByText('The emulator is not running.').waitFor();
    await rehearsal.start();
    await board.getByRole('link', { name: 'Sign in' }).click();
    await asAdministrator(board);
    // Somebody looks at it, who need not wait until it asks again.
    await phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await says(phone, 'The tenant ended the session');
    await press(phone, 'Sign in again');
    await asUser(phone);
    await says(phone, 'Approved');
    await challenge(board);
    await says(phone, 'Push received');
    await press(phone, 'Approve');
    await says(board, `${user} approved the sign-in`);

    await rehearsal.set('expired', '20210101000000Z', '--force');
    await challenge(board);
    await says(board, 'The push did not arrive');
    const service = area(board, 'Stand-in for APNs');
    await service
      .getByTitle(/^403 BadCertificate/)
      .first()
      .waitFor();
    // It is not told why nothing comes.
    await says(phone, 'Approved');

    await press(phone, 'Remove this phone');
    await says(phone, 'This phone has no user yet');
    await expect.poll(() => people.getByText('iPhone 17', { exact: true }).count()).toBe(0);
    expect(errors).toEqual([]);
  });
});
