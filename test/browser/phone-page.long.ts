import { expect, test } from 'vitest';
import { startTenant } from '../emulator/local-tenant.ts';
import { inChromium } from './chromium.ts';
import { now, openPage, openPhone, press, says, setUp, startCertified } from './rehearsal.ts';

/** A tab with a phone at a tenant that asks who signs in. */
async function open() {
  const tenant = await startCertified({ now, autoApprove: false });
  const context = (await openPage()).page.context();
  return { ...tenant, context, page: await openPhone(context, tenant.emulator) };
}

inChromium('the phone in a browser', () => {
  test('is told aloud, shows all as text, and is answered with the keyboard alone, though the storage is full', async () => {
    const { emulator, page, challenge } = await open();
    const hostile = '<img src=x onerror="document.title=1">\u202Egnp.exe';
    await setUp(page, emulator.user, hostile);
    await page.evaluate(
      "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }",
    );
    await challenge(hostile);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    const shown = '<img src=x onerror="document.title=1">\\u202egnp.exe';
    expect(await page.getByRole('alert').textContent()).toBe(`Lab: ${shown}`);
    expect(await page.title()).toBe('(1) Push received - mfa-cli emulator');
    const text = (await page.textContent('main')) ?? '';
    expect([text.split(shown).length, await page.locator('img').count()]).toEqual([4, 0]);
    expect(text).not.toMatch(/\p{Bidi_Control}/u);
    await challenge('Second');
    await expect.poll(() => page.getByRole('button', { name: 'Approve' }).count()).toBe(2);
    const primary = page.getByRole('listitem').filter({ has: page.locator('.primary') });
    expect([await primary.count(), await primary.getByText('Second').count()]).toEqual([1, 1]);
    await page.emulateMedia({ forcedColors: 'active' });
    const borderOf = (part: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${part}')).borderTopStyle`);
    expect([await borderOf('.phone'), await borderOf('.notification')]).toEqual(['solid', 'solid']);
    // A push takes the focus from nobody: a key that is typed meanwhile answers nothing.
    const focused = () => page.evaluate('document.activeElement.textContent');
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
    for (const name of ['Approve', 'Deny']) {
      await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    }
    await page.keyboard.press('Enter');
    await says(page, 'Denied');
    // The button is gone, and the words that tell why have the focus.
    expect(await focused()).toBe('Denied');
  });

  test('has a frame where there is room for one, and none on a phone', async () => {
    const { emulator, page } = await open();
    await setUp(page, emulator.user);
    const frame = "getComputedStyle(document.querySelector('.phone')).paddingLeft";
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await page.evaluate(frame)).toBe('13px');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(frame)).toBe('0px');
    const screen = await page.locator('.screen').boundingBox();
    expect([screen?.x, screen?.width]).toEqual([0, 390]);
  });

  test('leaves no token in an address, in the history or anywhere but in its own tab', async () => {
    const { emulator, context, page } = await open();
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await setUp(page, emulator.user);
    expect(page.url()).toBe(`${emulator.url}/phone`);
    expect(await page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, '']);
    // A duplicate has the memory of the first, which goes on being the only phone of its name.
    const [copy] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate("void open('/phone')"),
    ]);
    await says(copy, 'This phone has no user yet');
    await page.reload();
    await says(page, 'Waiting for a push');
    expect(refused).toEqual([]);
    await page.goto(`${emulator.url}/phone?error=e&error_description=%3Cb%3E%E2%80%AEgnp.exe`);
    await says(page, 'Waiting for a push');
    expect(await page.getByText('gnp.exe').count()).toBe(0);
  });

  test('says that it cannot sign in where the browser stores nothing', async () => {
    const { emulator, context } = await open();
    await context.addInitScript(
      "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError'); } })",
    );
    const page = await openPhone(context, emulator);
    await press(page, 'Sign in and enroll');
    await page.getByText('Allow cookies and site data for it.').waitFor();
    expect(page.url()).toBe(`${emulator.url}/phone`);
  });

  test('is nothing to a page of another origin, and one click from an address that does not exist', async () => {
    const [emulator, elsewhere] = [await startTenant(), await startTenant()];
    const { page } = await openPage();
    await page.goto(`${elsewhere.url}/nowhere`);
    const tries = await page.evaluate(
      `Promise.allSettled([['/phone'], ['/emulator/phone.js'], ['/emulator/pushes', { method: 'POST', body: '{}' }]]
        .map(([path, options]) => fetch('${emulator.url}' + path, options))).then((all) => all.map(({ status }) => status))`,
    );
    expect(tries).toEqual(['rejected', 'rejected', 'rejected']);
    const policy = (await fetch(`${emulator.url}/phone`)).headers.get('content-security-policy');
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    await page.getByRole('link', { name: 'a phone' }).click();
    await says(page, 'This phone has no user yet');
  });
});

test.each([
  ['the phone', '/phone', '/emulator/phone.js', '/emulator/phone.css'],
  ['the console', '/', '/emulator/console.js', '/emulator/console.css'],
])('%s has less than 60 kB', async (_name, ...paths) => {
  const { url } = await startTenant();
  const read = async (path: string) => (await (await fetch(url + path)).arrayBuffer()).byteLength;
  const sizes = await Promise.all(paths.map(read));
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(60_000);
});
