import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { walkPages } from '../../scripts/screenshots/walk.mjs';
import { statusPage } from '../../src/commands/fleet/status/page.ts';

import { createMachine, testNow } from '../support/context.ts';
import { fleetTenant, setLine, statusOf } from '../support/fleet-status.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant } from '../support/tenant.ts';
import { inChromium, launchChromium } from './chromium.ts';
import { createLooks } from './looks.ts';
import {
  isLive,
  now,
  openConsole,
  openPage,
  openPhone,
  press,
  says,
  setUp,
  startCertified,
  startRehearsal,
  user,
} from './rehearsal.ts';

inChromium('nothing lies on something else, is cut or is found by axe-core', () => {
  test('where somebody signs in, and each page bears its banner', async () => {
    const { emulator, login } = await startTenant({ autoApprove: false });
    const machine = createMachine();
    let ended: Promise<unknown> = Promise.resolve();
    const startLogin = async () => {
      // The one before frees the port.
      await ended;
      return new Promise<string>((resolve) => {
        ended = machine.run(login, { browser: async (url) => resolve(url) });
      });
    };
    const { url, administrator } = emulator;
    const looks = createLooks();
    const seen: string[] = [];
    await walkPages(
      await launchChromium(),
      { url, administrator, startLogin },
      async (page, name) => {
        seen.push(name);
        const isOurs = await page
          .getByText('nothing here reaches a real tenant, Apple or a phone')
          .isVisible();
        expect([name, isOurs]).toEqual([name, name.startsWith('emulator-')]);
        await looks.at(page, name);
      },
    );
    await ended;
    expect(looks.found).toEqual([]);
    expect(seen).toHaveLength(11);
  });

  test('on the console, empty and full, with text twice as large', async () => {
    const { emulator, call } = await startRehearsal({
      assumptions: { 'delete-absent': 'refused' },
    });
    const looks = createLooks();
    const { page, said } = await openConsole(await startTenant().then(({ emulator }) => emulator));
    await looks.at(page, 'empty console');
    for (let time = 0; time < 4; time++) {
      await call('/emulator/challenge', { User: user });
      await call('/emulator/apns', { Reason: 'TooManyProviderTokenUpdates' });
      await call('/emulator/challenge', { User: user });
      await call('/Mobile/DeleteApnsCertForClientApp', {
        ClientAppKey: `absent-${'x'.repeat(100)}`,
      });
    }
    const look = async () => {
      await page.goto(emulator.url);
      await isLive(page);
    };
    await look();
    await looks.at(page, 'console');
    for (const summary of await page.locator('summary').all()) await summary.click();
    await looks.at(page, 'unfolded console');
    for (const width of [360, 960]) {
      await look();
      await looks.large(page, 'console', width);
    }
    expect(looks.found).toEqual([]);
    expect(said).toEqual([]);
  });

  test('on the phone, which moves nothing as it rings', async () => {
    const { emulator, challenge } = await startCertified({ now, autoApprove: false });
    const { page: first } = await openPage();
    const page = await openPhone(first.context(), emulator);
    const looks = createLooks();
    await looks.at(page, 'new phone');
    await setUp(page, emulator.user);
    await looks.at(page, 'waiting phone');
    await page.evaluate(
      `globalThis.shift = 0; new PerformanceObserver((list) => { for (const { value } of list.getEntries()) shift += value; }).observe({ type: 'layout-shift', buffered: false })`,
    );
    const note = page.getByText('A phone cannot see why no push arrives.');
    expect(await note.count()).toBe(1);
    await challenge();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    expect([await note.count(), await page.evaluate('shift')]).toEqual([0, 0]);
    await looks.at(page, 'ringing phone');
    await press(page, 'Approve');
    await says(page, 'Approved');
    await challenge('Approve? '.repeat(4));
    await press(page, 'Deny');
    await says(page, 'The tenant did not accept the answer');
    await looks.at(page, 'phone with a refused answer');
    emulator.revokeSessions();
    await page.reload();
    await says(page, 'The tenant ended the session');
    await looks.at(page, 'signed-out phone');
    expect(looks.found).toEqual([]);
  });

  test('on the page of a small and of a large fleet', async () => {
    const { page } = await openPage();
    const looks = createLooks();
    const path = join(temporaryDirectory(), 'fleet.html');
    for (const size of [0, 12, 200]) {
      const names = Array.from({ length: size }, (_, index) => `customer-of-ours-${index}`);
      const lines = names.map((name, index) =>
        setLine(
          name,
          ((index * 37) % 480) - 60,
          index % 9 === 5 ? { topic: 'com.example.another' } : {},
        ),
      );
      const facts = { recordPath: 'mfa-fleet.ledger.jsonl', now: testNow, warnDays: 45 };
      const tenants = names.map((name) => fleetTenant(name));
      writeFileSync(path, statusPage(statusOf(tenants, lines.slice(1), facts), testNow));
      await page.goto(pathToFileURL(path).href);
      // A row out of sight would keep the height that it had in another width.
      await looks.at(page, `fleet of ${size}`, () => page.reload());
    }
    await page.getByRole('button', { name: /^Valid: / }).click();
    await page
      .getByRole('button', { name: /^Show all / })
      .last()
      .click();
    await looks.at(page, 'unfolded fleet');
    expect(looks.found).toEqual([]);
  });
});
