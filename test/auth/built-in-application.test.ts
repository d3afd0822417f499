import { expect, test } from 'vitest';
import { builtInSession } from '../../src/auth/built-in-application.ts';
import { memorySession } from '../../src/auth/session.ts';
import type { Http, HttpRequest, HttpResponse } from '../../src/network/http.ts';
import { Secret } from '../../src/text/secret.ts';

const tenant = 'https://abc1234.id.cyberark.cloud';
const basic = Buffer.from('ci@example.com:hunter2-secret').toString('base64');
const granted = { body: '{"access_token":"access-1"}' };
const redirect = (location: string) => ({ status: 302, headers: { location } });
const session = redirect('https://cyberark.cloud/redirect#state=1&id_token=the.id.token');

/** The session that these answers lead to, and the requests for it. */
async function signIn(...answers: readonly Partial<HttpResponse>[]) {
  const requests: HttpRequest[] = [];
  const http: Http = {
    async send(request) {
      requests.push(request);
      return { status: 200, headers: {}, body: '', ...answers[requests.length - 1] };
    },
  };
  const user = { tenant, clientId: 'ci@example.com', clientSecret: new Secret('hunter2-secret') };
  const outcome = await builtInSession(user, http).then(
    (token) => token.reveal(),
    (error: unknown) => error,
  );
  return { outcome, requests };
}

test('a service user’s session is the ID token of the vendor’s own application', async () => {
  const { outcome, requests } = await signIn(granted, session);
  expect(outcome).toBe('the.id.token');
  const app = '__idaptive_cybr_user_oidc';
  const query = new URLSearchParams({
    ...{ client_id: app, response_type: 'id_token', scope: 'openid profile api' },
    redirect_uri: 'https://cyberark.cloud/redirect',
  });
  const form = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const headers = { ...form, authorization: `Basic ${basic}` };
  const [token, authorize] = ['Token', 'Authorize'].map((call) => `${tenant}/OAuth2/${call}/${app}`);
  const body = 'grant_type=client_credentials&scope=api';
  const bearer = { authorization: 'Bearer access-1' };
  expect(requests).toEqual([
    { method: 'POST', url: token, headers, body, retry: true },
    { method: 'GET', url: `${authorize}?${query}`, headers: bearer, retry: true, answersRedirect: true },
  ]);
});

test.each([
  ['{"error":"invalid_client","access_token":"access-1"}', 'invalid_client'],
  ['{"success":false,"Message":"No.","access_token":"access-1"}', 'No.'],
  [`{"error":"no hunter2-secret, no ${basic}"}`, 'no [secret], no [secret]'],
  ['{"access_token":7}', 'HTTP 400'],
  ['{}', 'HTTP 400'],
])('the refusal %s is told without a secret, and nothing more is asked', async (body, words) => {
  const { outcome, requests } = await signIn({ status: 400, body }, session);
  const message = `${tenant} did not sign the service user in: ${words}`;
  expect(outcome).toMatchObject({ code: 'sign-in-failed', message });
  expect(requests).toHaveLength(1);
});

test.each<[string, readonly Partial<HttpResponse>[]]>([
  ['no JSON', [{ body: '<html>' }, session]],
  ['no redirect', [granted, {}]],
  ['a redirect to no address', [granted, redirect('/redirect#id_token=t')]],
  ['a redirect without a fragment', [granted, redirect('https://cyberark.cloud/redirect?id_token=t')]],
  ['no ID token', [granted, redirect('https://cyberark.cloud/redirect#id_token=')]],
  ['an ID token behind a space', [granted, redirect('https://cyberark.cloud/redirect#id_token=%20t')]],
  ['an ID token with a line break', [granted, redirect('https://cyberark.cloud/redirect#id_token=t%0a')]],
])('%s is not understood', async (_name, answers) => {
  const { outcome } = await signIn(...answers);
  const message = `${tenant} answered the service user without a usable session`;
  expect(outcome).toMatchObject({ code: 'tenant-not-json', message });
});

test('a session that is kept nowhere is not renewed', async () => {
  const [token, password] = [new Secret('t'), new Secret('hunter2')];
  const whose = { tenant, user: 'ada@example.com', isPerson: true, isOwn: false };
  const kept = memorySession(whose, token, [token, password]);
  expect(kept).toMatchObject(whose);
  expect(kept.accessToken()).toBe(token);
  expect(kept.secrets()).toEqual([token, password]);
  const over = { code: 'session-expired', facts: { session: 'administrator' } };
  await expect(kept.renew()).rejects.toMatchObject(over);
});
