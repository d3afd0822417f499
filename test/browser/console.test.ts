import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { openEmulator } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { launchChromium, withoutChromium } from './chromium.ts';
import {
  area,
  challenge,
  isLive,
  openConsole,
  openPage,
  press,
  says,
  startRehearsal,
  user,
} from './rehearsal.ts';

let browser: Browser;
beforeAll(async () => {
  if (!withoutChromium()) browser = await launchChromium();
}, 60_000);
afterAll(() => browser?.close());

const focused = 'document.activeElement.textContent';

describe.skipIf(withoutChromium())('the console', () => {
  test('scripts the next answer of the push service, and takes it back', async () => {
    const { emulator } = await startRehearsal();
    const { page, said } = await openConsole(browser, emulator);
    const service = area(page, 'Stand-in for APNs');
    await service.getByLabel('Answer the next pushes with').selectOption('TooManyRequests');
    await service.getByLabel('Times').fill('2');
    await press(page, 'Apply');
    await service.getByText('Next: 429 TooManyRequests 2 times.').waitFor();
    await challenge(page);
    await says(page, 'The push did not arrive');
    await page.getByText(`${user}: 429 TooManyRequests`).waitFor();
    await area(page, 'Challenges').getByText('not delivered').waitFor();
    await service.getByText('Next: 429 TooManyRequests.').waitFor();
    await press(page, 'Clear');
    await service.getByText('It judges the next push itself.').waitFor();
    expect(await service.getByRole('button', { name: 'Clear', disabled: true }).count()).toBe(1);
    expect(await page.evaluate(focused)).toBe('Clear');
    await challenge(page);
    await says(page, 'A push awaits an answer');
    await page.getByText(`${user}, iPhone 15`).waitFor();
    expect(said).toEqual([]);
  });

  test('deletes a certificate once it is sure, and shows what the tenant says then', async () => {
    const { emulator } = await startRehearsal();
    const { page } = await openConsole(browser, emulator);
    const remove = page.getByRole('button', { name: 'Delete the certificate of com.example.lab' });
    const dialog = page.getByRole('dialog', { name: 'Delete the certificate of com.example.lab?' });
    await remove.click();
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await remove.click();
    await page.keyboard.press('Escape');
    await remove.click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await says(page, 'No push certificate is set yet');
    expect(await page.evaluate(focused)).toBe('The certificate of com.example.lab was deleted.');
    await challenge(page);
    await page.getByText(/^The tenant refused: No APNs certificate is set/).waitFor();
    const calls = area(page, 'Requests').getByRole('row');
    expect(await calls.filter({ hasText: 'DeleteApnsCertForClientApp' }).count()).toBe(1);
    expect(await calls.filter({ hasText: '200 refused' }).first().textContent()).toContain(
      'POST /emulator/challenge No APNs certificate is set',
    );
  });

  test('shows no more of a long key than a person reads, and deletes what has it', async () => {
    const { emulator, call } = await startRehearsal();
    const APNSCert = p12Bytes('01-default-aes256').toString('base64');
    const [ClientAppKey, APNSTopic] = ['k'.repeat(10_000), 't'.repeat(10_000)];
    await call('/Mobile/SetApnsCertForClientApp', { ClientAppKey, APNSTopic, APNSCert, APNSPass: 'secret' });
    const { page } = await openConsole(browser, emulator);
    await says(page, `The certificate for ${'t'.repeat(200)}… cannot push`);
    expect(await page.getByText(/[kt]{201}/).count()).toBe(0);
    await press(page, `Delete the certificate of ${'k'.repeat(200)}…`);
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await says(page, 'No push certificate is set yet');
  });

  test('ends what others hold, and stays signed in itself', async () => {
    const { emulator, call } = await startRehearsal({ autoApprove: true });
    const { page } = await openConsole(browser, emulator);
    expect(await call('/Security/WhoAmI')).toMatchObject({ success: true });
    await press(page, 'Expire tokens');
    await page.getByText('Every access token has expired; refresh tokens stay valid.').waitFor();
    expect(await call('/Security/WhoAmI')).toMatchObject({ success: false });
    await press(page, 'Revoke sessions');
    await page.getByText('Everybody has to sign in again.').waitFor();
    await page.reload();
    await isLive(page);
  });

  test('goes on by itself once the emulator runs again', async () => {
    const port = await freePort();
    const first = await openEmulator({ port });
    const { page } = await openPage(browser);
    await page.goto(first.url);
    await isLive(page);
    await first.close();
    await page.getByText('The emulator is not running.').waitFor();
    const second = await openEmulator({ port });
    onTestFinished(() => second.close());
    await isLive(page);
    expect(await page.getByText('The emulator is not running.').isVisible()).toBe(false);
    await fetch(`${second.url}/after-the-restart`);
    await area(page, 'Requests').getByText('GET /after-the-restart').waitFor();
  });
});
