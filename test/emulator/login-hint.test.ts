import { expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { authorizationUrl, authorize, claimsOf, exchangeCode, startTenant } from './local-tenant.ts';

test.each([
  [undefined, 'admin@example.com'],
  ['admin@example.com', 'admin@example.com'],
  ['USER@example.com', 'user@example.com'],
])('without a page, the login_hint %s signs in %s', async (hint, user) => {
  const emulator = await startTenant();
  const { searchParams } = await authorize(emulator, { login_hint: hint });
  const { body } = await exchangeCode(emulator, searchParams.get('code') ?? '');
  expect(claimsOf(String(body.access_token)).unique_name).toBe(user);
});

test.each([
  ['nobody is called so', true, 'nobody@example.com'],
  ['the service user has no page', true, 'ci@example.com'],
  ['nothing is approved by itself', false, 'user@example.com'],
])('where %s, the page asks, with the name filled in', async (_name, autoApprove, hint) => {
  const emulator = await startTenant({ autoApprove });
  const { html } = await openBrowser().open(authorizationUrl(emulator, { login_hint: hint }));
  expect(html).toContain(
    `<input id="user" name="user" autocomplete="username" value="${hint}" required autofocus>`,
  );
});
