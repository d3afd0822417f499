import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/tenants.ts';
import { signInAs, startTenant } from '../emulator/local-tenant.ts';
import { callApi } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { patience } from '../support/patience.ts';

export const user = 'user@example.com';
const topic = 'com.example.lab';

/** A tenant with a certificate and a phone, and calls to it as its administrator. */
export interface Rehearsal {
  readonly emulator: Emulator;
  call(path: string, body?: object): Promise<Record<string, unknown>>;
}

export async function startRehearsal(options: Partial<EmulatorOptions> = {}): Promise<Rehearsal> {
  const emulator = await startTenant(options);
  const callAs = async (name: string) => {
    const token = await signInAs(emulator, name);
    return async (path: string, body: object = {}) => (await callApi(emulator, path, token, body)).body;
  };
  const [call, phone] = [await callAs(emulator.administrator.user), await callAs(user)];
  const DeviceID = 'F3D0C0DE-0000-4000-8000-000000000001';
  const ClientPushToken = Buffer.alloc(32, 7).toString('base64');
  const APNSCert = p12Bytes('01-default-aes256').toString('base64');
  for (const answer of [
    await call('/Mobile/SetApnsCertForClientApp', {
      ...{ ClientAppKey: topic, APNSTopic: topic, APNSPass: 'secret', APNSCert },
    }),
    await phone('/Device/EnrollIosDevice', { Udid: DeviceID, Name: 'iPhone 15', OSVersion: '18.0' }),
  ])
    expect(answer).toMatchObject({ success: true });
  expect(await phone('/IosAppRest/UpdateDevSettings', { DeviceID, ClientPushToken })).toEqual({
    Status: true,
  });
  return { emulator, call };
}

/** A page of a browser that has nothing yet, and what the browser says against it. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; said: readonly string[] }> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  context.setDefaultTimeout(20_000 * patience);
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  return { page, said };
}

/** The console of a tenant, once it follows what happens there. */
export async function openConsole(
  browser: Browser,
  { consoleAddress }: Pick<Emulator, 'consoleAddress'>,
): Promise<{ page: Page; said: readonly string[] }> {
  const opened = await openPage(browser);
  await opened.page.goto(consoleAddress());
  await isLive(opened.page);
  return opened;
}

export const isLive = (page: Page) => page.getByText('live', { exact: true }).waitFor();
/** Waits until the page says that first. */
export const says = (page: Page, sentence: string | RegExp) =>
  page.getByRole('heading', { level: 1, name: sentence, exact: true }).waitFor();
/** Brings its tab to the front, as behind others Chromium draws, and takes a click, seconds later. */
export const press = async (page: Page, name: string) => {
  await page.bringToFront();
  await page.getByRole('button', { name, exact: true }).click();
};
export const challenge = (page: Page) => press(page, `Challenge ${user}`);
export const area = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** Fills in the sign-in page of the tenant. */
export async function signIn(page: Page, { user, password }: Emulator['user']): Promise<void> {
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill(password);
  await press(page, 'Sign in');
}
