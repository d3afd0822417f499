import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Http } from '../../../src/network/http.ts';
import { authorizationUrl, createProof } from '../../../src/tenant/oauth/authorization.ts';
import { endpoints } from '../../../src/tenant/oauth/endpoints.ts';
import { revokeToken } from '../../../src/tenant/oauth/revocation.ts';
import {
  tokensForCode,
  tokensForRefreshToken,
  tokensForSecret,
} from '../../../src/tenant/oauth/token.ts';
import { Secret } from '../../../src/text/secret.ts';
import { jwt } from '../../auth/examples.ts';
import { testCases } from '../../support/cases.ts';
import { memoryHttp } from '../../support/memory-http.ts';

const tenant = 'https://a.test';
const client = { tenant, appId: 'my/app', clientId: 'ci+1@a.test' };
const service = { ...client, clientSecret: new Secret('s%3Dcret &'), platformToken: false };
const platform = { ...service, platformToken: true };
const code = { code: 'the-code', redirectUri: 'http://127.0.0.1/', codeVerifier: 'the-verifier' };
const body = { access_token: 'access-1', token_type: 'Bearer' };
/** The claims of a token that names a user. */
const claimsOf = (user: unknown) => jwt({ unique_name: user });

testCases('tenant/oauth-requests', {
  'endpoints: of an application ID': (appId: string) => endpoints({ tenant, appId }),
  'tokensForRefreshToken: by the answer': (answer: object, status = 200) => {
    const text = JSON.stringify(answer)
      .replaceAll('JWT-OF-ADA', claimsOf('ada@a.test'))
      .replaceAll('JWT-OF-BOB', claimsOf('bob@a.test'));
    return tokensForRefreshToken(client, 'refresh-0', memoryHttp({ body: text, status }).http);
  },
  'revokeToken: without and with a client secret, by the answer': async (
    secret: string | null,
    answer: unknown,
    status = 200,
  ) => {
    const known = secret === null ? null : new Secret(secret);
    return revokeToken(client, 'access-1', known, memoryHttp({ body: answer, status }).http);
  },
});

test.each<[string, (http: Http) => Promise<unknown>, string, object, boolean]>([
  [
    'a code, once,',
    (http) => tokensForCode(client, code, http),
    '/OAuth2/Token/my%2Fapp',
    {
      ...{ grant_type: 'authorization_code', client_id: 'ci+1@a.test', code: 'the-code' },
      ...{ redirect_uri: 'http://127.0.0.1/', code_verifier: 'the-verifier' },
    },
    false,
  ],
  [
    'a refresh token, once,',
    (http) => tokensForRefreshToken(client, 'refresh-0', http),
    '/OAuth2/Token/my%2Fapp',
    { grant_type: 'refresh_token', client_id: 'ci+1@a.test', refresh_token: 'refresh-0' },
    false,
  ],
  [
    'a secret for a scope',
    (http) => tokensForSecret(service, 'all', http),
    '/OAuth2/Token/my%2Fapp',
    {
      ...{ grant_type: 'client_credentials', client_id: 'ci+1@a.test', scope: 'all' },
      client_secret: 's%3Dcret &',
    },
    true,
  ],
  [
    'a secret without a scope, at the platform,',
    (http) => tokensForSecret(platform, null, http),
    '/OAuth2/PlatformToken',
    {
      ...{ grant_type: 'client_credentials', client_id: 'ci+1@a.test' },
      client_secret: 's%3Dcret &',
    },
    true,
  ],
])(
  '%s is exchanged so, and its answer has the time of its Date',
  async (_what, exchange, path, form, retry) => {
    const { http, sent } = memoryHttp({ body, headers: { date: 'Tue, 01 Jan 2030 12:00:00 GMT' } });
    expect(await exchange(http)).toMatchObject({
      accessToken: 'access-1',
      answeredAt: new Date('2030-01-01T12:00:00Z'),
    });
    expect(sent).toMatchObject([{ method: 'POST', url: `${tenant}${path}`, retry }]);
    expect(sent[0]?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    });
    expect(sent[0]?.headers).not.toHaveProperty('authorization');
    expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toEqual(form);
  },
);

test('the error of an unusable token answer keeps nothing of it', async () => {
  const { http } = memoryHttp({ body: { ...body, token_type: 7 } });
  const error = await tokensForRefreshToken(client, 'refresh-0', http).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'tenant-not-json', facts: {} });
  expect(error).not.toHaveProperty('cause');
});

test('a token is revoked by a public client in the form, and by one with a secret in Basic', async () => {
  const { http, sent } = memoryHttp();
  expect(await revokeToken(client, 'access 1', null, http)).toBeNull();
  expect(await revokeToken(client, 'access 1', new Secret('s%3Dcret'), http)).toBeNull();
  const common = {
    ...{ method: 'POST', url: `${tenant}/OAuth2/Revoke/my%2Fapp`, retry: true },
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  };
  const authorization = `Basic ${Buffer.from('ci+1@a.test:s%3Dcret').toString('base64')}`;
  expect(sent).toEqual([
    { ...common, body: 'token=access+1&client_id=ci%2B1%40a.test' },
    { ...common, headers: { ...common.headers, authorization }, body: 'token=access+1' },
  ]);
});

test('the words of a refused revocation hold neither token, secret nor Basic', async () => {
  const basic = Buffer.from('ci+1@a.test:s%3Dcret').toString('base64');
  const { http } = memoryHttp({
    body: { error: `no access-1, s%3Dcret or ${basic}` },
    status: 400,
  });
  const words = await revokeToken(client, 'access-1', new Secret('s%3Dcret'), http);
  expect(words).toBe('no [secret], [secret] or [secret]');
});

test('a browser is led to the application with the proof of this sign-in, and the user who is expected', async () => {
  const [proof, other] = [await createProof(), await createProof()];
  const { state, codeVerifier, codeChallenge } = proof;
  expect(codeChallenge).toBe(createHash('sha256').update(codeVerifier).digest('base64url'));
  expect(new Set([state, codeVerifier, other.state, other.codeVerifier]).size).toBe(4);
  const asked = {
    ...{ response_type: 'code', client_id: 'ci+1@a.test', scope: 'all more' },
    ...{ code_challenge_method: 'S256', redirect_uri: 'http://127.0.0.1:1/callback' },
    ...{ state, code_challenge: codeChallenge },
  };
  const urlFor = (more: object) =>
    new URL(authorizationUrl({ ...client, scope: 'all more', ...more }, asked.redirect_uri, proof));
  const url = urlFor({ loginHint: 'ada@a.test' });
  expect(`${url.origin}${url.pathname}`).toBe('https://a.test/OAuth2/Authorize/my%2Fapp');
  expect(Object.fromEntries(url.searchParams)).toEqual({ ...asked, login_hint: 'ada@a.test' });
  for (const more of [{}, { loginHint: null }])
    expect(Object.fromEntries(urlFor(more).searchParams)).toEqual(asked);
});
