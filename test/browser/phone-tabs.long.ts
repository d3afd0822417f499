import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, test } from 'vitest';
import { launchChromium, withoutChromium } from './chromium.ts';
import { heading, openPhone, openPhoneTenant, press } from './phone-tab.ts';

let browser: Browser;

beforeAll(async () => {
  if (!withoutChromium()) browser = await launchChromium();
});

describe.skipIf(withoutChromium())('the phone in a browser', () => {
  test('rings in more tabs than a browser has connections for', async () => {
    const { emulator, context, challenge } = await openPhoneTenant(browser, { autoApprove: true });
    const pages: Page[] = [];
    for (let tab = 0; tab < 7; tab++) {
      const page = await openPhone(context, emulator);
      await press(page, 'Sign in and enroll');
      await heading(page, 'Waiting for a push');
      pages.push(page);
    }
    await challenge();
    for (const page of pages) await heading(page, 'A push came');
    const [first] = pages;
    if (first !== undefined) await press(first, 'Approve');
    if (first !== undefined) await heading(first, 'Approved');
  });
});
