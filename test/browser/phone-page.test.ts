import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { eachLook, walkPages } from '../../scripts/screenshots/walk.mjs';
import { createMachine } from '../support/context.ts';
import { patience } from '../support/patience.ts';
import { startTenant } from '../support/tenant.ts';
import { launchChromium, withoutChromium } from './chromium.ts';
import { complaints, isJudged } from './complaints.ts';
import { heading, openPhone, openPhoneTenant, press, setUp } from './phone-tab.ts';

let browser: Browser;

beforeAll(async () => {
  if (!withoutChromium()) browser = await launchChromium();
});

describe.skipIf(withoutChromium())('the phone in a browser', () => {
  test('has nothing that axe-core finds, fits every width, and moves nothing', async () => {
    const { emulator, context, challenge } = await openPhoneTenant(browser);
    const page = await openPhone(context, emulator);
    const found: string[] = [];
    let turn = 0;
    const look = async (name: string) => {
      turn++;
      await eachLook(page, async (colorScheme, width) => {
        const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
        if (wide > width) found.push(`${name} is ${wide} wide at ${width}`);
        if ((await page.locator('button.primary').count()) > 1) found.push(`${name} has two primary buttons`);
        if (!isJudged(colorScheme, width, turn)) return;
        for (const words of await complaints(page)) found.push(`${name}, ${colorScheme}, ${width}: ${words}`);
      });
    };
    await look('new');
    await setUp(page, emulator.user);
    await look('waiting');
    await page.evaluate(
      `globalThis.shift = 0; new PerformanceObserver((list) => { for (const { value } of list.getEntries()) shift += value; }).observe({ type: 'layout-shift', buffered: false })`,
    );
    await challenge();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    expect(await page.evaluate('shift')).toBe(0);
    await look('ringing');
    await press(page, 'Approve');
    await heading(page, 'Approved');
    await challenge();
    await press(page, 'Deny');
    await heading(page, 'The tenant did not accept the answer');
    await look('refused');
    emulator.revokeSessions();
    await page.reload();
    await heading(page, 'The tenant ended the session');
    await look('signed out');
    expect(found).toEqual([]);
  });

  test('is told aloud, shows all as text, and is answered with the keyboard alone, though the storage is full', async () => {
    const { emulator, context, challenge } = await openPhoneTenant(browser);
    const page = await openPhone(context, emulator);
    const hostile = '<img src=x onerror="document.title=1">\u202Egnp.exe';
    await setUp(page, emulator.user, hostile);
    await page.evaluate(
      "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }",
    );
    await challenge(hostile);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    const shown = '<img src=x onerror="document.title=1">\\u{202e}gnp.exe';
    expect(await page.getByRole('alert').textContent()).toBe(`Lab: ${shown}`);
    expect(await page.title()).toBe('(1) A push came - mfa-cli emulator');
    const text = (await page.textContent('main')) ?? '';
    expect([text.split(shown).length, await page.locator('img').count()]).toEqual([4, 0]);
    expect(text).not.toMatch(/\p{Bidi_Control}/u);
    await challenge('Second');
    await expect.poll(() => page.getByRole('button', { name: 'Approve' }).count()).toBe(2);
    const primary = page.getByRole('listitem').filter({ has: page.locator('.primary') });
    expect([await primary.count(), await primary.getByText('Second').count()]).toEqual([1, 1]);
    await page.emulateMedia({ forcedColors: 'active' });
    for (const part of ['.phone', '.notification'])
      expect(await page.evaluate(`getComputedStyle(document.querySelector('${part}')).borderTopStyle`)).toBe(
        'solid',
      );
    // A push takes the focus from nobody: what is typed meanwhile answers nothing.
    const focused = () => page.evaluate('document.activeElement.textContent');
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
    for (const name of ['Approve', 'Deny']) {
      await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    }
    await page.keyboard.press('Enter');
    await heading(page, 'Denied');
    // The button is gone, and the words that tell why have the focus.
    expect(await focused()).toBe('Denied');
  });

  test('says that it cannot sign in where the browser stores nothing', async () => {
    const { emulator, context } = await openPhoneTenant(browser);
    await context.addInitScript(
      "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError'); } })",
    );
    const page = await openPhone(context, emulator);
    await press(page, 'Sign in and enroll');
    await page.getByText('allow cookies and site data here').waitFor();
    expect(page.url()).toBe(`${emulator.url}/phone`);
  });

  test('leaves no token in an address, in the history or anywhere but in its own tab', async () => {
    const { emulator, context } = await openPhoneTenant(browser);
    const page = await openPhone(context, emulator);
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await setUp(page, emulator.user);
    expect(page.url()).toBe(`${emulator.url}/phone`);
    expect(await page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, '']);
    // A duplicate has the memory of the first, which goes on being the only phone of its name.
    const [copy] = await Promise.all([context.waitForEvent('page'), page.evaluate("void open('/phone')")]);
    await heading(copy, 'This phone has no user yet');
    await page.reload();
    await heading(page, 'Waiting for a push');
    expect(refused).toEqual([]);
    await page.goto(`${emulator.url}/phone?error=e&error_description=%3Cb%3E%E2%80%AEgnp.exe`);
    await page.getByText('The tenant refused the sign-in: <b>\\u{202e}gnp.exe').waitFor();
  });

  test('is nothing to a page of another origin', async () => {
    const { emulator, context } = await openPhoneTenant(browser);
    const { emulator: elsewhere } = await startTenant();
    const page = await context.newPage();
    await page.goto(`${elsewhere.url}/nowhere`);
    const tries = await page.evaluate(
      `Promise.allSettled([['/phone'], ['/emulator/phone.js'], ['/emulator/pushes', { method: 'POST', body: '{}' }]]
        .map(([path, options]) => fetch('${emulator.url}' + path, options))).then((all) => all.map(({ status }) => status))`,
    );
    expect(tries).toEqual(['rejected', 'rejected', 'rejected']);
    const policy = (await fetch(`${emulator.url}/phone`)).headers.get('content-security-policy');
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });

  test('has less than 60 kB, and is there within 200 ms', async () => {
    const { emulator, context } = await openPhoneTenant(browser);
    const sizes = await Promise.all(
      ['/phone', '/emulator/phone.js', '/emulator/phone.css'].map(
        async (path) => (await (await fetch(emulator.url + path)).arrayBuffer()).byteLength,
      ),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(60_000);
    const page = await context.newPage();
    await page.goto(`${emulator.url}/phone`);
    const paint = async (): Promise<number> => {
      await page.reload();
      return Number(
        await page.evaluate(
          `new Promise((resolve) => new PerformanceObserver((list) => {
            for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime);
          }).observe({ type: 'paint', buffered: true }))`,
        ),
      );
    };
    // A busy machine is slow at times: the page counts, not what else runs.
    await expect.poll(paint, { timeout: 20_000 * patience }).toBeLessThan(200);
  });
});

