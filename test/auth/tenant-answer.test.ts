import { describe, expect, test } from 'vitest';
import { isRefusal, jsonObject, refusalWords } from '../../src/auth/tenant-answer.ts';
import { acceptedAnswer, claimsOf, type Grant, issuerOf, sessionFrom } from '../../src/auth/token-request.ts';
import { Secret } from '../../src/text/secret.ts';
import { jwt, noon, sessionAt } from './examples.ts';

test.each([
  ['{"a":1,"b":null,"c":""}', { a: 1, c: '' }],
  ['[1]', null],
  ['{', null],
])('the object in %s', (body, expected) => {
  expect(jsonObject(body)).toEqual(expected);
});

test.each([
  [{ error: 'e' }, true],
  [{ success: false }, true],
  [{ Success: false }, true],
  [{ other: false, success: true }, false],
  [{ success: true }, false],
  [{}, false],
])('whether %j refuses: %s', (answer, expected) => {
  expect(isRefusal(answer)).toBe(expected);
});

test.each([
  [{ error: 'e', error_description: 'd', Message: 'm' }, 'e: d: m'],
  [{ Message: 'hunter22' }, '[secret]'],
  [{ error: 7, Message: 'm' }, 'm'],
  [{}, 'HTTP 418'],
])('the words of %j', (answer, expected) => {
  expect(refusalWords(answer, 418, ['hunter22'])).toBe(expected);
});

