import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { FleetStatusReport } from '../../src/commands/fleet/report.ts';
import { statusPage } from '../../src/commands/fleet/status/page.ts';

import { testNow as now } from '../support/context.ts';
import { fleetTenant, setLine, statusOf } from '../support/fleet-status.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { inChromium } from './chromium.ts';
import { openPage } from './rehearsal.ts';

/** Opens the page as a file, and notes what it asks for and what the browser says against it. */
async function open(report: FleetStatusReport, javaScriptEnabled = true) {
  const path = join(temporaryDirectory(), 'fleet.html');
  writeFileSync(path, statusPage(report, now));
  const { page, said } = await openPage({ javaScriptEnabled });
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const url = pathToFileURL(path).href;
  await page.goto(url);
  return { page, requests, said, url };
}

const recordPath = 'mfa-fleet.ledger.jsonl';
const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'&';

const days = { acme: -6, globex: 9, initech: 24, hooli: 88, stark: 143, wayne: 202 };
const names = Object.keys(days);
const report = statusOf(
  [...names, 'cyberdyne', 'tyrell'].map((name) => fleetTenant(name)),
  [
    ...Object.entries(days).map(([name, left]) => setLine(name, left)),
    setLine('tyrell', 276, { topic: hostile }),
  ],
  { recordPath, now, warnDays: 45 },
);

const inOrder = ['acme', 'globex', 'initech', 'tyrell', 'cyberdyne', 'hooli', 'stark', 'wayne'];

/** The names of the rows that are seen, from above to below. */
async function order(page: Page): Promise<readonly string[]> {
  const texts = await page.getByRole('rowheader').allTextContents();
  return texts.map((text) => inOrder.find((name) => text.startsWith(name)) ?? text);
}

