import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { startTenants } from '../../src/emulator/tenants.ts';
import { signInAs, startTenant } from '../emulator/local-tenant.ts';
import { createMachine } from '../support/context.ts';
import { callApi, openEmulator } from '../support/emulator.ts';
import { p12Bytes, p12Path, secretPassword } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { inChromium, rebound } from './chromium.ts';
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

const focused = 'document.activeElement.textContent';

/** Notes each layout shift from now on, but those too small to be seen: a word at the right edge begins where its length lets it. */
const noteShifts = `window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    if (value > 0.0005) window.shifts.push(value + ': ' + sources.map(({ node }) => node?.parentElement?.outerHTML.slice(0, 200)).join(' '));
}).observe({ type: 'layout-shift', buffered: false });`;

inChromium('the console', () => {
  test('scripts the push service, challenges, and deletes certificates once it is sure', async () => {
    const { emulator, call } = await startRehearsal();
    const { page, said } = await openConsole(emulator);
    const service = area(page, 'Stand-in for APNs');
    await service.getByLabel('Answer next pushes with').selectOption('TooManyRequests');
    await service.getByLabel('Times').fill('2');
    await press(page, 'Apply');
    await service.getByText('Next push: 429 TooManyRequests 2 times.').waitFor();
    await challenge(page);
    await says(page, 'The push did not arrive');
    await page.getByText(`${user}: 429 TooManyRequests`).waitFor();
    await area(page, 'Challenges').getByText('not delivered').waitFor();
    await service.getByText('refused', { exact: true }).waitFor();
    await service.getByText('Next push: 429 TooManyRequests.').waitFor();
    await press(page, 'Clear');
    await service.getByText('Next push: answered as APNs would.').waitFor();
    expect(await service.getByRole('button', { name: 'Clear', disabled: true }).count()).toBe(1);
    expect(await page.evaluate(focused)).toBe('Clear');
    await challenge(page);
    await says(page, 'A push is waiting for an answer');
    await page.getByText(`${user}, iPhone 15`).waitFor();

    const APNSCert = p12Bytes('01-default-aes256').toString('base64');
    const [ClientAppKey, APNSTopic] = ['k'.repeat(10_000), 't'.repeat(10_000)];
    await call('/Mobile/SetApnsCertForClientApp', {
      ClientAppKey,
      APNSTopic,
      APNSCert,
      APNSPass: 'secret',
    });
    const certificates = area(page, 'Push certificate');
    await certificates.getByText('ignored', { exact: true }).waitFor();
    // No more of a long key than a person reads.
    expect(await page.getByText(/[kt]{201}/).count()).toBe(0);
    const dialogFor = (name: string) =>
      page.getByRole('dialog', { name: `Delete the certificate for ${name}?` });
    await press(page, `Delete the certificate for ${'k'.repeat(200)}…`);
    await dialogFor(`${'k'.repeat(200)}…`)
      .getByRole('button', { name: 'Delete', exact: true })
      .click();
    await page
      .getByRole('button', { name: /^Delete the certificate for kkk/ })
      .waitFor({ state: 'detached' });
    await certificates.getByText('ignored', { exact: true }).waitFor();
    const remove = page.getByRole('button', { name: 'Delete the certificate for com.example.lab' });
    const dialog = dialogFor('com.example.lab');
    await remove.click();
    const margin = (selector: string, side: string) =>
      page.evaluate(
        `getComputedStyle(document.querySelector('dialog[open] ${selector}'))['margin-${side}']`,
      );
    expect([await margin('h2', 'bottom'), await margin('.actions', 'top')]).toEqual([
      '4px',
      '16px',
    ]);
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await remove.click();
    await page.keyboard.press('Escape');
    await remove.click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await certificates.getByText('None.').waitFor();
    await expect
      .poll(() => page.evaluate(focused))
      .toBe('Deleted the certificate for com.example.lab.');
    await challenge(page);
    await page.getByText(/^The tenant refused: No push certificate is set/).waitFor();
    const calls = area(page, 'Requests').getByRole('listitem');
    // The list of requests comes a moment after what they changed.
    await expect
      .poll(() => calls.filter({ hasText: 'DeleteApnsCertForClientApp' }).count())
      .toBe(2);
    const refused = calls
      .filter({ hasText: '200 refused' })
      .filter({ hasText: '/emulator/challenge' });
    expect(await refused.first().textContent()).toContain('No push certificate is set');
    expect(await refused.first().locator('.tag.bad').count()).toBe(1);
    const widthOf = async (name: string) => (await area(page, name).boundingBox())?.width;
    expect(await widthOf('Requests')).toBe(await widthOf('Assumptions'));
    await page.setViewportSize({ width: 360, height: 900 });
    const isCut =
      '[...document.querySelectorAll("[aria-labelledby=requests] .words")].some((words) => words.scrollWidth > words.clientWidth)';
    expect(await page.evaluate(isCut)).toBe(false);
    expect(said).toEqual([]);
  });

  test('tells on the screen of a phone which phones a push went to', async () => {
    const { emulator, challenge: ring } = await startRehearsal();
    const token = await signInAs(emulator, user);
    const ClientPushToken = Buffer.alloc(32, 8).toString('base64');
    const Name = 'mfa-cli iPhone of the help desk';
    await callApi(emulator, '/Device/EnrollIosDevice', token, {
      Udid: 'D-2',
      Name,
      OSVersion: '18',
    });
    await callApi(emulator, '/IosAppRest/UpdateDevSettings', token, {
      DeviceID: 'D-2',
      ClientPushToken,
    });
    const { page } = await openConsole(emulator);
    await page.setViewportSize({ width: 360, height: 900 });
    await ring();
    await page.getByText(`pushed to ${Name}`).waitFor();
    const isCut =
      '[...document.querySelectorAll(".events .words, .phones .words")].some((words) => words.scrollWidth > words.clientWidth)';
    expect(await page.evaluate(isCut)).toBe(false);
  });

  test('ends the sessions of others and stays signed in, and is used with the keyboard alone', async () => {
    const { emulator, call } = await startRehearsal();
    const { page } = await openConsole(emulator);
    const name =
      '(document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.innerText)';
    const order: string[] = [];
    for (let stop = 0; stop < 12; stop++) {
      await page.keyboard.press('Tab');
      order.push(String(await page.evaluate(name)).replaceAll(/\s+/g, ' '));
    }
    expect(order).toEqual([
      ...['Open a phone', `Challenge ${user}`, '11 more users for other ways to sign in'],
      ...['Expire tokens', 'Revoke sessions', 'Delete the certificate for com.example.lab'],
      ...['Answer next pushes with', 'Times', 'Apply', 'Clear'],
      ...['refused only', expect.stringMatching(/^All \d+$/)],
    ]);
    const dangerous = await page.locator('.columns button.danger:visible').allTextContents();
    expect(dangerous.sort()).toEqual(['Delete', 'Expire tokens', 'Revoke sessions']);
    expect(await call('/Security/WhoAmI')).toMatchObject({ success: true });
    await press(page, 'Expire tokens');
    await page.getByText('Expired all access tokens. Refresh tokens stay valid.').waitFor();
    expect(await call('/Security/WhoAmI')).toMatchObject({ success: false });
    await press(page, 'Revoke sessions');
    await page.getByText('Revoked all sessions. Everyone must sign in again.').waitFor();
    await page.reload();
    await isLive(page);
  });

  test('moves nothing and keeps the focus while things happen, and tells a probe from a refusal', async () => {
    const { emulator, call } = await startRehearsal();
    const { page } = await openConsole(emulator);
    const requests = page.getByText(/requests? since the start/);
    const happen = async () => {
      const before = await requests.textContent();
      await call('/emulator/apns', { Reason: 'Unregistered' });
      for (let time = 0; time < 6; time++) await call('/emulator/challenge', { User: user });
      await call('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: 'absent' });
      await expect.poll(() => requests.textContent()).not.toBe(before);
    };
    // Lists have grown to all that they show.
    await happen();
    await happen();
    await page.evaluate(noteShifts);
    await page.getByLabel('Times').focus();
    await happen();
    // Two frames, in which shifts are told.
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
    expect(await page.evaluate('window.shifts')).toEqual([]);
    expect(await page.evaluate('document.activeElement.id')).toBe('times');

    const ca = join(temporaryDirectory(), 'ca.pem');
    writeFileSync(ca, emulator.apns.ca);
    const way = ['--apns-host', emulator.apns.host, '--ca-file', ca];
    const argv = ['apns', 'verify', p12Path('01-default-aes256'), ...way];
    expect((await createMachine().run(argv, { env: secretPassword })).exitCode).toBe(0);
    const answers = area(page, 'Stand-in for APNs').getByRole('listitem');
    expect(
      await answers
        .filter({ hasText: 'check of a certificate' })
        .locator('.tag.plain')
        .textContent(),
    ).toBe('probe');
  });

  test('continues by itself once the emulator runs again', async () => {
    const port = await freePort();
    const first = await openEmulator({ port });
    const { page } = await openPage();
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

/** An empty page of another port, which browsers take for the same site. */
async function startStranger(): Promise<string> {
  const server = createServer((_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Stranger</title>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The tries of a page against the tenant at `url`, each with a word for what came of it. */
const attempts = `async (url) => {
  const read = (path, options) => fetch(url + path, { credentials: 'include', ...options }).then((response) => response.text()).catch(() => 'failed');
  const body = JSON.stringify({ Api: '/emulator/apns', Parameters: { Reason: 'Unregistered' } });
  const sent = { method: 'POST', body };
  const frame = document.body.appendChild(Object.assign(document.createElement('iframe'), { src: url + '/' }));
  await new Promise((resolve) => { frame.onload = resolve; });
  const events = await new Promise((resolve) => {
    const source = new EventSource(url + '/emulator/console/events', { withCredentials: true });
    source.onmessage = () => resolve('told');
    source.onerror = () => { source.close(); resolve('failed'); };
  });
  let framed;
  try { framed = frame.contentDocument?.body.textContent || 'nothing'; } catch { framed = 'failed'; }
  return {
    page: await read('/'),
    state: await read('/emulator/console/state'),
    opaque: await read('/emulator/console/state', { mode: 'no-cors' }),
    call: await read('/emulator/console/call', { ...sent, headers: { 'content-type': 'application/json' } }),
    simple: await read('/emulator/console/call', { ...sent, mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
    events,
    framed,
  };
}`;

/** An answer that a page may not read is empty to it. */
const nothing = {
  ...{ page: 'failed', state: 'failed', call: 'failed', events: 'failed' },
  ...{ opaque: '', simple: '', framed: 'nothing' },
};

inChromium('the console', () => {
  test('is shut to a page of another port, signed in without a page or not', async () => {
    const address = await startStranger();
    for (const autoApprove of [true, false]) {
      const emulator = await startTenant({ autoApprove });
      const { page } = await openConsole(emulator);
      const stranger = await page.context().newPage();
      await stranger.goto(address);
      expect(await stranger.evaluate(`(${attempts})(${JSON.stringify(emulator.url)})`)).toEqual(
        nothing,
      );
      // The same calls of its own page do it.
      expect(await page.getByText('Next push: answered as APNs would.').isVisible()).toBe(true);
      // At first, nothing breaks a push.
      await press(page, 'Apply');
      await page.getByLabel('Answer next pushes with').selectOption('Unregistered');
      await press(page, 'Apply');
      await page.getByText('Next push: 410 Unregistered.').waitFor();
    }
  });

  test('is shut to a name that leads to this machine', async () => {
    const emulator = await startTenant({ autoApprove: true });
    const { page } = await openPage();
    const url = emulator.url.replace('127.0.0.1', rebound);
    const answer = await page.goto(url);
    expect([answer?.status(), await page.getByRole('heading').textContent()]).toEqual([
      400,
      'Wrong host',
    ]);
    // The page's own policy lets it ask nothing; neither could another page at that name.
    const status = page.evaluate(
      "fetch('/emulator/console/state').then(({ status }) => status, () => 0)",
    );
    expect(await status).toBe(0);
    const asked = await page.context().request.get(`${emulator.url}/emulator/console/state`, {
      headers: { host: new URL(url).host },
    });
    expect(asked.status()).toBe(400);
  });

  test('shows a stranger’s text as text, and hides nothing of it', async () => {
    const emulator = await startTenant({ autoApprove: true });
    const administrator = emulator.administrator.user;
    const token = await signInAs(emulator, user);
    const name = '<img src=x onerror=alert(1)>\u202egnp.exe';
    const enrolled = await callApi(emulator, '/Device/EnrollIosDevice', token, {
      Udid: 'D-1',
      Name: name,
      OSVersion: '</script><script>alert(2)</script>',
    });
    expect(enrolled.body).toMatchObject({ success: true });
    const certificate = {
      APNSCert: p12Bytes('01-default-aes256').toString('base64'),
      APNSPass: 'secret',
    };
    await callApi(
      emulator,
      '/Mobile/SetApnsCertForClientApp',
      await signInAs(emulator, administrator),
      {
        ...{ ...certificate, ClientAppKey: 'key\u202e', APNSTopic: 'topic\u202e' },
      },
    );
    await fetch(`${emulator.url}/%3Cimg%20src=x%3E/<b>\u202e`);
    const { page, said } = await openPage();
    let asked = false;
    page.on('dialog', () => {
      asked = true;
    });
    await page.goto(emulator.url);
    await page.getByText('<img src=x onerror=alert(1)>\\u202egnp.exe').waitFor();
    await page.getByText('iOS </script><script>alert(2)</script>').waitFor();
    await page.getByText('GET /%3Cimg%20src=x%3E/').waitFor();
    await page.getByRole('button', { name: 'Delete the certificate for key\\u202e' }).waitFor();
    expect(await page.title()).toContain('topic\\u202e');
    expect([await page.locator('img, b').count(), asked, said]).toEqual([0, false, []]);
    // What a mistake in a script would let in, the policy stops.
    await expect(
      page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x>')"),
    ).rejects.toThrow('TrustedHTML');
  });

  test('of each of several tenants is its own', async () => {
    const { tenants, open, close } = await startTenants({
      ...{
        count: 2,
        port: 0,
        stateFile: null,
        autoApprove: false,
        redirectUris: [],
        accessTokenSeconds: 60,
      },
      now: () => new Date(),
    });
    onTestFinished(close);
    const { page } = await openPage();
    await page.goto(open('tenant-1').consoleAddress());
    await isLive(page);
    await page.getByText(`tenant-1.localhost:`).waitFor();
    await page.goto(tenants[1]?.url ?? '');
    await page.getByRole('heading', { name: 'Sign in to the local tenant' }).waitFor();
  });
});
