import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { startTenants } from '../../src/emulator/tenants.ts';
import { signInAs, startTenant } from '../emulator/local-tenant.ts';
import { callApi, openEmulator } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { launchChromium, rebound, withoutChromium } from './chromium.ts';
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
    const { emulator, call } = await startRehearsal();
    const APNSCert = p12Bytes('01-default-aes256').toString('base64');
    const [ClientAppKey, APNSTopic] = ['k'.repeat(10_000), 't'.repeat(10_000)];
    await call('/Mobile/SetApnsCertForClientApp', { ClientAppKey, APNSTopic, APNSCert, APNSPass: 'secret' });
    const { page } = await openConsole(browser, emulator);
    // No more of a long key than a person reads.
    await says(page, `The certificate for ${'t'.repeat(200)}… cannot push`);
    expect(await page.getByText(/[kt]{201}/).count()).toBe(0);
    const certificates = area(page, 'Push certificate');
    await certificates.getByText('ignored', { exact: true }).waitFor();
    await certificates.getByText('ignore this one: another key was set later').waitFor();
    await press(page, `Delete the certificate of ${'k'.repeat(200)}…`);
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: /^Delete the certificate of kkk/ }).waitFor({ state: 'detached' });
    await says(page, 'No push certificate is in use');
    await certificates.getByText('not used', { exact: true }).waitFor();
    const remove = page.getByRole('button', { name: 'Delete the certificate of com.example.lab' });
    const dialog = page.getByRole('dialog', { name: 'Delete the certificate of com.example.lab?' });
    await remove.click();
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await remove.click();
    await page.keyboard.press('Escape');
    await remove.click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await says(page, 'No push certificate is set yet');
    await expect.poll(() => page.evaluate(focused)).toBe('The certificate of com.example.lab was deleted.');
    await challenge(page);
    await page.getByText(/^The tenant refused: No APNs certificate is set/).waitFor();
    const calls = area(page, 'Requests').getByRole('row');
    // The list of requests comes a moment after what they changed.
    const deletions = calls.filter({ hasText: 'DeleteApnsCertForClientApp' });
    await deletions.nth(1).waitFor();
    expect(await deletions.count()).toBe(2);
    await calls.filter({ hasText: '200 refused' }).first().waitFor();
    expect(await calls.filter({ hasText: '200 refused' }).first().textContent()).toContain(
      'POST /emulator/challenge No APNs certificate is set',
    );
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