describe.skipIf(withoutChromium())('every page, light and dark, on a phone and on a desk', () => {
  test('has nothing that axe-core finds, fits the width, and loads nothing', async () => {
    const tenant = await startTenant({ autoApprove: false });
    const machine = createMachine();
    let ended: Promise<unknown> = Promise.resolve();
    const startLogin = async () => {
      // The one before frees the port.
      await ended;
      return new Promise<string>((resolve) => {
        ended = machine.run(tenant.login, { browser: async (url) => resolve(url) });
      });
    };
    const { url, administrator } = tenant.emulator;
    const seen: string[] = [];
    const found: string[] = [];
    await walkPages(browser, { url, administrator, startLogin }, async (page, name) => {
      seen.push(name);
      const text = (await page.textContent('body')) ?? '';
      expect([name, text.includes('nothing here reaches a real tenant, Apple or a phone')]).toEqual([
        name,
        name.startsWith('emulator-'),
      ]);
      expect([name, await page.locator('button.primary').count()]).toEqual([
        name,
        (await page.locator('form').count()) > 0 ? 1 : 0,
      ]);
      await eachLook(page, async (colorScheme, width) => {
        const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
        if (wide > width) found.push(`${name} is ${wide} wide at ${width}`);
        const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        if (ground !== { light: 'rgb(251, 251, 250)', dark: 'rgb(19, 20, 22)' }[colorScheme])
          found.push(`${name} stands on ${ground} in the ${colorScheme}`);
        if (!isJudged(colorScheme, width, seen.length)) return;
        for (const words of await complaints(page)) found.push(`${name}, ${colorScheme}, ${width}: ${words}`);
      });
    });
    await ended;
    expect(found).toEqual([]);
    expect(seen).toHaveLength(11);
  });
});