describe('a token answer', () => {
  const of = (tenant: string) => ({ tenant, appId: 'mfa-cli', clientId: 'mfa-cli', clientSecret: null });
  const asked = { appId: 'mfa-cli', clientId: 'mfa-cli', scope: 'all' };
  const judge = (status: number, body: string, grant: Grant = 'refresh_token') => {
    const response = { status, headers: {}, body };
    try {
      return acceptedAnswer(response, grant, new URLSearchParams(), of('https://a.test'));
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message.replace('https://a.test', 'T')}`;
    }
  };
  const noJson = (status: number) =>
    `tenant-not-json: T answered the token request with HTTP ${status} and no JSON`;
  const neither = (status: number) =>
    `tenant-not-json: T answered the token request with HTTP ${status} and neither a token nor an error`;
  const away = (status: number) => `tenant-unreachable: T is not available (HTTP ${status})`;
  const refused = (code: string, words: string) =>
    `${code}: T ${code === 'session-expired' ? 'no longer renews the session' : 'refused the token request'}: ${words}`;

  test.each<[number, string, unknown]>([
    [200, '{"access_token":"a","scope":null}', { access_token: 'a' }],
    [201, '{"access_token":"a"}', neither(201)],
    [400, '{"access_token":"a"}', refused('sign-in-failed', 'HTTP 400')],
    [399, '{}', neither(399)],
    [200, '{"success":false}', refused('sign-in-failed', 'HTTP 200')],
    [429, '{"error":"e"}', 'rate-limited: T limits the rate of token requests'],
    [401, '', refused('session-expired', 'HTTP 401')],
    [400, '', noJson(400)],
    [501, '', noJson(501)],
    [502, '', away(502)],
    [504, '', away(504)],
    [505, '', noJson(505)],
    [502, '{"error":"e"}', refused('sign-in-failed', 'e')],
  ])('%i %s', (status, body, expected) => {
    expect(judge(status, body)).toEqual(expected);
  });

  test.each<[Grant, number, string, string]>([
    ['refresh_token', 400, 'invalid_grant', 'session-expired'],
    ['authorization_code', 400, 'invalid_grant', 'sign-in-failed'],
    ['client_credentials', 400, 'invalid_grant', 'sign-in-failed'],
    ['refresh_token', 401, 'invalid_client', 'sign-in-failed'],
    ['refresh_token', 403, 'access_denied', 'sign-in-denied'],
    ['authorization_code', 400, 'access_denied', 'sign-in-denied'],
    ['client_credentials', 400, 'access_denied', 'sign-in-failed'],
  ])('for %s, %i %s is %s', (grant, status, error, code) => {
    expect(judge(status, JSON.stringify({ error }), grant)).toBe(refused(code, error));
  });

  test.each(['code', 'code_verifier', 'refresh_token', 'client_secret'])('never shows the %s', (name) => {
    const answer = { status: 400, headers: {}, body: '{"error":"got hunter22"}' };
    const form = new URLSearchParams({ [name]: 'hunter22' });
    expect(() => acceptedAnswer(answer, 'refresh_token', form, of('T'))).toThrow(
      'T refused the token request: got [secret]',
    );
  });

  test.each<[string, string, object]>([
    [
      'a wrong secret',
      'invalid_client',
      { secretSource: 'the file s', oddities: 'quotes', cause: 'secret', ...asked },
    ],
    ['a wrong scope', 'invalid_scope', { cause: 'scope', ...asked }],
    ['a grant that this client may not use', 'unauthorized_client', { cause: 'grant', ...asked }],
    ['a grant that no client may use', 'unsupported_grant_type', {}],
  ])('refused for %s tells what is odd about the secret where that may be why', (_, error, facts) => {
    const target = { ...of('T'), clientSecret: new Secret('"s"', 'the file s') };
    const answer = { status: 400, headers: {}, body: JSON.stringify({ error }) };
    expect(() =>
      acceptedAnswer(answer, 'client_credentials', new URLSearchParams({ scope: 'all' }), target),
    ).toThrow(expect.objectContaining({ facts }));
  });

  test.each<[string, object, string]>([
    ['its ID token', { id_token: jwt({ sub: 'id' }), access_token: jwt({ sub: 'access' }) }, 'id'],
    ['its access token', { id_token: jwt({}), access_token: jwt({ sub: 'access' }) }, 'access'],
    ['the session before', { id_token: 7, access_token: 'opaque' }, 'ada@example.com'],
  ])('names the user by %s', (_, answer, user) => {
    const token = { access_token: '', ...answer };
    expect(sessionFrom(token, sessionAt('https://a.test'), noon).user).toBe(user);
  });

  test('lasts from now on, three centuries at most', () => {
    const lasting = (expires_in: number) =>
      sessionFrom({ access_token: 'a', expires_in }, sessionAt('https://a.test'), noon).expiresAt;
    expect([lasting(60), lasting(1e300)]).toEqual(['2030-01-01T12:01:00.000Z', '2346-11-22T05:46:40.000Z']);
  });

  test('changes of a session what it says', () => {
    const before = sessionAt('https://a.test');
    const bare = { ...before, accessToken: 'new', expiresAt: null };
    expect(sessionFrom({ access_token: 'new' }, before, noon)).toEqual(bare);
    const full = { access_token: 'new', refresh_token: 'r', expires_in: 0, scope: 's', id_token: 7 };
    const changed = { ...bare, refreshToken: 'r', expiresAt: noon.toISOString(), scope: 's' };
    expect(sessionFrom(full, before, noon)).toEqual(changed);
  });
});

describe('claimsOf', () => {
  test.each([
    [
      'the vendor’s name',
      jwt({ unique_name: 'ada@example.com', sub: '7', exp: 1_893_499_200 }),
      'ada@example.com',
      '2030-01-01T12:00:00.000Z',
    ],
    ['an OpenID name', jwt({ preferred_username: 'ada', sub: '7' }), 'ada', null],
    ['the subject alone', jwt({ sub: '7' }), '7', null],
    ['an escape sequence in the name', jwt({ sub: 'a\u001b[31mb\u202ec' }), 'ab c', null],
    ['a name and a date that are none', jwt({ unique_name: 5, exp: 1e300 }), null, null],
    ['an empty name before one', jwt({ unique_name: '', preferred_username: 'ada' }), 'ada', null],
    ['a name that is none before one', jwt({ unique_name: 5, sub: '7' }), '7', null],
    ['an end in words', jwt({ sub: '7', exp: '1893499200' }), '7', null],
    ['no signature', jwt({ sub: '7' }).replace(/\.[^.]*$/, ''), null, null],
    ['an opaque token', 'opaque', null, null],
    ['a JWT of a text', `e30.${Buffer.from('"sub"').toString('base64url')}.x`, null, null],
    ['two dots and no JSON', 'a.b.c', null, null],
    ['a JWT of null', 'e30.bnVsbA.x', null, null],
    ['an encrypted JWT', 'e30.AAAA.BBBB.CCCC.DDDD', null, null],
  ])('%s', (_, token, user, expiresAt) => {
    const claims = claimsOf(token);
    expect({ ...claims, expiresAt: claims.expiresAt?.toISOString() ?? null }).toEqual({ user, expiresAt });
  });
});

test.each([
  [jwt({ iss: 'https://abc1234.id.cyberark.cloud/mfa-cli/' }), 'https://abc1234.id.cyberark.cloud/mfa-cli/'],
  [jwt({ iss: 'no address' }), null],
  [jwt({ iss: 7 }), null],
  [jwt({}), null],
  ['opaque', null],
])('the issuer of %s', (token, issuer) => {
  expect(issuerOf(token)).toBe(issuer);
});
