import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createMachine, type RunResult } from '../support/context.ts';
import { startTenant, type TestTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

/** Debian's; `.ci/run` installs it. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

const skipped = process.env.CHROMIUM === undefined && isMissing('chromium');

let browser: Browser;

beforeAll(async () => {
  if (skipped) return;
  if (!existsSync(executablePath))
    throw new Error(`install chromium, or name it in CHROMIUM: ${executablePath} is missing`);
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}, 60_000);

afterAll(() => browser?.close());

/** Runs `login` with a person in the browser, who sees the page and whose requests are noted. */
async function logIn(
  tenant: TestTenant,
  person: (page: Page) => Promise<void>,
): Promise<{ result: RunResult; page: Page; requests: string[]; machine: ReturnType<typeof createMachine> }> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const machine = createMachine();
  let acted: Promise<void> = Promise.resolve();
  const result = await machine.run(tenant.login, {
    browser: async (url) => {
      acted = page.goto(url).then(() => person(page));
    },
  });
  await acted;
  return { result, page, requests, machine };
}

async function signIn(page: Page, { user, password }: { user: string; password: string }): Promise<void> {
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe.skipIf(skipped)('login in a browser', () => {
  test('ends signed in, with a page that says what to do next and holds no code', async () => {
    const tenant = await startTenant({ autoApprove: false });
    const { result, page, requests, machine } = await logIn(tenant, async (page) => {
      await signIn(page, tenant.emulator.administrator);
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    });
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(tenant.emulator.administrator.user),
    });
    expect(page.url()).toBe(`http://127.0.0.1:${tenant.port}/done`);
    expect(await page.textContent('body')).toContain('go back to the terminal');
    expect(await page.evaluate('history.length')).toBeLessThan(10);
    const hosts = new Set(requests.map((url) => new URL(url).host));
    expect([...hosts].sort()).toEqual([new URL(tenant.emulator.url).host, `127.0.0.1:${tenant.port}`].sort());
    expect((await machine.run(['whoami'])).exitCode).toBe(0);
  });

  test('goes on after a wrong password', async () => {
    const tenant = await startTenant({ autoApprove: false });
    const { result } = await logIn(tenant, async (page) => {
      await signIn(page, { ...tenant.emulator.user, password: 'wrong' });
      await page.getByRole('alert').waitFor();
      await signIn(page, tenant.emulator.user);
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    });
    expect(result.exitCode).toBe(0);
  });

  test.each([
    ['at the sign-in page', 'Cancel', false],
    ['at the consent', 'Deny', true],
  ])('denied %s ends with 5', async (_name, button, signedIn) => {
    const tenant = await startTenant({ autoApprove: false });
    const { result, page } = await logIn(tenant, async (page) => {
      if (signedIn) await signIn(page, tenant.emulator.administrator);
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
    });
    expect(result).toMatchObject({
      exitCode: 5,
      stdout: '',
      stderr: expect.stringContaining('denied the sign-in'),
    });
    expect(page.url()).toBe(`http://127.0.0.1:${tenant.port}/done`);
  });

  test('cannot be ended or spoilt by a web page', async () => {
    const tenant = await startTenant({ autoApprove: false });
    const { result } = await logIn(tenant, async (page) => {
      const statuses = await page.evaluate(async (port) => {
        const paths = [
          'callback',
          'callback?code=x',
          'callback?code=x&state=forged',
          'callback?error=access_denied',
          'done',
        ];
        return Promise.all(
          paths.map((path) =>
            fetch(`http://127.0.0.1:${port}/${path}`, { mode: 'no-cors' }).then(
              () => 'sent',
              () => 'blocked',
            ),
          ),
        );
      }, tenant.port);
      expect(statuses).toHaveLength(5);
      await signIn(page, tenant.emulator.administrator);
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    });
    expect(result.exitCode).toBe(0);
  });
});
