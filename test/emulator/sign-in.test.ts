import { describe, expect, test } from 'vitest';
import { openBrowser, openSignIn, signInWith } from './browser.ts';
import { authorizationUrl, claimsOf, exchangeCode, redirectUri, startTenant } from './local-tenant.ts';

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
    const { searchParams } = new URL((await browser.submit(consent, { action: 'allow' })).url);
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

  test('cancelling ends the authorization with access_denied', async () => {
    const { browser, page } = await openSignIn(await startTenant({ autoApprove: false }));
    const { searchParams } = new URL((await browser.submit(page, { action: 'deny' })).url);
    expect(Object.fromEntries(searchParams)).toMatchObject({ error: 'access_denied', state: 'the-state' });
  });

  test('denying after the sign-in ends the authorization with access_denied', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const { browser, page } = await openSignIn(emulator);
    const consent = await browser.submit(page, signInWith(emulator.user));
    const { searchParams } = new URL((await browser.submit(consent, { action: 'deny' })).url);
    expect(Object.fromEntries(searchParams)).toMatchObject({ error: 'access_denied', state: 'the-state' });
  });

  test('another browser cannot finish a sign-in', async () => {
    const emulator = await startTenant({ autoApprove: false });
    const { page } = await openSignIn(emulator);
    const stranger = await openBrowser().submit(page, signInWith(emulator.administrator));
    expect(stranger.status).toBe(400);
    expect(stranger.html).toContain('This sign-in has expired');
  });
});

test('signing out asks, and the next authorization asks for the password again', async () => {
  const emulator = await startTenant({ autoApprove: false });
  const { browser, page } = await openSignIn(emulator);
  const consent = await browser.submit(page, signInWith(emulator.administrator));
  await browser.submit(consent, { action: 'allow' });
  expect((await browser.open(authorizationUrl(emulator))).url).toMatch(redirectUri);

  const signOut = await browser.open(`${emulator.url}/OAuth2/EndSession/mfa-cli`);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(signOut.html)?.[1] ?? '';
  const confirm = { ...signOut, url: `${emulator.url}/OAuth2/EndSession/mfa-cli/confirm` };
  const signedOut = await browser.submit(confirm, { xsrf, logout: 'yes' });
  expect(signedOut.html).toContain('You are signed out.');
  expect((await browser.open(authorizationUrl(emulator))).html).toContain('Sign in');
});
