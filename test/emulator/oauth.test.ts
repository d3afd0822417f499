import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import * as openid from 'openid-client';
import { describe, expect, test } from 'vitest';
import { type Assumptions, usualAssumptions } from '../../src/emulator/assumptions.ts';
import { successLocation } from '../../src/emulator/oauth/authorization-endpoint.ts';
import { isRegistered } from '../../src/emulator/oauth/authorization-request.ts';
import { Bounces } from '../../src/emulator/oauth/bounces.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { openBrowser } from './browser.ts';
import {
  authorizationUrl,
  redirectUri,
  refresh,
  signInAsAdministrator,
  startTenant,
  verifier,
  whoAmIStatus,
} from './local-tenant.ts';
import { expectTranscript, type Scene } from './transcript.ts';

const asked = {
  ...{
    response_type: 'code',
    client_id: 'mfa-cli',
    redirect_uri: redirectUri,
    scope: 'all',
    state: 'the-state',
  },
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
};
const { state: _state, ...stateless } = asked;
const values = {
  ...{ asked, authorize: '/OAuth2/Authorize/mfa-cli', tokens: '/OAuth2/Token/mfa-cli' },
  ...{
    revoke: '/OAuth2/Revoke/mfa-cli',
    platform: '/OAuth2/PlatformToken',
    whoAmI: '/Security/WhoAmI',
  },
  // As the vendor's iOS SDK asks.
  sdk: `${new URLSearchParams({ ...stateless, nozso: 'true' })}`,
  exchange: (_now: Date, { code }: Record<string, unknown>) => ({
    ...{ grant_type: 'authorization_code', client_id: 'mfa-cli', redirect_uri: redirectUri },
    ...{ code, code_verifier: verifier },
  }),
  renew: (_now: Date, { refresh }: Record<string, unknown>) => ({
    ...{ grant_type: 'refresh_token', client_id: 'mfa-cli', refresh_token: refresh },
  }),
  service: {
    ...{ grant_type: 'client_credentials', scope: 'all' },
    ...{ client_id: 'ci@example.com', client_secret: 'ci-client-secret' },
  },
  longer: 'x'.repeat(60 * 1024),
};

const code = '- GET $authorize $asked -> code:code';
const exchange = '- FORM $tokens $exchange -> token:access_token refresh:refresh_token';
const signIn = `${code}\n${exchange}`;
const renew = '- FORM $tokens $renew -> token:access_token refresh:refresh_token';
const whoAmI = '$token $whoAmI';
const noChallenge = '{"code_challenge":null,"code_challenge_method":null}';
const wrong = [
  ...[`{"code_verifier":"${'x'.repeat(43)}"}`, '{"code_verifier":null}', '{"client_id":"nobody"}'],
  ...[
    '{"redirect_uri":"http://127.0.0.1:8401/callback"}',
    '{"client_secret":"secret"}',
    '{"grant_type":"code"}',
  ],
];
const invalidUris = [
  'https://a.example/\\r\\nSet-Cookie: a=b',
  'https://ä.example/',
  'callback',
  '',
];

const codes = `
${signIn}
${whoAmI}
# A code that is used twice ends the session that it began.
- FORM $tokens $exchange
${whoAmI}
- FORM $tokens $renew
# What is wrong is refused, and burns the code.
${wrong.map((changes) => `${code}\n- FORM $tokens $exchange ${changes}\n- FORM $tokens $exchange`).join('\n')}
# Nobody is called back at an address that is not registered.
- GET $authorize $asked {"redirect_uri":"http://127.0.0.1:8401/callback"}
- GET $authorize $asked {"redirect_uri":"javascript:alert(1)"}
${invalidUris.map((uri) => `- GET /OAuth2/Authorize/123 $asked {"redirect_uri":"${uri}"}`).join('\n')}
# A plain challenge comes back as an error, without the state.
- GET $authorize $asked {"code_challenge_method":"plain"}
# Asked by POST, without a state or in a form.
- $authorize?$sdk -> code:code
- FORM $tokens $exchange
- FORM $authorize $asked -> code:code
- FORM $tokens $exchange
# A code without a challenge needs no verifier, and takes none.
- GET $authorize $asked ${noChallenge} -> code:code
- FORM $tokens $exchange {"code_verifier":null}
- GET $authorize $asked ${noChallenge} -> code:code
- FORM $tokens $exchange
# SHA256, the OpenAPI's example, is S256.
- GET $authorize $asked {"code_challenge_method":"SHA256"} -> code:code
- FORM $tokens $exchange
# Paths are case-insensitive, and a doubled slash is one.
- GET /oauth2//AUTHORIZE/mfa-cli $asked -> code:code
- FORM /oauth2/token/MFA-CLI $exchange
# Without a page, the hint signs in.
- GET $authorize $asked {"login_hint":"USER@example.com"} -> code:code
${exchange}
- GET $authorize $asked {"login_hint":"nobody@example.com"}
# A narrow scope opens its APIs alone.
- GET $authorize $asked {"scope":"apns"} -> code:code
${exchange}
${whoAmI}
$token /mobile/deleteApnsCertForClientApp {"ClientAppKey":"com.example.app"}
- GET /mfa-cli/.well-known/openid-configuration
- GET /other/.well-known/openid-configuration`;