inChromium('the page of a fleet', () => {
  test('says the answer first, shows every tenant, and loads nothing', async () => {
    const { page, requests, said, url } = await open(report);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
      '5 of 8 tenants need attention',
    );
    const counts = ['1 expired', '2 expire soon', '1 differs', '1 not on record', '3 valid'];
    expect(await page.locator('.counts li').allTextContents()).toEqual(counts);
    expect(await order(page)).toEqual(inOrder);
    expect(await page.getByRole('row').nth(1).textContent()).toContain('5 days ago');
    // A bar tells the time left, in the color of the state.
    expect(await page.locator('[data-state=differs] .bar').getAttribute('class')).toMatch(
      /^bar warn /,
    );
    const picture = page.getByRole('img');
    const label = 'Expiry dates: 1 expired, 2 within 45 days, 4 later, 1 without a date.';
    expect(await picture.getAttribute('aria-label')).toBe(label);
    expect(await picture.locator('text').allTextContents()).toEqual([
      '45 days',
      '180 days',
      '365 days',
      'today',
    ]);
    expect(await picture.locator('title').allTextContents()).toContain(
      '2026-12-04: globex (expires soon)',
    );
    expect(await picture.locator('circle').count()).toBe(7);
    expect(await page.getByText('Each dot: 1 tenant.').count()).toBe(1);
    expect([requests, said]).toEqual([[url], []]);
  });

  test('runs nothing of a stranger, and shows it as text', async () => {
    const { page, said } = await open(report);
    let asked = false;
    page.on('dialog', () => {
      asked = true;
    });
    expect(await page.getByText(hostile).count()).toBe(1);
    // What a mistake in the escaping would let in, the policy stops.
    await page.evaluate(
      "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(3)>')",
    );
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { textContent: 'alert(4)' }))",
    );
    await expect.poll(() => said.length).toBeGreaterThan(1);
    expect(said.every((message) => message.includes('Content Security Policy'))).toBe(true);
    expect(asked).toBe(false);
  });

  test('is filtered by words and by state, with the keyboard alone', async () => {
    const { page } = await open(report);
    await page.keyboard.press('Tab');
    await page.keyboard.type('SOON ini');
    expect(await page.getByRole('rowheader').count()).toBe(1);
    expect(await page.getByRole('status').textContent()).toBe('1 of 8 tenants shown');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Delete');
    expect(await page.getByRole('rowheader').count()).toBe(8);
    expect(await page.getByRole('status').textContent()).toBe('');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const soon = page.getByRole('button', { name: '2 expire soon' });
    expect(await soon.getAttribute('aria-pressed')).toBe('true');
    expect(await order(page)).toEqual(['globex', 'initech']);
    await page.keyboard.press('Space');
    expect(await soon.getAttribute('aria-pressed')).toBe('false');
    expect(await page.getByRole('rowheader').count()).toBe(8);
  });

  test('is sorted by each column, with the keyboard alone', async () => {
    const { page } = await open(report);
    expect(await order(page)).toEqual(inOrder);
    const head = page.getByRole('columnheader', { name: 'Tenant' });
    await head.getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await order(page)).toEqual([
      ...['wayne', 'tyrell', 'stark', 'initech', 'hooli', 'globex', 'cyberdyne', 'acme'],
    ]);
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await order(page)).toEqual([
      ...['acme', 'initech', 'globex', 'tyrell', 'cyberdyne', 'wayne', 'stark', 'hooli'],
    ]);
    expect(await head.getAttribute('aria-sort')).toBeNull();
    const left = page.getByRole('columnheader', { name: 'Days left' });
    await left.getByRole('button').press('Enter');
    expect((await order(page)).at(-1)).toBe('tyrell');
    await left.getByRole('button').press('Enter');
    expect((await order(page))[0]).toBe('tyrell');
  });

  test('says that nothing matches the filter, and clears it', async () => {
    const { page } = await open(report);
    await page.getByRole('button', { name: '3 valid' }).click();
    await page.getByRole('searchbox').fill('acme');
    expect(await page.getByRole('rowheader').count()).toBe(0);
    await page.getByText('No tenant matches.').waitFor();
    await page.getByRole('button', { name: 'Clear filter' }).press('Enter');
    expect(await page.getByRole('rowheader').count()).toBe(8);
    expect(await page.getByText('No tenant matches.').isVisible()).toBe(false);
  });

  test('is read whole without a script, and has then no button', async () => {
    const { page } = await open(report, false);
    expect(await page.getByRole('rowheader').count()).toBe(8);
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('searchbox').count()).toBe(0);
  });

  test('is light on paper, a table with its head, without what one presses', async () => {
    const { page } = await open(report);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const styleOf = (selector: string, name: string) =>
      page.evaluate(
        `getComputedStyle(document.querySelector('${selector}')).getPropertyValue('${name}')`,
      );
    expect(await styleOf('body', 'background-color')).toBe('rgb(255, 255, 255)');
    expect(await styleOf('h1', 'color')).toBe('rgb(28, 29, 31)');
    expect(await styleOf('thead', 'display')).toBe('table-header-group');
    expect(await styleOf('tbody tr', 'content-visibility')).toBe('visible');
    expect(await page.getByRole('searchbox').count()).toBe(0);
    // Chromium lays out what it prints, and fails where it cannot.
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('of 10,000 tenants is filtered and sorted, and its picture stays small', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `tenant-${index}`);
    const large = statusOf(
      many.map((name) => fleetTenant(name)),
      many.map((name, index) => setLine(name, ((index * 7919) % 500) - 60)),
      { recordPath, now, warnDays: 30 },
    );
    const { page } = await open(large);
    expect(await page.locator('svg .end').count()).toBeLessThan(40);
    await page.getByText(/Each bar: 15 days\. The tallest: \d+ tenants\./).waitFor();
    // It stays short: the first of each group, and none of those that are well.
    expect(await page.getByRole('rowheader').count()).toBe(20);
    const rows = page.locator('tbody tr[data-state]');
    expect(await rows.count()).toBe(10_000);
    const more = page.getByRole('button', { name: /^Show all / }).first();
    const all = Number((await more.textContent())?.replace('Show all ', ''));
    await more.press('Enter');
    expect(await page.getByRole('rowheader').count()).toBe(all + 10);
    const expired = page.getByRole('button', { name: /^Expired: / });
    await expired.press('Enter');
    expect(await expired.getAttribute('aria-expanded')).toBe('false');
    expect(await page.getByRole('rowheader').count()).toBe(10);
    await page.getByRole('searchbox').fill('tenant-99');
    expect(await page.locator('[aria-expanded]:visible').first().isDisabled()).toBe(true);
    await expect
      .poll(() => page.getByRole('status').textContent())
      .toBe('111 of 10000 tenants shown');
    expect(await page.getByRole('rowheader').count()).toBe(111);
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('rowheader').count()).toBe(111);
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('searchbox').fill('');
    expect(await rows.nth(9999).isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await rows.nth(9999).isVisible()).toBe(true);
  });

  test('of no tenant has no list', async () => {
    const none = await open({ ...report, tenants: [], ok: true });
    expect(await none.page.getByRole('heading', { level: 1 }).textContent()).toBe('No tenants');
    expect([await none.page.getByRole('table').count(), none.said]).toEqual([0, []]);
  });
});
