import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/tenants.ts';
import { signInAs, startTenant } from '../emulator/local-tenant.ts';
import { callApi, serviceToken } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { patience } from '../support/patience.ts';
import { launchChromium } from './chromium.ts';

export const user = 'user@example.com';
const topic = 'com.example.lab';

/** The day that the certificates of the fixtures are for. */
export const now = () => new Date('2026-11-24T16:00:00Z');

/** A tenant with a certificate, and calls to it as its administrator, or its service user where it asks. */
export interface Rehearsal {
  readonly emulator: Emulator;
  call(path: string, body?: object): Promise<Record<string, unknown>>;
  challenge(Message?: string): Promise<void>;
}

export async function startCertified(options: Partial<EmulatorOptions> = {}): Promise<Rehearsal> {
  const emulator = await startTenant(options);
  const asks = options.autoApprove === false;
  const token = await (asks
    ? serviceToken(emulator)
    : signInAs(emulator, emulator.administrator.user));
  const call = async (path: string, body: object = {}) =>
    (await callApi(emulator, path, token, body)).body;
  const succeed = async (path: string, body: object) =>
    expect(await call(path, body)).toMatchObject({ success: true });
  const APNSCert = p12Bytes('01-default-aes256').toString('base64');
  const certificate = { ClientAppKey: topic, APNSTopic: topic, APNSPass: 'secret', APNSCert };
  await succeed('/Mobile/SetApnsCertForClientApp', certificate);
  const challenge = (Message = 'Approve?') =>
    succeed('/emulator/challenge', { User: user, Message });
  return { emulator, call, challenge };
}

/** The same with a phone that is there already. */
export async function startRehearsal(options: Partial<EmulatorOptions> = {}): Promise<Rehearsal> {
  const rehearsal = await startCertified(options);
  const token = await signInAs(rehearsal.emulator, user);
  const phone = async (path: string, body: object) =>
    (await callApi(rehearsal.emulator, path, token, body)).body;
  const DeviceID = 'F3D0C0DE-0000-4000-8000-000000000001';
  const ClientPushToken = Buffer.alloc(32, 7).toString('base64');
  await phone('/Device/EnrollIosDevice', { Udid: DeviceID, Name: 'iPhone 15', OSVersion: '18.0' });
  expect(await phone('/IosAppRest/UpdateDevSettings', { DeviceID, ClientPushToken })).toEqual({
    Status: true,
  });
  return rehearsal;
}

/** A page of a browser that has nothing yet, and the browser's complaints about it. */
export async function openPage(
  options: BrowserContextOptions = {},
): Promise<{ page: Page; said: readonly string[] }> {
  const context = await (await launchChromium()).newContext({
    reducedMotion: 'reduce',
    ...options,
  });
  onTestFinished(() => context.close());
  // Less than a phone waits for a push: who waits for a connection fails.
  context.setDefaultTimeout(20_000 * patience);
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  return { page, said };
}

/** The console of a tenant, once it follows the tenant. */
export async function openConsole({
  consoleAddress,
}: Pick<Emulator, 'consoleAddress'>): Promise<{ page: Page; said: readonly string[] }> {
  const opened = await openPage();
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

/** A tab with a phone, whose clock is the tenant's. */
export async function openPhone(context: BrowserContext, { url }: Emulator): Promise<Page> {
  const page = await context.newPage();
  await page.clock.setFixedTime(now());
  await page.goto(`${url}/phone`);
  return page;
}

/** Signs in on the real pages, unless the tenant asks nobody, and is enrolled. */
export async function setUp(
  page: Page,
  account?: Emulator['user'],
  name = 'iPhone 17',
): Promise<void> {
  await page.getByLabel('Name of the phone').fill(name);
  await press(page, 'Sign in and enroll');
  if (account !== undefined) await signIn(page, account);
  await says(page, 'Waiting for a push');
}
