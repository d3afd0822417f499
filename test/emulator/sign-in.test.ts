import { describe, expect, test } from 'vitest';
import {
  consentPage,
  identityProviderPage,
  otherPersonPage,
  portalPage,
  refusalPage,
} from '../../src/emulator/pages.ts';
import { openBrowser, openSignIn, signInWith } from './browser.ts';
import {
  authorizationUrl,
  claimsOf,
  exchangeCode,
  redirectUri,
  startTenant,
  whoAmIStatus,
} from './local-tenant.ts';
import { callSecurity, type SecurityAnswer, startAuthentication } from './security-session.ts';

/** Without the state, as the vendor's tenants answer. */
const denied = { error: 'access_denied', error_description: 'User denied confirmation' };

describe('the sign-in page', () => {
  test('asks for name and password, with labels, and loads nothing', async () => {
    const { page } = await openSignIn(await startTenant({ autoApprove: false }));
    expect(page.status).toBe(200);
    expect(page.html).toContain('<label for="user">User name</label>');
    expect(page.html).toContain('<label for="password">Password</label>');
    expect(page.html).not.toMatch(/<script|<link|<img|https?:/);
    expect(page.policy).toMatch("default-src 'none'");
  });

  test.each(['administrator', 'user'] as const)('%s signs in, allows, and gets tokens', async (who) => {
    const emulator = await startTenant({ autoApprove: false });
    const { browser, page } = await openSignIn(emulator);
    const consent = await browser.submit(page, signInWith(emulator[who]));
    expect(consent.html).toContain(`<strong>${emulator[who].user}</strong>`);
    const { searchParams } = new URL((await browser.submit(consent, { result: '1' })).url);
    expect(searchParams.get('state')).toBe('the-state');
    const { body } = await exchangeCode(emulator, searchParams.get('code') ?? '');
    expect(claimsOf(String(body.access_token)).unique_name).toBe(emulator[who].user);
    expect(body.refresh_token).toEqual(expect.any(String));
  });

  test.each([
    ['a wrong password', { user: 'admin@example.com', password: 'wrong' }],
    ['an unknown name', { user: '"><b>', password: 'admin-password' }],
    ['the service user', { user: 'ci@example.com', password: 'ci-client-secret' }],
    ['nothing', { user: '', password: '' }],
  ])('%s is not let in and may try again', async (_name, account) => {
    const emulator = await startTenant({ autoApprove: false });
    const { browser, page } = await openSignIn(emulator);
    const again = await browser.submit(page, signInWith(account));
    expect(again.status).toBe(200);
    expect(again.html).toContain('<p role="alert">Authentication (login or challenge) has failed.</p>');
    expect(again.html).not.toContain('<b>');
    if (account.password === 'wrong') expect(again.html).not.toContain('wrong');
    const consent = await browser.submit(again, signInWith(emulator.administrator));
    expect(consent.html).toContain('Allow');
  });

  test.each([
    ['origin', 'http://127.0.0.1:1'],
    ['origin', 'null'],
    ['sec-fetch-site', 'cross-site'],
  ])('nobody is signed in by a page of another origin: %s %s', async (header, value) => {
    const emulator = await startTenant({ autoApprove: false });
    const browser = openBrowser();
    const page = await browser.open(`${emulator.url}/login`);
    const refused = await browser.submit(page, signInWith(emulator.user), { [header]: value });
    expect(refused.status).toBe(403);
    expect((await browser.open(`${emulator.url}/my`)).html).toContain('Signed out');
  });

  test('a browser that keeps no cookies is told why it has to sign in again', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const login = `${emulator.url}/login?cloudRedirect=%2F`;
    const body = new URLSearchParams(signInWith(emulator.administrator));
    const headers = { referer: login };
    const told = await fetch(login, { method: 'POST', body, headers });
    expect([told.url, await told.text()]).toEqual([login, expect.stringContaining('keeps no cookies')]);
    expect(await (await fetch(login)).text()).not.toContain('keeps no cookies');
  });

  test('cancelling ends the authorization with access_denied', async () => {
    const { browser, page } = await openSignIn(await startTenant({ autoApprove: false }));
    const { searchParams } = new URL((await browser.submit(page, { action: 'deny' })).url);
    expect(Object.fromEntries(searchParams)).toEqual(denied);
  });

  test('denying after the sign-in ends the authorization with access_denied', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const { browser, page } = await openSignIn(emulator);
    const consent = await browser.submit(page, signInWith(emulator.user));
    const { searchParams } = new URL((await browser.submit(consent, { result: '0' })).url);
    expect(Object.fromEntries(searchParams)).toEqual(denied);
  });

  test('another browser cannot use the sign-in, nor decide', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const { browser, page } = await openSignIn(emulator);
    const consent = await browser.submit(page, signInWith(emulator.administrator));
    expect((await openBrowser().open(consent.url)).status).toBe(401);
    expect((await openBrowser().submit(consent, { result: '1' })).status).toBe(401);
    const authorize = consent.url.replace('Confirm', 'Authorize');
    expect((await openBrowser().open(authorize)).html).toContain('Sign in');
  });

  test.each([
    ['origin', 'http://127.0.0.1:1'],
    ['origin', 'null'],
    ['sec-fetch-site', 'same-site'],
  ])('nobody decides by a page of another port: %s %s', async (header, value) => {
    const emulator = await startTenant({ autoApprove: false });
    const { browser, page } = await openSignIn(emulator);
    const consent = await browser.submit(page, signInWith(emulator.administrator));
    const refused = await browser.submit(consent, { result: '1' }, { [header]: value });
    expect([refused.status, refused.url]).toEqual([403, consent.url]);
    const own = { origin: emulator.url, 'sec-fetch-site': 'same-origin' };
    expect((await browser.submit(consent, { result: '1' }, own)).url).toContain('code=');
  });

  test('a decision is taken once', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const { browser, page } = await openSignIn(emulator);
    const consent = await browser.submit(page, signInWith(emulator.administrator));
    await browser.submit(consent, { result: '1' });
    expect((await browser.submit(consent, { result: '1' })).status).toBe(500);
  });

  test.each([
    ['another site', 'https://other.example/'],
    ['another site without its scheme', '//other.example/'],
    ['another site, with backslashes', '/\\\\other.example/'],
    ['no address', 'http://['],
  ])('leads to %s only within the tenant', async (_name, target) => {
    const emulator = await startTenant({ autoApprove: false });
    const response = await fetch(`${emulator.url}/login?${new URLSearchParams({ cloudRedirect: target })}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(signInWith(emulator.administrator)),
    });
    const location = response.headers.get('location') ?? '';
    expect(response.status).toBe(302);
    expect(new URL(location, emulator.url).origin).toBe(emulator.url);
  });
});

describe('signing out', () => {
  const signInOnce = async () => {
    const emulator = await startTenant({ autoApprove: false });
    const { browser, page } = await openSignIn(emulator);
    const consent = await browser.submit(page, signInWith(emulator.administrator));
    await browser.submit(consent, { result: '1' });
    return { emulator, browser };
  };

  test('a person is asked once, and again after another scope is wanted', async () => {
    const { emulator, browser } = await signInOnce();
    expect((await browser.open(authorizationUrl(emulator))).url).toMatch(redirectUri);
    const wider = await browser.open(authorizationUrl(emulator, { scope: 'all apns' }));
    expect(wider.html).toContain('Allow');
  });

  test.each(['/OAuth2/EndSession/mfa-cli', '/oauth2/endsession'])(
    'at %s the next authorization asks for the password again',
    async (path) => {
      const { emulator, browser } = await signInOnce();
      expect((await browser.open(`${emulator.url}/my`)).html).toContain('You are signed in as');
      expect((await browser.open(`${emulator.url}${path}`)).html).toContain('You are signed out.');
      expect((await browser.open(authorizationUrl(emulator))).html).toContain('Sign in');
    },
  );

  test('goes back to a registered address, as the vendor’s iOS SDK wants it without an application', async () => {
    const { emulator, browser } = await signInOnce();
    const target = new URLSearchParams({ post_logout_redirect_uri: redirectUri });
    expect((await browser.open(`${emulator.url}/oauth2/endsession?${target}`)).url).toBe(redirectUri);
  });
});

describe('prompt', () => {
  const consents = async () => {
    const emulator = await startTenant({ autoApprove: false });
    const { browser, page } = await openSignIn(emulator);
    const consent = await browser.submit(page, signInWith(emulator.administrator));
    return { emulator, browser, consent };
  };

  test('login asks a person who is signed in once more, and once only', async () => {
    const { emulator, browser, consent } = await consents();
    await browser.submit(consent, { result: '1' });
    const again = await browser.open(authorizationUrl(emulator, { prompt: 'login' }));
    expect(again.html).toContain('Sign in');
    expect((await browser.submit(again, signInWith(emulator.administrator))).url).toMatch(redirectUri);
  });

  test('none shows no page', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const { url } = await openBrowser().open(authorizationUrl(emulator, { prompt: 'none' }));
    expect(new URL(url).searchParams.get('error')).toBe('login_required');
    const { browser, ...known } = await consents();
    const asked = await browser.open(authorizationUrl(known.emulator, { prompt: 'none' }));
    expect(new URL(asked.url).searchParams.get('error')).toBe('consent_required');
  });
});

type Tenant = Awaited<ReturnType<typeof startTenant>>;

const manual = { autoApprove: false };

async function begin(emulator: Tenant, user: string): Promise<{ sessionId: string; address: string }> {
  const { result } = await startAuthentication(emulator, user);
  return { sessionId: String(result.IdpLoginSessionId), address: String(result.IdpRedirectShortUrl) };
}

function status(emulator: Tenant, sessionId: string): Promise<SecurityAnswer> {
  return callSecurity(emulator.url, '/Security/OobAuthStatus', { SessionId: sessionId });
}

function answerPin(emulator: Tenant, sessionId: string, pin: string): Promise<SecurityAnswer> {
  return callSecurity(emulator.url, '/Security/AdvanceAuthentication', {
    SessionId: sessionId,
    MechanismId: 'OOBAUTHPIN',
    Action: 'Answer',
    Answer: pin,
  });
}

const failure = { success: false, result: { Summary: 'Failure' } };

describe('a federated person', () => {
  test.each([
    ['federated@example.com', false],
    ['pin@example.com', true],
  ])('%s is sent to the identity provider; a PIN is needed: %s', async (user, pin) => {
    const emulator = await startTenant(manual);
    const { result } = await startAuthentication(emulator, user);
    const address = expect.stringMatching(`^${emulator.url}/emulator/idp/[\\w-]{16}$`);
    expect(result).toEqual({
      IdpRedirectUrl: address,
      IdpRedirectShortUrl: address,
      IdpShortUrlId: expect.stringMatching(/^[\w-]{16}$/),
      IdpLoginSessionId: expect.stringMatching(/^[\w-]{32}$/),
      IdpOobAuthPinRequired: pin,
      TenantId: 'EMU0001',
    });
  });

  test('is told of no session that a client could wait for, where it does not say that it can', async () => {
    const emulator = await startTenant(manual);
    const { result } = await startAuthentication(emulator, 'federated@example.com', {}, {});
    expect(Object.keys(result)).toEqual(['IdpRedirectUrl', 'TenantId']);
  });

  test('signs in at the page, after a wrong password, and the client finds the session once', async () => {
    const emulator = await startTenant(manual);
    const { sessionId, address } = await begin(emulator, 'federated@example.com');
    expect((await status(emulator, sessionId)).result).toEqual({ State: 'Pending' });
    const browser = openBrowser();
    const page = await browser.open(address);
    expect(page.html).toContain('<strong>federated@example.com</strong>');
    expect(page.policy).toMatch("default-src 'none'");
    const again = await browser.submit(page, { password: 'wrong' });
    expect(again.html).toContain('<p role="alert">The password is not correct.</p>');
    expect((await status(emulator, sessionId)).result).toEqual({ State: 'Pending' });
    const done = await browser.submit(again, { password: emulator.administrator.password });
    expect(done.html).toContain('<h1>You are signed in</h1>');
    const { result } = await status(emulator, sessionId);
    expect(result).toMatchObject({ State: 'Success', User: 'federated@example.com', TokenLifetime: 3600 });
    expect(await whoAmIStatus(emulator, String(result.Token))).toBe(200);
    expect(await status(emulator, sessionId)).toMatchObject(failure);
  });

  test('enters the PIN that the page shows', async () => {
    const emulator = await startTenant(manual);
    const { sessionId, address } = await begin(emulator, 'pin@example.com');
    const browser = openBrowser();
    const page = await browser.open(address);
    const done = await browser.submit(page, { password: emulator.administrator.password });
    const [, pin = ''] = /<strong id="pin">(\d{6})<\/strong>/.exec(done.html) ?? [];
    expect((await status(emulator, sessionId)).result).toEqual({ State: 'Pending' });
    const { result } = await answerPin(emulator, sessionId, pin);
    expect(result).toMatchObject({ Summary: 'LoginSuccess', User: 'pin@example.com' });
    expect(await whoAmIStatus(emulator, String(result.Token))).toBe(200);
    expect(await answerPin(emulator, sessionId, pin)).toMatchObject(failure);
  });

  test('with a wrong PIN has to begin again', async () => {
    const emulator = await startTenant(manual);
    const { sessionId, address } = await begin(emulator, 'pin@example.com');
    const browser = openBrowser();
    const done = await browser.submit(await browser.open(address), {
      password: emulator.administrator.password,
    });
    const [, pin = ''] = /<strong id="pin">(\d{6})<\/strong>/.exec(done.html) ?? [];
    expect(await answerPin(emulator, sessionId, `${pin}0`)).toMatchObject(failure);
    expect(await answerPin(emulator, sessionId, pin)).toMatchObject(failure);
  });

  test.each(['federated@example.com', 'pin@example.com'])(
    '%s has no PIN before the page is done',
    async (user) => {
      const emulator = await startTenant(manual);
      const { sessionId } = await begin(emulator, user);
      expect(await answerPin(emulator, sessionId, '')).toMatchObject(failure);
    },
  );

  test('is signed in by opening the page, where the emulator approves by itself', async () => {
    const emulator = await startTenant({ autoApprove: true });
    const { sessionId, address } = await begin(emulator, 'federated@example.com');
    await fetch(address);
    expect((await status(emulator, sessionId)).result.State).toBe('Success');
  });

  test('has ten minutes for it', async () => {
    const start = new Date('2026-03-01T12:00:00Z').getTime();
    let minutes = 0;
    const emulator = await startTenant({ ...manual, now: () => new Date(start + minutes * 60_000) });
    const { sessionId, address } = await begin(emulator, 'federated@example.com');
    minutes = 10;
    const page = await fetch(address);
    expect(page.status).toBe(404);
    expect(await page.text()).toContain('<h1>This sign-in has expired</h1>');
    expect(await status(emulator, sessionId)).toMatchObject(failure);
  });
});

const stranger = '<b>\u202egnp.exe';

test.each([
  ['consent', consentPage(stranger, stranger, [stranger])],
  ['portal', portalPage(stranger)],
  ['identity provider', identityProviderPage(stranger)],
  ['another person', otherPersonPage(stranger)],
  ['refusal', refusalPage({ error_description: stranger })],
])('nothing of a stranger’s text is hidden on the page: %s', (_name, page) => {
  expect(page).toContain('&#60;b&#62;\\u{202e}gnp.exe');
  expect(page).not.toMatch(/\u202e|<b>/);
});
