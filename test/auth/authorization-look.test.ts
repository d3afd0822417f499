import { expect, test } from 'vitest';
import { lookAtApplication } from '../../src/auth/authorization-look.ts';
import type { HttpRequest, HttpResponse } from '../../src/network/http.ts';
import { connectionTo } from './examples.ts';

const redirectUri = 'http://127.0.0.1:8400/callback';
const to = (location: string, status = 302) => ({ status, headers: { location } });
const json = (status: number, body: unknown) => ({ status, body: JSON.stringify(body) });
const described = { error: 'invalid_scope', error_description: 'unknown scope' };

async function look(answer: Partial<HttpResponse>) {
  const sent: HttpRequest[] = [];
  const http = {
    send: async (request: HttpRequest) => {
      sent.push(request);
      return { status: 200, headers: {}, body: '', ...answer };
    },
  };
  return { sent, found: await lookAtApplication(connectionTo('https://a.test'), redirectUri, http) };
}

test('what is asked', async () => {
  const { sent } = await look({});
  const { searchParams, origin, pathname } = new URL(sent[0]?.url ?? '');
  expect(sent).toEqual([
    {
      method: 'GET',
      url: expect.any(String),
      headers: { accept: 'text/html, application/json;q=0.9' },
      retry: true,
      answersRedirect: true,
    },
  ]);
  expect([origin, pathname, searchParams.get('redirect_uri')]).toEqual([
    'https://a.test',
    '/OAuth2/Authorize/mfa-cli',
    redirectUri,
  ]);
  for (const name of ['state', 'code_challenge']) expect(searchParams.get(name)).toMatch(/^[\w-]{43}$/);
});

test.each<[string, Partial<HttpResponse>, string]>([
  ['the sign-in page', to('/login?x=1'), 'known'],
  ['the sign-in page, absolute and in other letters', to('https://a.test/LOGIN/'), 'known'],
  ['the first status of a redirect', to('/login', 300), 'known'],
  ['the last one', to('/login', 399), 'known'],
  ['the status before', to('/login', 299), 'unclear'],
  ['the status behind', to('/login', 400), 'unclear'],
  ['a page whose name begins so', to('/logins'), 'unclear'],
  ['a page below another', to('/x/login'), 'unclear'],
  ['the sign-in page of a stranger', to('https://b.test/login'), 'unclear'],
  ['an address that is none', to('https://'), 'unclear'],
  ['no address', { status: 302 }, 'unclear'],
  ['a code', to(`${redirectUri}?code=c`), 'known'],
  ['neither code nor error', to(redirectUri), 'unclear'],
  ['a code for a stranger', to('https://b.test/callback?code=c'), 'unclear'],
  ['an error', to(`${redirectUri}?error=invalid_scope`), 'refused'],
  ['an error below the redirect URI', to(`${redirectUri}/v1/callback?error=invalid_scope`), 'refused'],
  ['an error for a stranger', to('https://b.test/callback?error=invalid_scope'), 'unclear'],
  ...[
    'login_required',
    'interaction_required',
    'consent_required',
    'account_selection_required',
    'server_error',
    'temporarily_unavailable',
  ].flatMap((error): [string, Partial<HttpResponse>, string][] => [
    [`${error} in a redirect`, to(`${redirectUri}?error=${error}`), 'unclear'],
    [`${error} in JSON`, json(400, { error }), 'unclear'],
  ]),
  ['an error that begins like one', to(`${redirectUri}?error=login_required_x`), 'refused'],
  ['an error that ends like one', to(`${redirectUri}?error=x_login_required`), 'refused'],
  ['an error that begins like another', to(`${redirectUri}?error=server_error_x`), 'refused'],
  ['an error that ends like another', to(`${redirectUri}?error=x_server_error`), 'refused'],
  ['an error in JSON', json(400, { error: 'invalid_client' }), 'refused'],
  ['an error in JSON with 200, described', json(200, described), 'refused'],
  ['an error in JSON with 500, described', json(500, described), 'refused'],
  ['an error in JSON with 500', json(500, { error: 'invalid_scope' }), 'unclear'],
  ['an error in JSON with 501', json(501, described), 'unclear'],
  ['an error in JSON with 429', json(429, described), 'unclear'],
  ['a gateway’s words', json(400, { error: 'Bad Gateway' }), 'unclear'],
  ['words before it', json(400, { error: 'x y' }), 'unclear'],
  ['signs behind it', json(400, { error: 'invalid_scope!' }), 'unclear'],
  ['signs before it', json(400, { error: '!invalid_scope' }), 'unclear'],
  ['an error that is no text', json(400, { error: 7 }), 'unclear'],
  ['a list', json(400, []), 'unclear'],
  ['a page', { body: '<html>' }, 'unclear'],
])('the answer is %s: %o is %s', async (_case, answer, kind) => {
  const { found } = await look(answer);
  expect(found.kind).toBe(kind);
  if (found.kind === 'unclear') expect(found.answer).toMatchObject(answer);
});

test.each<[Partial<HttpResponse>, string]>([
  [json(400, described), 'https://a.test refused the sign-in: invalid_scope: unknown scope'],
  [
    json(400, { error: 'invalid_client', error_description: 7 }),
    'https://a.test refused the sign-in: invalid_client',
  ],
  [
    to(`${redirectUri}?error=access_denied&error_description=no`),
    'https://a.test denied the sign-in: access_denied: no',
  ],
])('the refusal is in the tenant’s words: %o', async (answer, message) => {
  const { found } = await look(answer);
  expect(found).toMatchObject({ kind: 'refused', error: { message } });
});
