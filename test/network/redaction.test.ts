import { describe, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../src/network/http.ts';
import {
  answerIds,
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

describe('the identifiers of an answer', () => {
  const ids = (
    answer: Partial<HttpResponse>,
    sent: { url?: string; body?: string; headers?: Record<string, string> } = {},
  ) =>
    answerIds(
      { method: 'POST', url: 'https://a.test', retry: false, ...sent },
      { status: 200, headers: {}, body: '', ...answer },
      [new Secret('hunter22')],
    );
  const named = (name: string, id = 'r-1') => ({ headers: { [name]: id } });
  const error = (ErrorID: unknown) => ({ body: JSON.stringify({ ErrorID }) });

  test.each(['x-request-id', 'request-id', 'x-correlation-id', 'x-ms-request-id', 'x-trace-id'])(
    '%s',
    (name) => {
      expect(ids(named(name))).toBe(', request id r-1');
    },
  );

  test.each<[string, Partial<HttpResponse>, Parameters<typeof ids>[1], string]>([
    [
      'the first of several',
      { headers: { 'x-trace-id': 'two', 'x-request-id': 'one' } },
      {},
      ', request id one',
    ],
    ['a hundred characters', named('x-request-id', 'a'.repeat(100)), {}, `, request id ${'a'.repeat(100)}`],
    ['more', named('x-request-id', 'a'.repeat(101)), {}, ''],
    ['none', named('x-request-id', ''), {}, ''],
    ['a sentence', named('x-request-id', 'a b'), {}, ''],
    ['what the address held', named('x-request-id'), { url: 'https://a.test/r-1' }, ''],
    ['what the body held', named('x-request-id'), { body: 'r-1' }, ''],
    ['what a header held', named('x-request-id'), { headers: { a: 'b', c: 'r-1' } }, ''],
    ['what a form held', named('x-request-id'), { body: 'a=b&c=%72-1' }, ''],
    ['what a query held', named('x-request-id'), { url: 'https://a.test/?a=%72-1' }, ''],
    ['what a name in a query held', named('x-request-id'), { url: 'https://a.test/?%72-1' }, ''],
    ['what stands over a name and its value', named('x-request-id'), { body: 'r=-1' }, ', request id r-1'],
    ['what stands over two', named('x-request-id', 'bc'), { headers: { a: 'b', c: 'c' } }, ', request id bc'],
    ['what contains a secret', named('x-request-id', 'r-hunter22'), {}, ''],
    ['an ErrorID', error('e:1.2-3_4'), {}, ', ErrorID e:1.2-3_4'],
    ['both', { ...named('x-request-id'), ...error('e-1') }, {}, ', request id r-1, ErrorID e-1'],
    ['no ErrorID', error(''), {}, ''],
    ['an ErrorID that is no text', error(7), {}, ''],
    ['a list that speaks of one', { body: '["ErrorID"]' }, {}, ''],
    ['a text that speaks of one', { body: '"\\"ErrorID\\""' }, {}, ''],
    ['what is no JSON', { body: '{"ErrorID":"e"' }, {}, ''],
  ])('%s', (_case, answer, sent, expected) => {
    expect(ids(answer, sent)).toBe(expected);
  });
});
