import type { Page } from 'playwright-core';
import { test } from 'vitest';
import { inChromium } from './chromium.ts';
import { now, openPage, openPhone, press, says, setUp, startCertified } from './rehearsal.ts';

inChromium('the phone in a browser', () => {
  test('rings in more tabs than a browser has connections for', async () => {
    const { emulator, challenge } = await startCertified({ now });
    const { page: first } = await openPage();
    const pages: Page[] = [];
    for (let tab = 0; tab < 7; tab++) {
      const page = await openPhone(first.context(), emulator);
      await setUp(page);
      pages.push(page);
    }
    await challenge();
    for (const page of pages) await says(page, 'Push received');
    const page = pages[0] ?? first;
    await press(page, 'Approve');
    await says(page, 'Approved');
  });
});
