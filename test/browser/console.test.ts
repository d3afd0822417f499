import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { applePath } from '../support/apple-fixtures.ts';
import { openEmulator } from '../support/emulator.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { launchChromium, withoutChromium } from './chromium.ts';
import { enroll, openPage, type Rehearsal, setCertificate, startRehearsal, user } from './rehearsal.ts';

let browser: Browser;
beforeAll(async () => {
  if (!withoutChromium) browser = await launchChromium();
}, 60_000);
afterAll(() => browser?.close());

/** Waits until the page says that first. */
const says = (page: Page, sentence: string) =>
  page.getByRole('heading', { level: 1, name: sentence, exact: true }).waitFor();
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const challenge = (page: Page) => press(page, `Challenge ${user}`);
const area = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** A rehearsal with a certificate and a phone, and the console beside it. */
async function openRehearsed(): Promise<Rehearsal & { page: Page }> {
  const rehearsal = await startRehearsal();
  const { page } = await openPage(browser);
  await page.goto(rehearsal.emulator.url);
  await setCertificate(rehearsal);
  await enroll(rehearsal, 'phone', 'iPhone 15');
  return { ...rehearsal, page };
}

describe.skipIf(withoutChromium)('the console beside mfa-cli', () => {
  test('shows a push from the certificate to the answer of the phone', async () => {
    const rehearsal = await startRehearsal({ autoApprove: true });
    const { run, emulator } = rehearsal;
    const { page, said } = await openPage(browser);
    await page.goto(emulator.url);
    await says(page, 'No push certificate is set yet');
    await setCertificate(rehearsal);
    await page
      .getByRole('heading', { level: 1, name: /^com\.example\.lab can push for \d+ more days$/ })
      .waitFor();
    await area(page, 'Push certificate').getByText('by admin@example.com').waitFor();
    await enroll(rehearsal, 'phone', 'iPhone 15');
    await area(page, 'Users and phones').getByText('reachable').waitFor();
    await challenge(page);
    await says(page, 'A push waits for an answer');
    await page.getByText(`${user}, iPhone 15`).waitFor();
    await run(['device', 'listen', '--profile', 'phone']);
    await run(['device', 'answer', '--approve', '--profile', 'phone']);
    await says(page, `${user} approved the sign-in`);

    await enroll(rehearsal, 'other', 'iPad');
    await challenge(page);
    await run(['device', 'listen', '--profile', 'other']);
    await run(['device', 'answer', '--deny', '--profile', 'other']);
    await says(page, `${user} denied the sign-in`);
    const list = area(page, 'Challenges').getByRole('listitem');
    expect(await list.first().textContent()).toMatch(
      /user@example\.compushed to iPhone 15, pushed to iPaddenied$/,
    );
    const requests = await area(page, 'Requests').getByRole('row').allTextContents();
    expect(requests.some((text) => text.includes('POST /Mobile/SetApnsCertForClientApp'))).toBe(true);
    expect(said).toEqual([]);
  });

  test('scripts the next answer of the push service, and shows it', async () => {
    const { page } = await openRehearsed();
    const service = area(page, 'Stand-in for APNs');
    await service.getByLabel('Answer the next pushes with').selectOption('Unregistered');
    await service.getByLabel('Times').fill('2');
    await press(page, 'Answer so');
    await service.getByText('Next: 410 Unregistered 2 times.').waitFor();
    await challenge(page);
    await says(page, 'The push did not arrive');
    await page.getByText(`${user}: 410 Unregistered`).waitFor();
    await service.getByRole('listitem').getByText('410 Unregistered').waitFor();
    await service.getByText('Next: 410 Unregistered.').waitFor();
    await press(page, 'Judge again');
    await service.getByText('It judges the next push itself.').waitFor();
    await challenge(page);
    await says(page, 'A push waits for an answer');
  });

  test('forgets the certificate once it is sure, and shows what the tenant says then', async () => {
    const { page } = await openRehearsed();
    const forget = page.getByRole('button', { name: 'Forget the certificate of com.example.lab' });
    await forget.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await forget.click();
    await dialog.getByRole('button', { name: 'Forget', exact: true }).click();
    await says(page, 'No push certificate is set yet');
    await challenge(page);
    await page.getByText(/^The tenant refused: No APNs certificate is set/).waitFor();
    const refused = area(page, 'Requests').getByRole('row').filter({ hasText: '200 refused' });
    expect(await refused.first().textContent()).toContain(
      'POST /emulator/challengeNo APNs certificate is set',
    );
  });

  test('shows the alert that an expired certificate gets', async () => {
    let ahead = 0;
    const rehearsal = await startRehearsal({
      apns: { clientCa: pemOf(applePath('authority.cer')) },
      now: () => new Date(Date.now() + ahead),
    });
    const { run } = rehearsal;
    const p12 = join(temporaryDirectory(), 'aps.p12');
    await run(['apns', 'pack', '--cert', applePath('aps.cer'), '--key', applePath('key.pem'), '--out', p12]);
    await setCertificate(rehearsal, p12);
    await enroll(rehearsal, 'phone', 'iPhone 15');
    const { page } = await openPage(browser);
    await page.goto(rehearsal.emulator.url);
    await challenge(page);
    await says(page, 'A push waits for an answer');
    ahead = 200 * 365 * 24 * 60 * 60 * 1000;
    await challenge(page);
    await says(page, 'The push did not arrive');
    await area(page, 'Stand-in for APNs').getByText('ended: certificate_expired').waitFor();
    await area(page, 'Push certificate').getByText('expired', { exact: true }).waitFor();
  });

  test('ends what others hold, and stays signed in itself', async () => {
    const { page, run } = await openRehearsed();
    await press(page, 'Expire tokens');
    await page.getByText('Every access token has expired; refresh tokens are good.').waitFor();
    expect(await run(['whoami', '--json'])).toContain('admin@example.com');
    await press(page, 'Revoke sessions');
    await page.getByText('Everybody has to sign in again.').waitFor();
    await expect(run(['whoami'])).rejects.toThrow('ended with 5');
    await page.reload();
    await area(page, 'Sign-ins').waitFor();
  });
});

describe.skipIf(withoutChromium)('the console of an emulator that ends', () => {
  test('says so, and goes on once it runs again', async () => {
    const port = await freePort();
    const first = await openEmulator({ port });
    const { page } = await openPage(browser);
    await page.goto(first.url);
    await page.getByText('live', { exact: true }).waitFor();
    await first.close();
    await page.getByText('The emulator is not running.').waitFor();
    const second = await openEmulator({ port });
    onTestFinished(() => second.close());
    await page.getByText('live', { exact: true }).waitFor();
    expect(await page.getByText('The emulator is not running.').isVisible()).toBe(false);
    await fetch(`${second.url}/after-the-restart`);
    await area(page, 'Requests').getByText('GET /after-the-restart').waitFor();
  });

  test('asks for a sign-in where the new one knows nobody', async () => {
    const port = await freePort();
    const options = { port, autoApprove: false };
    const first = await openEmulator(options);
    const { page } = await openPage(browser);
    await page.goto(first.consoleAddress());
    await page.getByText('live', { exact: true }).waitFor();
    expect(page.url()).toBe(`${first.url}/`);
    await first.close();
    const second = await openEmulator(options);
    onTestFinished(() => second.close());
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('User name').fill(second.administrator.user);
    await page.getByLabel('Password').fill(second.administrator.password);
    await press(page, 'Sign in');
    await page.getByText('live', { exact: true }).waitFor();
  });
});

function pemOf(path: string): string {
  return `-----BEGIN CERTIFICATE-----\n${readFileSync(path).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}