const sessions = `
${signIn}
- GET $authorize $asked -> code:code
- FORM $tokens $exchange -> other:access_token others:refresh_token
# A refresh token that is used again ends the session and no other.
- FORM $tokens $renew -> token:access_token renewed:refresh_token
${whoAmI}
- FORM $tokens $renew
- FORM $tokens $renew {"refresh_token":"$renewed"}
${whoAmI}
- FORM $tokens $renew {"refresh_token":"$others"}
# The end of the access token leaves the refresh token, whose own ends the session.
${signIn}
- FORM $revoke {"token":"$token","client_id":"mfa-cli"}
${whoAmI}
${renew}
- FORM $revoke {"token":"$refresh","client_id":"mfa-cli"}
- FORM $tokens $renew
${whoAmI}
# An unknown token is no error (RFC 7009 §2.2); no client, or an unknown one, is.
${signIn}
- FORM $revoke {"token":"unknown","client_id":"mfa-cli"}
- FORM $revoke {"token":"$token"}
- FORM $revoke {"token":"$token","client_id":"nobody"}
${whoAmI}
# Another client ends nothing (RFC 7009 §2.1).
- FORM $revoke {"token":"$token","client_id":"ci@example.com","client_secret":"ci-client-secret"}
- FORM $revoke {"token":"$refresh","client_id":"ci@example.com","client_secret":"ci-client-secret"}
${whoAmI}
- FORM $tokens $renew
- FORM $tokens $renew {"refresh_token":"$longer"}`;

const services = `
- FORM $tokens $service -> token:access_token
${whoAmI}
basic:ci@example.com:ci-client-secret FORM $tokens {"grant_type":"client_credentials","scope":"all"}
basic:ci@example.com:wrong FORM $tokens {"grant_type":"client_credentials","scope":"all"}
basic:ci@example.com:wrong FORM /OAuth2/Token/other {"grant_type":"client_credentials","scope":"all"}
- FORM $tokens $service {"client_secret":"wrong"}
- FORM $tokens $service {"client_secret":null}
- FORM $tokens $service {"scope":"more"}
- FORM $tokens $service {"client_id":"mfa-cli","client_secret":null}
- FORM $tokens {"grant_type":"password","client_id":"mfa-cli","password":"x"}
# A platform token needs no application and no scope.
- FORM $platform $service {"scope":null} -> token:access_token
${whoAmI}
- FORM $platform $service {"scope":null,"client_secret":"wrong"}`;

const outliving = wrong.map(
  (changes) =>
    `${code}\n- FORM $tokens $exchange ${changes}\n- FORM $tokens $exchange\n- FORM $tokens $exchange`,
);
const opaque = `${signIn}\n${whoAmI}`;
const revoked = `${signIn}\n- FORM $revoke {"token":"$token","client_id":"mfa-cli"}\n${whoAmI}`;
const basic = ['ci@example.com', 'ci%40example.com', 'ci%ZZ']
  .map(
    (user) =>
      `basic:${user}:ci-client-secret FORM $tokens {"grant_type":"client_credentials","scope":"all"}`,
  )
  .join('\n');

/** Names in another letter case. */
const cases = `- FORM /OAuth2/Token/MFA-Cli $service
- FORM $tokens $service {"client_id":"CI@Example.com"}
- FORM $tokens $service {"scope":"ALL"}`;
const caseNames = ['app-id-case', 'client-id-case', 'scope-case'] as const;

const under = (assumptions: Partial<Assumptions>, calls: string): Scene => ({
  title: Object.entries(assumptions).join().replace(',', '=') || 'as it likely is',
  ...{ calls, values, options: { assumptions } },
});

test('what an application is given', () =>
  expectTranscript('oauth', [
    { title: 'authorization code with PKCE', calls: codes, values },
    { title: 'the session of an application', calls: sessions, values },
    { title: 'client credentials', calls: services, values },
    under({ 'authorization-iss': 'present' }, `${code}\n- GET $authorize $asked {"scope":"more"}`),
    under({}, cases),
    ...caseNames.map((name) => under({ [name]: 'sensitive' }, cases)),
    under({ 'failed-exchange': 'kept' }, outliving.join('\n')),
    under({ 'access-token': 'opaque' }, opaque),
    ...(['accepted', 'refused'] as const).map((value) =>
      under({ 'revoke-public-client': value }, revoked),
    ),
    ...(['raw', 'decoded'] as const).map((value) => under({ 'basic-credentials': value }, basic)),
    {
      title: 'a code is good at one redirect URI, though another is registered',
      calls: `${code}\n- FORM $tokens $exchange {"redirect_uri":"http://127.0.0.1:8401/callback"}`,
      ...{ values, options: { redirectUris: [redirectUri, 'http://127.0.0.1:8401/callback'] } },
    },
  ]));

