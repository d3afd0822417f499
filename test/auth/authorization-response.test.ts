import { describe, expect, test } from 'vitest';
import {
  answersRequest,
  codeOf,
  errorOf,
  lookAtApplication,
  queryOf,
  unboundError,
} from '../../src/auth/authorization-look.ts';
import { signInRefusal } from '../../src/auth/tenant-answer.ts';
import type { HttpRequest, HttpResponse } from '../../src/network/http.ts';
import { connectionTo } from './examples.ts';

const query = (text: string) => new URLSearchParams(text);

test.each([
  ['state=s&code=c', true],
  ['state=s', true],
  ['code=c', false],
  ['state=&code=c', false],
  ['state=S&code=c', false],
  ['state=ss&code=c', false],
  ['state=s&state=s', false],
  ['state=s&state=t', false],
  ['state=s&code=c&code=d', false],
])('whether %s answers the request with the state s: %s', (text, expected) => {
  expect(answersRequest(query(text), 's')).toBe(expected);
});

test.each([
  ['error=e', { error: 'e', description: null }],
  ['error=e&error_description=d', { error: 'e', description: 'd' }],
  ['error=', null],
  ['error_description=d', null],
])('the error in %s', (text, expected) => {
  expect([errorOf(query(text)), unboundError(query(text))]).toEqual([expected, expected]);
});

test.each(['error=e&state=', 'error=e&code=', 'error=e&error=e', 'error=e&x=1&x=2'])(
  'no error without a state: %s',
  (text) => {
    expect(unboundError(query(text))).toBe(null);
  },
);

describe('the code of an answer', () => {
  const of = (text: string) =>
    codeOf(query(text), connectionTo('https://a.test'), 'http://127.0.0.1:1/callback');
  test.each([
    ['code=c', 'c'],
    ['code=c&error=', 'c'],
    ['code=c&iss=https%3A%2F%2Fa.test%2Fpath', 'c'],
  ])('%s', (text, expected) => {
    expect(of(text)).toBe(expected);
  });

  const noCode = 'https://a.test sent the browser back without an authorization code';
  const answeredBy = (who: string) => `${who} answered the sign-in instead of https://a.test`;
  test.each([
    ['code=c&iss=https%3A%2F%2Fb.test', 'sign-in-failed', answeredBy('https://b.test')],
    ['code=c&iss=http%3A%2F%2Fa.test', 'sign-in-failed', answeredBy('http://a.test')],
    ['code=c&iss=a.test', 'sign-in-failed', answeredBy('a.test')],
    ['code=c&iss=', 'sign-in-failed', answeredBy('')],
    ['code=c&error=access_denied', 'sign-in-denied', 'https://a.test denied the sign-in: access_denied'],
    ['error=e&iss=https%3A%2F%2Fb.test', 'sign-in-failed', answeredBy('https://b.test')],
    ['code=', 'sign-in-failed', noCode],
    ['', 'sign-in-failed', noCode],
  ])('is not taken from %s', (text, code, message) => {
    expect(() => of(text)).toThrow(expect.objectContaining({ code, message }));
  });
});

test.each([
  ['http://127.0.0.1:8400/callback?code=c&state=s', 'code=c&state=s'],
  ['/callback?code=c', 'code=c'],
  ['?code=c', 'code=c'],
  ['http://a/?code=c#code=d', 'code=c'],
  ['http://a/?code=c?d', 'code=c%3Fd'],
  [' http://a/?co\n  de=c\t ', 'code=c'],
  ['http://a/', ''],
  ['code=c', ''],
  ['', ''],
])('the query of the pasted %j', (address, expected) => {
  expect(queryOf(address).toString()).toBe(expected);
});

test.each<[string, string | null, string, string | undefined]>([
  ['invalid_request', 'unknown app 123', 'sign-in-failed', 'application'],
  ['invalid_request', 'Unknown application', 'sign-in-failed', 'application'],
  ['invalid_client', 'invalid client creds', 'sign-in-failed', 'client'],
  ['invalid_client', null, 'sign-in-failed', 'client'],
  ['access_denied', 'invalid client creds or client not allowed', 'sign-in-denied', 'client'],
  ['invalid_scope', 'unknown scope requested', 'sign-in-failed', 'scope'],
  ['invalid_request', 'invalid redirect', 'sign-in-failed', 'redirect'],
  ['invalid_redirect_uri', 'it did not match', 'sign-in-failed', 'redirect'],
  ['invalid_request', 'Invalid URI: The format of the URI', 'sign-in-failed', 'redirect'],
  ['unsupported_response_type', 'invalid response_type: id', 'sign-in-failed', 'grant'],
  ['unauthorized_client', 'auth mode not allowed', 'sign-in-failed', 'grant'],
  ['access_denied', 'user not allowed access to app', 'sign-in-denied', 'user'],
  ['access_denied', 'User denied confirmation', 'sign-in-denied', undefined],
  ['invalid_request', 'missing response_type', 'sign-in-failed', undefined],
  ['invalid_request', 'mismatched redirect', 'sign-in-failed', 'redirect'],
  ['access_denied', 'client not allowed', 'sign-in-denied', 'client'],
  ['invalid_request', 'auth mode not allowed', 'sign-in-failed', 'grant'],
  ['invalid_scope', null, 'sign-in-failed', 'scope'],
  ['invalid_request', 'unknown scope', 'sign-in-failed', 'scope'],
  ['unauthorized_client', null, 'sign-in-failed', 'grant'],
  ['unsupported_response_type', null, 'sign-in-failed', 'grant'],
  // Words that merely hold or continue one of those.
  ['x_invalid_client', null, 'sign-in-failed', undefined],
  ['invalid_clients', null, 'sign-in-failed', undefined],
  ['x_invalid_scope', null, 'sign-in-failed', undefined],
  ['invalid_scopes', null, 'sign-in-failed', undefined],
  ['x_unauthorized_client', null, 'sign-in-failed', undefined],
  ['unauthorized_clients', null, 'sign-in-failed', undefined],
  ['x_unsupported_response_type', null, 'sign-in-failed', undefined],
  ['unsupported_response_types', null, 'sign-in-failed', undefined],
  ['invalid_request', 'unknown appliance', 'sign-in-failed', undefined],
  ['invalid_request', 'no invalid_request: Invalid URI', 'sign-in-failed', undefined],
])('%s: %s is %s, because of %s', (error, description, code, cause) => {
  const redirectUri = 'http://127.0.0.1:1/callback';
  const refusal = signInRefusal({ error, description }, connectionTo('https://tenant.example'), redirectUri);
  const asked = { appId: 'mfa-cli', clientId: 'mfa-cli', scope: 'all', redirectUri };
  expect([refusal.code, refusal.facts]).toEqual([code, cause === undefined ? {} : { cause, ...asked }]);
  expect(refusal.message).toMatch(/^https:\/\/tenant\.example (denied|refused) the sign-in: \w+/);
});

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
  const headers = { accept: 'text/html, application/json;q=0.9' };
  expect(sent).toEqual([
    { method: 'GET', url: expect.any(String), headers, retry: true, answersRedirect: true },
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
  [json(400, described), 'refused the sign-in: invalid_scope: unknown scope'],
  [json(400, { error: 'invalid_client', error_description: 7 }), 'refused the sign-in: invalid_client'],
  [to(`${redirectUri}?error=access_denied&error_description=no`), 'denied the sign-in: access_denied: no'],
])('the refusal is in the tenant’s words: %o', async (answer, words) => {
  const { found } = await look(answer);
  expect(found).toMatchObject({ kind: 'refused', error: { message: `https://a.test ${words}` } });
});
