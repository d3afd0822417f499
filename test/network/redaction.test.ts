import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/network/http.ts';
import {
  redactAnswer,
  redactQuery,
  secretsIn,
  secretsInQuery,
  secretsSent,
} from '../../src/network/redaction.ts';
import { Secret } from '../../src/text/secret.ts';

test('what is masked by its name is not masked again by its value', () => {
  const body = JSON.stringify({ APNSPass: 'secret', said: 'secret', token: 'hunter22' });
  const secrets = [new Secret('hunter22'), new Secret('secret')];
  const headers = { 'set-cookie': 'a=b', authorization: 'Basic c', 'x-echo': 'p=secret' };
  expect(redactAnswer({ status: 418, headers, body }, secrets)).toEqual({
    status: 418,
    headers: { 'set-cookie': '[secret]', authorization: '[secret]', 'x-echo': 'p=[secret]' },
    body: '{"APNSPass":"[secret]","said":"[secret]","token":"[secret]"}',
  });
});

test('a body with nothing to hide keeps its spelling', () => {
  const body = '{ "a" : 1,\n "password": "" }';
  expect(redactAnswer({ status: 200, headers: {}, body }, []).body).toBe(body);
});

test('a list stays a list', () => {
  expect(redactAnswer({ status: 200, headers: {}, body: '[{"password":"x"},["y"]]' }, []).body).toBe(
    '[{"password":"[secret]"},["y"]]',
  );
});

const found = (document: unknown) => secretsIn(document).map((secret) => secret.reveal());

describe('a secret by its name', () => {
  test.each([
    ...['password', 'NewPassword', 'passphrase', 'secret', 'client_secret', 'Base32Secret'],
    ...['APNSPass', 'APNSCert', 'com.example_APNSCert', 'code_verifier', 'OTPKey', 'otpCode', 'UserCert'],
    ...['token', '_token', 'Token', 'access_token', 'accessToken', 'refresh_token', 'refreshToken'],
    ...['Answer', 'Auth', 'SessionId', 'IdpLoginSessionId'],
    ...['id_token', 'idToken', 'api_key', 'apiKey', 'private_key', 'privateKey', 'secret_key', 'SecretKey'],
  ])('%s', (name) => {
    expect(found({ [name]: 'x' })).toEqual(['x']);
    expect(redactAnswer({ status: 200, headers: {}, body: JSON.stringify({ [name]: 'x' }) }, []).body).toBe(
      JSON.stringify({ [name]: '[secret]' }),
    );
  });

  test.each(
    'passwords challengeAnswer oauth tokens csrf_token key ClientAppKey SecretVersion APNSTopic Value'.split(
      ' ',
    ),
  )('not %s', (name) => {
    expect(found({ [name]: 'x' })).toEqual([]);
  });
});

test.each<[string, unknown, readonly string[]]>([
  ['at any depth', [{ a: { password: 'x', b: [{ token: 'y' }] } }], ['x', 'y']],
  ['below a secret name', { password: { token: 'x', other: 'y' } }, ['x']],
  ['in a row of settings', [{ ID: 'com.example_APNSPass', Value: 'x', Other: 'y' }], ['x']],
  ['not in a row of a topic', [{ ID: 'com.example_Topic', Value: 'x' }], []],
  ['not in a row without a name', [{ ID: ['secret'], Value: 'y' }, { Value: 'z' }], []],
  ['not what is no text', { password: 7, token: null, secret: true }, []],
  ['not what is empty', { password: '' }, []],
  ['not a text alone', 'password', []],
  ['not in nothing', null, []],
])('secrets are found %s', (_case, document, expected) => {
  expect(found(document)).toEqual(expected);
});

test.each<[string, Partial<HttpRequest>, readonly string[]]>([
  ['its credentials', { headers: { authorization: 'Bearer abc' } }, ['abc']],
  ['credentials of several words, the last', { headers: { authorization: 'Digest a b=c' } }, ['b=c']],
  ['a scheme alone', { headers: { authorization: 'Negotiate' } }, []],
  ['a scheme and a blank', { headers: { authorization: 'Bearer ' } }, []],
  ['members of its JSON', { body: '{"APNSPass":"x","APNSTopic":"y"}' }, ['x']],
  ['fields of its form', { body: 'grant_type=a&client_secret=b%20c&refresh_token=d' }, ['b c', 'd']],
  ['parameters of its query', { url: 'https://a.test/b?id_token=x&c=d' }, ['x']],
  ['neither', {}, []],
  ['both', { headers: { authorization: 'Bearer abc' }, body: 'password=x' }, ['abc', 'x']],
])('a request bears %s', (_case, request, expected) => {
  const sent = secretsSent({ method: 'POST', url: 'https://a.test', retry: false, ...request });
  expect(sent.map((secret) => secret.reveal())).toEqual(expected);
});

test.each<[string, string, readonly string[]]>([
  ['/a', '/a', []],
  ['/a?b=c&d', '/a?b=c&d', []],
  ['/a?token=x%20y&b=token', '/a?token=[secret]&b=token', ['x y']],
  ['/a?b=c&APNSPass=x=y&e=f', '/a?b=c&APNSPass=[secret]&e=f', ['x=y']],
  ['/a?api%5Fkey=x', '/a?api%5Fkey=[secret]', ['x']],
  ['/a?token=', '/a?token=', []],
  ['/token=x', '/token=x', []],
])('the query of %s', (path, shown, secrets) => {
  expect(redactQuery(path)).toBe(shown);
  expect(secretsInQuery(path).map((secret) => secret.reveal())).toEqual(secrets);
});
