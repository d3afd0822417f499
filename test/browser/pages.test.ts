import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eachLook, walkPages } from '../../scripts/screenshots/walk.mjs';
import { createMachine } from '../support/context.ts';
import { startTenant } from '../support/tenant.ts';
import { launchChromium, withoutChromium } from './chromium.ts';
import { complaints, isJudged } from './complaints.ts';

let browser: Browser;
beforeAll(async () => {
  if (!withoutChromium()) browser = await launchChromium();
}, 60_000);
afterAll(() => browser?.close());

describe.skipIf(withoutChromium())('every page, light and dark, on a phone and on a desk', () => {
  test('has nothing that axe-core finds, fits the width, and loads nothing', {
    timeout: 120_000,
  }, async () => {
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
        if (!isJudged(colorScheme, width)) return;
        for (const words of await complaints(page)) found.push(`${name}, ${colorScheme}, ${width}: ${words}`);
      });
    });
    await ended;
    expect(found).toEqual([]);
    expect(seen).toHaveLength(11);
  });
});
