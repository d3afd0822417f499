import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/tenants.ts';
import { callApi, serviceToken } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { patience } from '../support/patience.ts';
import { startTenant } from '../support/tenant.ts';

// The certificates of the fixtures are for this day.
const now = () => new Date('2026-11-24T16:00:00Z');
const topic = 'com.example.lab';

/** A tenant with a certificate, what challenges its user, and tabs that share cookies. */
export async function openPhoneTenant(browser: Browser, options: Partial<EmulatorOptions> = {}) {
  const { emulator } = await startTenant({ autoApprove: false, now, ...options });
  const token = await serviceToken(emulator);
  const service = async (path: string, body: object) => {
    const answer = await callApi(emulator, path, token, body);
    expect(answer.body).toMatchObject({ success: true });
  };
  await service('/Mobile/SetApnsCertForClientApp', {
    ClientAppKey: topic,
    APNSCert: p12Bytes('01-default-aes256').toString('base64'),
    APNSPass: 'secret',
    APNSTopic: topic,
  });
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  onTestFinished(() => context.close());
  // Less than a phone waits for a push: who waits for a connection fails.
  context.setDefaultTimeout(20_000 * patience);
  return {
    emulator,
    context,
    challenge: (Message = 'Approve?') =>
      service('/emulator/challenge', { User: emulator.user.user, Message }),
  };
}

export const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
export const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

/** A tab whose clock is the tenant's. */
export async function openPhone(context: BrowserContext, { url }: Emulator): Promise<Page> {
  const page = await context.newPage();
  await page.clock.setFixedTime(now());
  await page.goto(`${url}/phone`);
  return page;
}

/** Signs in on the real pages, and is enrolled. */
export async function setUp(
  page: Page,
  { user, password }: Emulator['user'],
  name = 'iPhone',
): Promise<void> {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Name of the phone').fill(name);
  await press(page, 'Sign in and enroll');
  await page.getByLabel('Password').fill(password);
  await press(page, 'Sign in');
  await heading(page, 'Waiting for a push');
}