test('the access token is signed with the published key (RS256)', async () => {
  const emulator = await startTenant();
  const { accessToken } = await signInAsAdministrator(emulator);
  const response = await fetch(`${emulator.url}/OAuth2/Keys/mfa-cli`);
  const { keys } = (await response.json()) as { keys: readonly JsonWebKey[] };
  const [published = {}] = keys;
  const [header = '', payload = '', signature = ''] = accessToken.split('.');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString()).alg).toBe('RS256');
  const key = createPublicKey({ key: published, format: 'jwk' });
  const signed = Buffer.from(`${header}.${payload}`);
  expect(verify('sha256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(published.d).toBeUndefined();
});

test('a person at a browser is told of a wrong request on a page', async () => {
  const address = authorizationUrl(await startTenant(), {
    redirect_uri: 'http://127.0.0.1:8401/callback',
  });
  // fetch says its own mode.
  const asked = request(address, { headers: { 'sec-fetch-mode': 'navigate' } }).end();
  const [response] = await once(asked, 'response');
  const page = await text(response);
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page).toContain('<h1>The tenant refused this request</h1>');
  expect(page).toContain('<dt>Error</dt><dd><code>invalid_request</code></dd>');
  expect(page).toContain('<dt>Description</dt><dd>invalid redirect</dd>');
  expect(page).toMatch(/<dt>Redirect URI<\/dt><dd><code>[^<]+<\/code><\/dd>/);
  expect(page).toMatch(/<dt>Registered<\/dt><dd><code>http[^<]+callback<\/code><\/dd>/);
});

test('a test can expire access tokens, and revoke everything', async () => {
  const emulator = await startTenant();
  const { accessToken, refreshToken } = await signInAsAdministrator(emulator);
  emulator.expireAccessTokens();
  expect(await whoAmIStatus(emulator, accessToken)).toBe(401);
  const renewed = (await refresh(emulator, refreshToken)).body;
  expect(await whoAmIStatus(emulator, String(renewed.access_token))).toBe(200);
  emulator.revokeSessions();
  expect(await whoAmIStatus(emulator, String(renewed.access_token))).toBe(401);
  expect((await refresh(emulator, renewed.refresh_token)).body.error).toBe('invalid_grant');
});

test.each([
  ['nobody is called so', true, 'nobody@example.com'],
  ['the service user has no page', true, 'ci@example.com'],
  ['nothing is approved by itself', false, 'user@example.com'],
])('where %s, the page asks, with the name filled in', async (_name, autoApprove, hint) => {
  const emulator = await startTenant({ autoApprove });
  const { html } = await openBrowser().open(authorizationUrl(emulator, { login_hint: hint }));
  expect(html).toContain(
    `<input id="user" name="user" autocomplete="username" value="${hint}" required>`,
  );
});

test('of the requests that wait for a person the oldest make room, and a very long one does not wait', async () => {
  const bounces = new Bounces(() => new Date(0));
  const [oldest = '', second = ''] = Array.from({ length: 1001 }, () =>
    bounces.keep('app', new URLSearchParams()),
  );
  expect([bounces.find(oldest), bounces.find(second)?.appId]).toEqual([null, 'app']);
  const { url } = await startTenant({ autoApprove: false });
  const ask = (length: number) => {
    const body = new URLSearchParams({ ...stateless, state: 's'.repeat(length) });
    return fetch(`${url}/OAuth2/Authorize/mfa-cli`, { method: 'POST', body, redirect: 'manual' });
  };
  const long = await ask(16 * 1024);
  expect([(await ask(8 * 1024)).status, long.status, await long.json()]).toEqual([
    302,
    400,
    { error: 'invalid_request', error_description: 'the request is too long' },
  ]);
});

