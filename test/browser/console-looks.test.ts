import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { patience } from '../support/patience.ts';
import { launchChromium, withoutChromium } from './chromium.ts';
import { complaints, isJudged } from './complaints.ts';
import { isLive, openPage, startRehearsal, user } from './rehearsal.ts';

let browser: Browser;
beforeAll(async () => {
  if (!withoutChromium()) browser = await launchChromium();
});

/** A tenant with something of everything. */
async function startFull(): Promise<{ emulator: Emulator; change(): Promise<void> }> {
  const { emulator, call } = await startRehearsal({ assumptions: { 'delete-absent': 'refused' } });
  const change = async (): Promise<void> => {
    await call('/emulator/challenge', { User: user });
    await call('/emulator/apns', { Reason: 'Unregistered' });
    await call('/emulator/challenge', { User: user });
    await call('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: 'absent' });
  };
  await change();
  return { emulator, change };
}

/** Notes each layout shift from the start on. */
const noteShifts = `window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    window.shifts.push(value + ': ' + sources.map(({ node }) => node?.parentElement?.outerHTML.slice(0, 200)).join(' '));
}).observe({ type: 'layout-shift', buffered: true });`;

/** A word at the right edge of a row begins where its length lets it, which Chromium tells, too: some 0.00001. */
const leastShift = 0.0005;

async function shiftsOf(page: Page): Promise<readonly string[]> {
  const shifts = (await page.evaluate('window.shifts')) as readonly string[];
  return shifts.filter((shift) => Number.parseFloat(shift) > leastShift);
}

/** Makes text so many times as large, as browsers can that leave all else. Gives what then lies on something, or is cut, of each row. */
const faultsOfRows = (times: number): string => `(() => {
  const all = [...document.querySelectorAll('*')];
  const sizes = all.map((element) => parseFloat(getComputedStyle(element).fontSize));
  all.forEach((element, index) => { element.style.fontSize = ${times} * sizes[index] + 'px'; });
  const boxOf = (element) => { const range = document.createRange(); range.selectNodeContents(element); return range.getBoundingClientRect(); };
  return [...document.querySelectorAll('.events li, tbody tr')].flatMap((row) => {
    const parts = [...row.querySelectorAll('time, .tag')].map((element) => [element.textContent, boxOf(element)]);
    const [[time, a], [tag, b]] = parts;
    const words = boxOf(row.querySelector('bdi'));
    const { right } = row.getBoundingClientRect();
    const isOn = (one, other) => one.width > 0 && other.width > 0 && one.right > other.left + 1 && other.right > one.left + 1 && one.bottom > other.top + 1 && other.bottom > one.top + 1;
    return [isOn(a, b) ? time + ' on ' + tag : '', isOn(a, words) && row.matches('li') ? time + ' on its words' : '', b.right > right + 1 ? tag + ' is cut' : ''].filter((fault) => fault !== '');
  });
})()`;

describe.skipIf(withoutChromium())('the console', () => {
  test('has nothing that axe-core finds, and fits, from 360 to 1920 pixels, light and dark', async () => {
    const { emulator } = await startFull();
    const { page, said } = await openPage(browser);
    await page.goto(emulator.url);
    await isLive(page);
    for (const summary of await page.locator('summary').all()) await summary.click();
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 768, 1280, 1920]) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 900 });
        const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
        if (wide > width) found.push(`${wide} wide at ${width}`);
        if ((width === 360 || width === 1280) && isJudged(colorScheme, width))
          for (const words of await complaints(page)) found.push(`${colorScheme}, ${width}: ${words}`);
      }
    expect(found).toEqual([]);
    expect(said).toEqual([]);
    expect(await page.locator('button.primary:visible, a.primary:visible').count()).toBe(1);
  });

  test('is under 60 kB all told, and painted within 200 ms', async () => {
    const { emulator } = await startFull();
    const { page } = await openPage(browser);
    const sizes: Promise<readonly [string, number]>[] = [];
    page.on('response', (response) => {
      if (!response.url().includes('events'))
        sizes.push(response.body().then((body) => [new URL(response.url()).pathname, body.length]));
    });
    const paint = async (): Promise<number> => {
      await page.goto(emulator.url);
      await isLive(page);
      return Number(
        await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
      );
    };
    // The first time the browser itself is still waking up, and a busy machine is slow at times.
    await expect.poll(paint, { timeout: 20_000 * patience }).toBeLessThan(200);
    const loaded = new Map(await Promise.all(sizes));
    expect([...loaded.keys()].sort()).toEqual(['/', '/emulator/console.css', '/emulator/console.js']);
    const total = [...loaded.values()].reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThan(60_000);
  });

  test('hides nothing of a row, with text twice as large, too', async () => {
    const { emulator } = await startFull();
    const { page } = await openPage(browser);
    for (const [width, times] of [
      [360, 1],
      [600, 1],
      [360, 2],
      [960, 2],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(emulator.url);
      await isLive(page);
      expect([width, times, await page.evaluate(faultsOfRows(times))]).toEqual([width, times, []]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
  });

  test('moves nothing when it is opened, nor while things happen', async () => {
    const { emulator, change } = await startFull();
    const { page } = await openPage(browser);
    await page.addInitScript(noteShifts);
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(emulator.url);
      await isLive(page);
      const total = page.getByText(/requests? since the start/);
      const requests = await total.textContent();
      await change();
      await expect.poll(() => total.textContent()).not.toBe(requests);
      // Two frames, in which shifts are told.
      await page.evaluate(
        'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
      );
      expect(await shiftsOf(page)).toEqual([]);
    }
  });

  test('is used with the keyboard alone, in the order of the page, and keeps the focus', async () => {
    const { emulator, change } = await startFull();
    const { page } = await openPage(browser);
    await page.goto(emulator.url);
    await isLive(page);
    const focused = () =>
      page.evaluate(
        '(document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.innerText).slice(0, 60)',
      );
    const order: string[] = [];
    for (let stop = 0; stop < 14; stop++) {
      await page.keyboard.press('Tab');
      const name = String(await focused()).replaceAll(/\s+/g, ' ');
      order.push(name.replace(/^\d\d:.*/s, 'the challenges').replace(/^All \d+/, 'All'));
    }
    expect(order).toEqual([
      ...['Delete the certificate of com.example.lab', 'Open a phone', `Challenge ${user}`],
      ...['12 more, to rehearse other ways to sign in', 'the challenges', 'Its answers'],
      ...['Answer the next pushes with', 'Times', 'Apply', 'Clear', 'Expire tokens', 'Revoke sessions'],
      ...['All', 'only refused'],
    ]);
    await page.getByLabel('Times').focus();
    await change();
    await expect.poll(() => page.getByText('not delivered').count()).toBe(2);
    expect(await focused()).toBe('Times');
  });
});
