import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { fixedPasswords } from '../../src/emulator/people.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { cleanEnvironment, runProgram, startProgram } from '../support/process.ts';
import { answerRequest } from '../support/push-authority.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { launchChromium, withoutChromium } from './chromium.ts';
import { area, challenge, openPage, press, says, signIn, user } from './rehearsal.ts';

let browser: Browser;
const without = withoutChromium() || isMissing('openssl');

beforeAll(async () => {
  if (!without) browser = await launchChromium();
});

/** The built program beside a browser: an emulator that can be restarted, and whoever gives it certificates. */
async function openRehearsal() {
  const directory = temporaryDirectory();
  const file = (name: string): string => join(directory, name);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = cleanEnvironment({
    MFA_CLI_TENANT: url,
    MFA_CLI_CLIENT_ID: 'ci@example.com',
    MFA_CLI_CLIENT_SECRET: fixedPasswords.serviceUser,
    MFA_CLI_P12_PASSWORD: 'secret',
  });
  const run = async (...words: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await runProgram(words, env);
    if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}: ${stderr}`);
  };
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
  openssl('x509', '-inform', 'DER', '-in', applePath('authority.cer'), '-out', file('authority.pem'));
  const key = applePath('key.pem');
  openssl('req', '-new', '-key', key, '-subj', '/CN=Somebody', '-out', file('request.pem'));
  return {
    url,
    async start() {
      const options = ['--port', `${port}`, '--apns-port', '0', '--state', file('state.json')];
      const trust = ['--apns-client-ca', file('authority.pem')];
      const child = startProgram(['emulator', '--fixed-passwords', ...options, ...trust, '--json'], env);
      child.stderr.resume();
      // Its document comes once it listens.
      await once(createInterface({ input: child.stdout }), 'line');
      return {
        async stop() {
          child.kill('SIGTERM');
          await once(child, 'exit');
        },
      };
    },
    /** `apns set` with a certificate that Apple, played here, gives for these days. */
    async set(name: string, notAfter: string, ...more: readonly string[]) {
      const [certificate, p12] = [file(`${name}.pem`), file(`${name}.p12`)];
      answerRequest(file('request.pem'), certificate, { notAfter, form: 'PEM' });
      const password = ['-passout', 'pass:secret'];
      openssl('pkcs12', '-export', '-inkey', key, '-in', certificate, '-out', p12, ...password);
      await run('apns', 'set', p12, '--yes', ...more);
    },
  };
}

/** Signs in as the user, on the way that the phone goes by itself. */
const asUser = (page: Page) => signIn(page, { user, password: fixedPasswords.user });
const asAdministrator = (page: Page) =>
  signIn(page, { user: 'admin@example.com', password: fixedPasswords.administrator });

/** The other phone was quicker, and the tenant says so. */
async function isTooLate(page: Page): Promise<void> {
  await press(page, 'Approve');
  await says(page, 'The tenant did not accept the answer');
  await page.getByText('The challenge has been answered.').first().waitFor();
  await press(page, 'Clear');
}

describe.skipIf(without)('console and phone beside mfa-cli', () => {
  test('go through a whole MFA push, and through what goes wrong with one', async () => {
    const rehearsal = await openRehearsal();
    const emulator = await rehearsal.start();
    const { page: board } = await openPage(browser);
    const context = board.context();
    const errors: string[] = [];
    context.on('weberror', (error) => errors.push(error.error().message));
    await board.goto(rehearsal.url);
    await asAdministrator(board);
    await says(board, 'No push certificate is set yet');
    const opened = context.waitForEvent('page');
    await board.getByRole('link', { name: 'Open a phone' }).click();
    const [phone, other] = [await opened, await context.newPage()];
    await other.goto(`${rehearsal.url}/phone`);
    const phones = [phone, other];
    for (const page of phones) {
      await press(page, 'Sign in and enroll');
      await asUser(page);
      await says(page, 'Waiting for a push');
    }

    // Without a certificate nobody is asked.
    await challenge(board);
    await board.getByText('No APNs certificate is set').first().waitFor();

    await rehearsal.set('good', '21000101000000Z');
    await says(board, /can push for/);
    await challenge(board);
    for (const page of phones) await says(page, 'A push came');
    await says(board, 'A push awaits an answer');
    await press(phone, 'Approve');
    await says(phone, 'Approved');
    await says(board, 'user@example.com approved the sign-in');

    await isTooLate(other);

    await challenge(board);
    await says(other, 'A push came');
    await press(other, 'Deny');
    await says(other, 'Denied');
    await says(board, 'user@example.com denied the sign-in');
    await isTooLate(phone);

    const service = area(board, 'Stand-in for APNs');
    await service.getByLabel('Answer the next pushes with').selectOption('Unregistered');
    await service.getByLabel('Times').fill('2');
    await press(board, 'Apply');
    await service.getByText('Next: 410 Unregistered 2 times.').waitFor();
    await challenge(board);
    await says(board, 'The push did not arrive');
    await service.getByText('410 Unregistered').nth(1).waitFor();
    await says(other, 'Denied');

    await emulator.stop();
    for (const page of phones) await says(page, 'The tenant does not answer');
    await board.getByText('The emulator is not running.').waitFor();
    await rehearsal.start();
    await board.getByRole('link', { name: 'Sign in' }).click();
    await asAdministrator(board);
    for (const page of phones) {
      // Somebody looks at it, who need not wait until it asks again.
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await says(page, 'The tenant ended the session');
      await press(page, 'Sign in again');
      await asUser(page);
      await says(page, page === phone ? 'Approved' : 'Denied');
    }
    await challenge(board);
    await says(phone, 'A push came');
    await press(phone, 'Approve');
    await says(phone, 'Approved');
    await says(board, 'user@example.com approved the sign-in');

    await rehearsal.set('expired', '20210101000000Z', '--force');
    await challenge(board);
    await says(board, 'The push did not arrive');
    await service.getByText('ended: certificate_expired').first().waitFor();
    // It is not told why nothing comes.
    await says(phone, 'Approved');

    await press(phone, 'Remove this phone');
    await says(phone, 'This phone has no user yet');
    const people = area(board, 'Users and phones');
    await expect.poll(() => people.getByText('iPhone', { exact: true }).count()).toBe(1);
    expect(errors).toEqual([]);
  });
});