/** An empty page of another port, which browsers take for the same site. */
async function startStranger(): Promise<string> {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Stranger</title>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** What a page can try against the tenant at `url`, each with a word for what came of it. */
const attempts = `async (url) => {
  const outcome = (promise) => promise.then((words) => words, () => 'failed');
  const read = (path, options) => outcome(fetch(url + path, { credentials: 'include', ...options }).then((response) => response.text()));
  const body = JSON.stringify({ Api: '/emulator/apns', Parameters: { Reason: 'Unregistered' } });
  const loaded = (tag, attribute, path) => outcome(new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), { onload: () => resolve('loaded'), onerror: reject });
    element[attribute] = url + path;
    document.body.append(element);
  }));
  const frame = document.createElement('iframe');
  frame.src = url + '/';
  document.body.append(frame);
  await new Promise((resolve) => { frame.onload = resolve; });
  const form = document.createElement('form');
  const target = document.createElement('iframe');
  target.name = 'target';
  document.body.append(target);
  Object.assign(form, { method: 'post', action: url + '/emulator/console/call', enctype: 'text/plain', target: 'target' });
  const field = document.createElement('input');
  [field.name, field.value] = [body.slice(0, -1) + ',"', '":1}'];
  form.append(field);
  document.body.append(form);
  const sent = new Promise((resolve) => { target.onload = resolve; });
  form.submit();
  await sent;
  const events = await new Promise((resolve) => {
    const source = new EventSource(url + '/emulator/console/events', { withCredentials: true });
    source.onmessage = () => resolve('told');
    source.onerror = () => { source.close(); resolve('failed'); };
  });
  return {
    page: await read('/'),
    state: await read('/emulator/console/state'),
    opaque: await read('/emulator/console/state', { mode: 'no-cors' }),
    call: await read('/emulator/console/call', { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    simple: await read('/emulator/console/call', { method: 'POST', body, mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
    script: await loaded('script', 'src', '/emulator/console/state'),
    events,
    framed: outcomeOf(frame),
  };
  function outcomeOf(element) {
    try { return element.contentDocument?.body.textContent || 'nothing'; } catch { return 'failed'; }
  }
}`;

/** An answer that a page may not read is empty to it. */
const nothing = {
  ...{ page: 'failed', state: 'failed', call: 'failed', script: 'failed', events: 'failed' },
  ...{ opaque: '', simple: '', framed: 'nothing' },
};

describe.skipIf(withoutChromium())('the console', () => {
  test('is shut to a page of another port, signed in without a page or not', async () => {
    const address = await startStranger();
    for (const autoApprove of [true, false]) {
      const emulator = await startTenant({ autoApprove });
      const { page } = await openConsole(browser, emulator);
      const stranger = await page.context().newPage();
      await stranger.goto(address);
      expect(await stranger.evaluate(`(${attempts})(${JSON.stringify(emulator.url)})`)).toEqual(nothing);
      // The same calls of its own page do it.
      expect(await page.getByText('It judges the next push itself.').isVisible()).toBe(true);
      await press(page, 'Apply');
      await page.getByText('Next: 410 Unregistered.').waitFor();
    }
  });

  test('is shut to a name that leads to this machine', async () => {
    const emulator = await startTenant({ autoApprove: true });
    const { page } = await openPage(browser);
    const url = emulator.url.replace('127.0.0.1', rebound);
    const answer = await page.goto(url);
    expect([answer?.status(), await page.getByRole('heading').textContent()]).toEqual([
      400,
      'This is the address of another host',
    ]);
    // The page's own policy lets it ask nothing; neither could another page at that name.
    const status = page.evaluate("fetch('/emulator/console/state').then(({ status }) => status, () => 0)");
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
    const name = '<img src=x onerror=alert(1)>\u202egnp.\u200bexe';
    const enrolled = await callApi(emulator, '/Device/EnrollIosDevice', token, {
      Udid: 'D-1',
      Name: name,
      OSVersion: '</script><script>alert(2)</script>',
    });
    expect(enrolled.body).toMatchObject({ success: true });
    const certificate = { APNSCert: p12Bytes('01-default-aes256').toString('base64'), APNSPass: 'secret' };
    await callApi(emulator, '/Mobile/SetApnsCertForClientApp', await signInAs(emulator, administrator), {
      ...{ ...certificate, ClientAppKey: 'key\u202e', APNSTopic: 'topic\u202e' },
    });
    await fetch(`${emulator.url}/%3Cimg%20src=x%3E/<b>\u202e`);
    const { page, said } = await openPage(browser);
    let asked = false;
    page.on('dialog', () => {
      asked = true;
    });
    await page.goto(emulator.url);
    await page.getByText('<img src=x onerror=alert(1)>\\u{202e}gnp.\\u{200b}exe').waitFor();
    await page.getByText('iOS </script><script>alert(2)</script>').waitFor();
    await page.getByText('GET /%3Cimg%20src=x%3E/').waitFor();
    await page.getByRole('button', { name: 'Delete the certificate of key\\u{202e}' }).waitFor();
    expect(await page.title()).toContain('topic\\u{202e}');
    expect([await page.locator('img, b').count(), asked, said]).toEqual([0, false, []]);
    // What a mistake in a script would let in, the policy stops.
    await expect(
      page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x>')"),
    ).rejects.toThrow('TrustedHTML');
  });

  test('of each of several tenants is its own', async () => {
    const { tenants, open, close } = await startTenants({
      ...{ count: 2, port: 0, stateFile: null, autoApprove: false, redirectUris: [], accessTokenSeconds: 60 },
      now: () => new Date(),
    });
    onTestFinished(close);
    const { page } = await openPage(browser);
    await page.goto(open('tenant-1').consoleAddress());
    await isLive(page);
    await page.getByText(`tenant-1.localhost:`).waitFor();
    await page.goto(tenants[1]?.url ?? '');
    await page.getByRole('heading', { name: 'Sign in to the local tenant' }).waitFor();
  });
});