describe('a registered redirect', () => {
  const known = ['http://127.0.0.1:8400/callback', 'https://app.example/cb', 'http://localhost/x'];
  const anyPort = { 'redirect-any-port': 'yes' } as const;
  const localhost = { 'redirect-localhost': 'yes' } as const;
  test.each([
    ['http://127.0.0.1:8400/callback', {}, true],
    ['http://127.0.0.1:8401/callback', {}, false],
    ['http://127.0.0.1:8400/Callback', {}, false],
    ['http://127.0.0.1:8400/callback/more', {}, false],
    ['http://127.0.0.1:8400/callback?more', anyPort, false],
    ['https://app.example/cb.evil', {}, false],
    ['https://app.example/c', {}, false],
    ['http://localhost:8400/callback', {}, false],
    ['http://127.0.0.1:8401/callback', anyPort, true],
    ['http://127.0.0.1/callback', anyPort, true],
    ['http://127.0.0.1:8401/other', anyPort, false],
    ['http://localhost:8401/callback', anyPort, false],
    ['https://app.example:444/cb', anyPort, false],
    ['http://127.0.0.1.evil.example:1/callback', anyPort, false],
    ['http://127.0.0.1:1@evil.example/callback', anyPort, false],
    ['http://localhost:8400/callback', localhost, true],
    ['http://127.0.0.1/x', localhost, true],
    ['http://localhost:8401/callback', localhost, false],
    ['http://[::1]:8400/callback', localhost, false],
    ['http://localhost:9/callback', { ...anyPort, ...localhost }, true],
  ])('%s %j: %s', (uri, assumptions, expected) => {
    expect(isRegistered(uri, known, { ...usualAssumptions, ...assumptions })).toBe(expected);
  });
});

test.each([
  ['https://a.example/cb', 'code', '?state=s%20t&responseType=code&code=c'],
  ['https://a.example/cb?x=1', 'code', '?x=1&state=s%20t&responseType=code&code=c'],
  ['https://a.example/cb', 'id_token', '#state=s%20t&id_token=c'],
] as const)('%s gets its %s', (uri, responseType, expected) => {
  const request = { redirectUri: uri, responseType, state: 's t' };
  expect(successLocation(request, 'c', null)).toBe(`https://a.example/cb${expected}`);
});

/** What the vendor's metadata leaves out, as a person writes it down. */
function serverOf({ url, appId }: Emulator) {
  return {
    issuer: `${url}/${appId}/`,
    authorization_endpoint: `${url}/OAuth2/Authorize/${appId}`,
    token_endpoint: `${url}/OAuth2/Token/${appId}`,
    revocation_endpoint: `${url}/OAuth2/Revoke/${appId}`,
  };
}

/** The browser, in which somebody is signed in. */
async function follow(url: URL): Promise<URL> {
  const response = await fetch(url, { redirect: 'manual' });
  return new URL(response.headers.get('location') ?? 'none:');
}

/** What differs between tenants, and what a library that keeps the standards takes all the same; mfa-cli itself is oauth4webapi. */
const tenants: readonly (readonly [string, Partial<Assumptions>])[] = [
  ['as it likely is', {}],
  [
    'that names itself',
    { 'authorization-iss': 'present', 'access-token': 'opaque', 'refresh-token': 'kept' },
  ],
];

describe.each(tenants)('a tenant %s', (_name, assumptions) => {
  test('openid-client: code with PKCE, refresh, revocation', async () => {
    const emulator = await startTenant({ assumptions });
    const client = new openid.Configuration(
      serverOf(emulator),
      'mfa-cli',
      undefined,
      openid.None(),
    );
    openid.allowInsecureRequests(client);
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const expectedState = openid.randomState();
    const url = openid.buildAuthorizationUrl(client, {
      redirect_uri: redirectUri,
      scope: 'all',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
    });
    const checks = { pkceCodeVerifier, expectedState };
    const tokens = await openid.authorizationCodeGrant(client, await follow(url), checks);
    expect(await whoAmIStatus(emulator, tokens.access_token)).toBe(200);

    const refreshed = await openid.refreshTokenGrant(client, tokens.refresh_token ?? '');
    expect(refreshed.refresh_token === undefined).toBe(assumptions['refresh-token'] === 'kept');
    expect(await whoAmIStatus(emulator, refreshed.access_token)).toBe(200);

    await openid.tokenRevocation(client, refreshed.refresh_token ?? tokens.refresh_token ?? '');
    expect(await whoAmIStatus(emulator, refreshed.access_token)).toBe(401);
  });
});

test('openid-client finds the application by its OpenID document, where that is published', async () => {
  const discover = async (assumptions: Partial<Assumptions>) => {
    const { url } = await startTenant({ assumptions });
    const discovered = openid.discovery(
      new URL(`${url}/mfa-cli/`),
      'mfa-cli',
      undefined,
      openid.None(),
      {
        execute: [openid.allowInsecureRequests],
      },
    );
    return { url, discovered };
  };
  const { url, discovered } = await discover({});
  expect((await discovered).serverMetadata().token_endpoint).toBe(`${url}/OAuth2/Token/mfa-cli`);
  await expect((await discover({ discovery: 'absent' })).discovered).rejects.toThrow();
});
