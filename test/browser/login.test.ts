import type { Page, Request } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { type NamedTenant, startTenants } from '../../src/emulator/tenants.ts';
import { createMachine, type RunOptions, type RunResult } from '../support/context.ts';
import { startServer } from '../support/http.ts';
import { patience } from '../support/patience.ts';
import { startTenant, type TestTenant } from '../support/tenant.ts';
import { startVendorTenant } from '../support/vendor-tenant.ts';
import { inChromium } from './chromium.ts';
import { openPage, press, signIn } from './rehearsal.ts';

/** Runs `login` with a person in the browser, who sees the page and whose requests are noted. */
async function logIn(
  tenant: Pick<TestTenant, 'login'>,
  person: (page: Page) => Promise<void>,
  options: RunOptions = {},
): Promise<{
  result: RunResult;
  page: Page;
  requests: string[];
  machine: ReturnType<typeof createMachine>;
}> {
  const { page } = await openPage();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const machine = createMachine();
  let acted: Promise<void> = Promise.resolve();
  const result = await machine.run(tenant.login, {
    ...options,
    browser: async (url) => {
      acted = page.goto(url).then(() => person(page));
    },
  });
  await acted;
  return { result, page, requests, machine };
}

async function allow(page: Page): Promise<void> {
  await press(page, 'Allow');
  await page.getByRole('heading', { name: 'Signed in' }).waitFor();
}

inChromium('login in a browser', () => {
  test('ends signed in, with a page that says what to do next and holds no code', async () => {
    const tenant = await startTenant({ autoApprove: false });
    const { result, page, requests, machine } = await logIn(tenant, async (page) => {
      await signIn(page, { ...tenant.emulator.user, password: 'wrong' });
      await page.getByRole('alert').waitFor();
      await signIn(page, tenant.emulator.administrator);
      await allow(page);
    });
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(tenant.emulator.administrator.user),
    });
    expect(page.url()).toBe(`http://127.0.0.1:${tenant.port}/done`);
    expect(await page.textContent('body')).toContain('return to the terminal');
    expect(await page.evaluate('history.length')).toBeLessThan(10);
    const hosts = new Set(requests.map((url) => new URL(url).host));
    expect([...hosts].sort()).toEqual(
      [new URL(tenant.emulator.url).host, `127.0.0.1:${tenant.port}`].sort(),
    );
    expect((await machine.run(['whoami'])).exitCode).toBe(0);
  });
});

/** A tenant that answers in the letter of the vendor's OpenAPI, and the port that `login` listens on for it. */
async function vendor() {
  const [tenant, port] = [await startVendorTenant(), await freePort()];
  return { port, login: ['login', '--tenant', tenant.url, '--port', String(port)] };
}

const denied = 'error=access_denied&error_description=User%20denied%20confirmation';

inChromium('an error without a state, in a browser', () => {
  test('ends the login of a person who declines within seconds', async () => {
    let clicked = 0;
    const { result, page } = await logIn(await vendor(), async (page) => {
      clicked = performance.now();
      await press(page, 'Deny');
      await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
    });
    expect((performance.now() - clicked) / 1000).toBeLessThan(20 * patience);
    expect(result).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining(
        'denied the sign-in: access_denied: User denied confirmation',
      ),
    });
    expect(await page.textContent('body')).toContain('The terminal shows what happens next');
  });

  test('of a stranger’s page changes nothing: nobody is asked, and the login completes', async () => {
    const tenant = await vendor();
    const forged = `http://127.0.0.1:${tenant.port}/callback?${denied}`;
    const headers = { 'content-type': 'text/html' };
    const window = `<!doctype html><script>location = ${JSON.stringify(forged)}</script>`;
    const stranger = await startServer([
      { headers, body: forgery(forged) },
      { headers, body: window },
    ]);
    /** What became of each request: a status, or what the browser makes of an answer that the page may not see. */
    const ended = new Map<string, string>();
    const { result } = await logIn(
      tenant,
      async (page) => {
        const other = await page.context().newPage();
        const note = (request: Request, how: string): void => {
          if (request.url().startsWith(`http://127.0.0.1:${tenant.port}/`))
            ended.set(
              `${request.method()} ${request.resourceType()} ${request.url().slice(-1)}`,
              how,
            );
        };
        other.on('response', (response) => note(response.request(), `${response.status()}`));
        other.on('requestfailed', (request) => {
          if (['image', 'fetch'].includes(request.resourceType())) note(request, 'failed');
        });
        // Another site than 127.0.0.1, and one that the browser finds on this machine.
        await other.goto(`http://stranger.localhost:${stranger.port}/`);
        await expect.poll(() => ended.size).toBe(6);
        // A window that the page sends there is told.
        await other.goto(`http://stranger.localhost:${stranger.port}/window`);
        await other.getByRole('heading', { name: 'Not signed in' }).waitFor();
        await allow(page);
      },
      // At a terminal, where a question that has no answer here fails the login.
      { answers: [] },
    );
    expect(Object.fromEntries(ended)).toEqual({
      'GET image 1': 'failed',
      'GET document 2': '400',
      'POST document 3': '405',
      'GET document 4': '400',
      'GET fetch 5': expect.stringMatching(/^(400|failed)$/),
      'GET fetch 6': 'failed',
      'GET document n': '400',
    });
    expect(result).toMatchObject({
      ...{ exitCode: 0, questions: [] },
      stderr: expect.stringContaining("the tenant's or a forged one"),
    });
  });
});

/** A page that sends the browser to an address in every way but a window; each address ends in a number. */
function forgery(address: string): string {
  const attribute = address.replaceAll('&', '&amp;');
  const [action = ''] = address.split('?');
  return `<!doctype html>
<img src="${attribute}&amp;n=1">
<iframe src="${attribute}&amp;n=2"></iframe>
<iframe name="posted"></iframe>
<form method="post" target="posted" action="${attribute}&amp;n=3"><input name="a"></form>
<iframe name="got"></iframe>
<form target="got" action="${action}"><input name="error" value="access_denied"><input name="n" value="4"></form>
<script>
fetch(${JSON.stringify(`${address}&n=5`)}, { mode: 'no-cors' }).catch(() => {});
fetch(${JSON.stringify(`${address}&n=6`)}).catch(() => {});
for (const form of document.forms) form.submit();
</script>`;
}

inChromium('login at one of several tenants', () => {
  test('leaves the browser signed in at the other', async () => {
    const port = await freePort();
    const tenants = await startTenants({
      ...{ count: 2, port: 0, stateFile: null, autoApprove: false, accessTokenSeconds: 3600 },
      redirectUris: [`http://127.0.0.1:${port}/callback`],
      now: () => new Date(),
    });
    onTestFinished(() => tenants.close());
    const { page } = await openPage();
    const [one, two] = tenants.tenants as [NamedTenant, NamedTenant];
    for (const { url, administrator } of [one, two]) {
      await page.goto(`${url}/login`);
      await signIn(page, administrator);
      await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    }
    const login = ['login', '--tenant', one.url, '--port', String(port)];
    let acted: Promise<void> = Promise.resolve();
    const result = await createMachine().run(login, {
      browser: async (url) => {
        acted = page.goto(url).then(() => allow(page));
      },
    });
    await acted;
    expect([result.exitCode, result.stdout]).toEqual([
      0,
      expect.stringContaining(one.administrator.user),
    ]);
  });
});
