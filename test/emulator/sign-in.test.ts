import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  consentPage,
  identityProviderPage,
  otherPersonPage,
  portalPage,
  refusalPage,
} from '../../src/emulator/pages.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, openEmulator } from '../support/emulator.ts';
import { openBrowser, openSignIn, signInWith } from './browser.ts';
import { authorizationUrl, claimsOf, exchangeCode, redirectUri } from './local-tenant.ts';

let emulator: Emulator;
let now: number;
beforeAll(async () => {
  emulator = await openEmulator({ autoApprove: false, now: () => new Date(now) });
});
afterAll(() => emulator.close());
beforeEach(() => {
  now = Date.now();
  // Consents are forgotten with all that was issued.
  emulator.revokeSessions();
});

/** A browser whose person has signed in and is asked for consent. */
async function openConsent(account = emulator.administrator) {
  const { browser, page } = await openSignIn(emulator);
  const consent = await browser.submit(page, signInWith(account));
  return { browser, consent, allow: () => browser.submit(consent, { result: '1' }) };
}

/** Without the state, as the vendor's tenants answer. */
const denied = { error: 'access_denied', error_description: 'User denied confirmation' };
const parametersOf = ({ url }: { url: string }) => Object.fromEntries(new URL(url).searchParams);

describe('the sign-in page', () => {
  test('asks for name and password, with labels, and loads nothing', async () => {
    const { page } = await openSignIn(emulator);
    expect(page.status).toBe(200);
    expect(page.html).toContain('<label for="user">User name</label>');
    expect(page.html).toContain('<label for="password">Password</label>');
    expect(page.html).not.toMatch(/<script|<link (?!rel="icon" href="data:,")|<img|https?:/);
    expect(page.policy).toMatch("default-src 'none'");
  });

  test('the user signs in, allows, and gets tokens', async () => {
    const { user } = emulator.user;
    const { consent, allow } = await openConsent(emulator.user);
    expect(consent.html).toContain(`<strong>${user}</strong>`);
    const { state, code = '' } = parametersOf(await allow());
    const { body } = await exchangeCode(emulator, code);
    expect([state, claimsOf(String(body.access_token)).unique_name]).toEqual(['the-state', user]);
    expect(body.refresh_token).toEqual(expect.any(String));
  });

  test.each([
    ['a wrong password', { user: 'admin@example.com', password: 'wrong' }],
    ['an unknown name', { user: '"><b>', password: 'admin-password' }],
    ['the service user', { user: 'ci@example.com', password: 'ci-client-secret' }],
    ['nothing', { user: '', password: '' }],
  ])('%s is not let in and may try again', async (_name, account) => {
    const { browser, page } = await openSignIn(emulator);
    const again = await browser.submit(page, signInWith(account));
    expect(again.html).toContain(
      '<p role="alert">Authentication (login or challenge) has failed.</p>',
    );
    expect([again.status, again.html]).toEqual([200, expect.not.stringMatching(/<b>|wrong/)]);
    expect((await browser.submit(again, signInWith(emulator.administrator))).html).toContain(
      'Allow',
    );
  });

  test.each([
    ['origin', 'http://127.0.0.1:1'],
    ['origin', 'null'],
    ['sec-fetch-site', 'same-site'],
  ])(
    'nobody is signed in, and decides, by a page of another origin: %s %s',
    async (header, value) => {
      const stranger = openBrowser();
      const page = await stranger.open(`${emulator.url}/login`);
      const forged = await stranger.submit(page, signInWith(emulator.user), { [header]: value });
      expect([forged.status, (await stranger.open(`${emulator.url}/my`)).html]).toEqual([
        403,
        expect.stringContaining('Signed out'),
      ]);
      const { browser, consent } = await openConsent();
      const refused = await browser.submit(consent, { result: '1' }, { [header]: value });
      expect([refused.status, refused.url]).toEqual([403, consent.url]);
      const own = { origin: emulator.url, 'sec-fetch-site': 'same-origin' };
      expect((await browser.submit(consent, { result: '1' }, own)).url).toContain('code=');
    },
  );

  test('canceling, or denying after the sign-in, ends the authorization with access_denied', async () => {
    const { browser, page } = await openSignIn(emulator);
    expect(parametersOf(await browser.submit(page, { action: 'deny' }))).toEqual(denied);
    // Back, and a password: nothing waits for it any more.
    expect((await browser.submit(page, signInWith(emulator.user))).status).toBe(500);
    const { browser: other, consent } = await openConsent(emulator.user);
    expect(parametersOf(await other.submit(consent, { result: '0' }))).toEqual(denied);
    expect((await other.submit(consent, { result: '1' })).status).toBe(500);
  });

  test('another browser cannot use the sign-in, nor decide; a decision is taken once', async () => {
    const { browser, consent, allow } = await openConsent();
    expect((await openBrowser().open(consent.url)).status).toBe(401);
    expect((await openBrowser().submit(consent, { result: '1' })).status).toBe(401);
    const authorize = consent.url.replace('Confirm', 'Authorize');
    expect((await openBrowser().open(authorize)).html).toContain('Sign in');
    await allow();
    expect((await browser.submit(consent, { result: '1' })).status).toBe(500);
  });

  test.each(['https://other.example/', '//other.example/', '/\\\\other.example/', 'http://['])(
    'leads to %s only within the tenant',
    async (cloudRedirect) => {
      const address = `${emulator.url}/login?${new URLSearchParams({ cloudRedirect })}`;
      const body = new URLSearchParams(signInWith(emulator.administrator));
      const response = await fetch(address, { method: 'POST', redirect: 'manual', body });
      const location = response.headers.get('location') ?? '';
      expect([response.status, new URL(location, emulator.url).origin]).toEqual([
        302,
        emulator.url,
      ]);
    },
  );
});

test('a person is asked once, and again for another scope; prompt=login asks once more, and once only', async () => {
  const { browser, allow } = await openConsent();
  await allow();
  expect((await browser.open(authorizationUrl(emulator))).url).toMatch(redirectUri);
  const wider = await browser.open(authorizationUrl(emulator, { scope: 'all apns' }));
  expect(wider.html).toContain('Allow');
  const again = await browser.open(authorizationUrl(emulator, { prompt: 'login' }));
  expect(again.html).toContain('Sign in');
  expect((await browser.submit(again, signInWith(emulator.administrator))).url).toMatch(
    redirectUri,
  );
});

test('a client that cannot wait for an identity provider is told of no session', async () => {
  const User = 'federated@example.com';
  const { body } = await callApi(emulator, '/Security/StartAuthentication', '', {
    User,
    Version: '1.0',
  });
  expect(Object.keys(body.Result ?? {})).toEqual(['IdpRedirectUrl', 'TenantId']);
});

const stranger = '<b>\u202egnp.exe';
test.each([
  ['consent', consentPage(stranger, stranger, [stranger])],
  ['portal', portalPage(stranger)],
  ['identity provider', identityProviderPage(stranger)],
  ['another person', otherPersonPage(stranger)],
  ['refusal', refusalPage({ error_description: stranger })],
])('nothing of a stranger’s text is hidden on the page: %s', (_name, page) => {
  expect(page).toContain('&#60;b&#62;\\u202egnp.exe');
  expect(page).not.toMatch(/\u202e|<b>/);
});
