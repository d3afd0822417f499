import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { describe, expect, test } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { redirectUri, startTenant, whoAmIStatus } from './local-tenant.ts';

/** Both libraries insist on https elsewhere. */
const insecure = { [oauth.allowInsecureRequests]: true };

/** What the vendor's metadata leaves out, as a person writes it down. */
function serverOf({ url, appId }: Emulator) {
  return {
    issuer: `${url}/${appId}/`,
    authorization_endpoint: `${url}/OAuth2/Authorize/${appId}`,
    token_endpoint: `${url}/OAuth2/Token/${appId}`,
    revocation_endpoint: `${url}/OAuth2/Revoke/${appId}`,
    userinfo_endpoint: `${url}/OAuth2/UserInfo/${appId}`,
  };
}

/** The browser, in which somebody is signed in. */
async function follow(url: URL): Promise<URL> {
  const response = await fetch(url, { redirect: 'manual' });
  return new URL(response.headers.get('location') ?? 'none:');
}

/** What differs between tenants, and what a library that keeps the standards takes all the same. */
const tenants: readonly (readonly [string, Partial<Assumptions>])[] = [
  ['as it likely is', {}],
  ['with the issuer in the answer', { 'authorization-iss': 'present' }],
  ['with opaque access tokens', { 'access-token': 'opaque' }],
  ['that keeps refresh tokens', { 'refresh-token': 'kept' }],
];

describe.each(tenants)('a tenant %s', (_name, assumptions) => {
  test('openid-client: code with PKCE, refresh, userinfo, revocation', async () => {
    const emulator = await startTenant({ assumptions });
    const client = new openid.Configuration(serverOf(emulator), 'mfa-cli', undefined, openid.None());
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
    const person = await openid.fetchUserInfo(client, tokens.access_token, openid.skipSubjectCheck);
    expect(person.unique_name).toBe('admin@example.com');

    const refreshed = await openid.refreshTokenGrant(client, tokens.refresh_token ?? '');
    expect(refreshed.refresh_token === undefined).toBe(assumptions['refresh-token'] === 'kept');
    expect(await whoAmIStatus(emulator, refreshed.access_token)).toBe(200);

    await openid.tokenRevocation(client, refreshed.refresh_token ?? tokens.refresh_token ?? '');
    expect(await whoAmIStatus(emulator, refreshed.access_token)).toBe(401);
  });

  test('oauth4webapi: code with PKCE, refresh, revocation', async () => {
    const emulator = await startTenant({ assumptions });
    const [server, client, none] = [serverOf(emulator), { client_id: 'mfa-cli' }, oauth.None()];
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: 'mfa-cli',
      redirect_uri: redirectUri,
      scope: 'all',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();
    const answer = oauth.validateAuthResponse(server, client, await follow(url), state);
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(
        server,
        client,
        none,
        answer,
        redirectUri,
        verifier,
        insecure,
      ),
    );
    expect(await whoAmIStatus(emulator, tokens.access_token)).toBe(200);

    const refreshToken = tokens.refresh_token ?? '';
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, none, refreshToken, insecure),
    );
    expect(await whoAmIStatus(emulator, refreshed.access_token)).toBe(200);

    const last = refreshed.refresh_token ?? refreshToken;
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, none, last, insecure),
    );
    expect(await whoAmIStatus(emulator, refreshed.access_token)).toBe(401);
  });
});

/** Both libraries encode what goes into Basic (RFC 6749 §2.3.1), which a tenant reportedly does not decode. */
const authentications = [
  ['in the form', 'post', 'raw', true],
  ['as Basic, to a tenant that decodes it', 'basic', 'decoded', true],
  ['as Basic, to a tenant that does not', 'basic', 'raw', false],
] as const;

describe.each(authentications)('client credentials %s', (_name, method, basic, isTaken) => {
  test('openid-client: a token, and its revocation', async () => {
    const emulator = await startTenant({ assumptions: { 'basic-credentials': basic } });
    const { user, password } = emulator.serviceUser;
    const authentication =
      method === 'post' ? openid.ClientSecretPost(password) : openid.ClientSecretBasic(password);
    const client = new openid.Configuration(serverOf(emulator), user, undefined, authentication);
    openid.allowInsecureRequests(client);
    const granted = openid.clientCredentialsGrant(client, { scope: 'all' });
    if (!isTaken) return expect(granted).rejects.toThrow();
    const { access_token } = await granted;
    expect(await whoAmIStatus(emulator, access_token)).toBe(200);
    await openid.tokenRevocation(client, access_token);
    expect(await whoAmIStatus(emulator, access_token)).toBe(401);
  });

  test('oauth4webapi: a token, and its revocation', async () => {
    const emulator = await startTenant({ assumptions: { 'basic-credentials': basic } });
    const { user, password } = emulator.serviceUser;
    const [server, client] = [serverOf(emulator), { client_id: user }];
    const authentication =
      method === 'post' ? oauth.ClientSecretPost(password) : oauth.ClientSecretBasic(password);
    const granted = oauth
      .clientCredentialsGrantRequest(server, client, authentication, { scope: 'all' }, insecure)
      .then((response) => oauth.processClientCredentialsResponse(server, client, response));
    if (!isTaken) return expect(granted).rejects.toThrow();
    const { access_token } = await granted;
    expect(await whoAmIStatus(emulator, access_token)).toBe(200);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, authentication, access_token, insecure),
    );
    expect(await whoAmIStatus(emulator, access_token)).toBe(401);
  });
});

test('openid-client finds the application by its OpenID document, where that is published', async () => {
  const discover = async (assumptions: Partial<Assumptions>) => {
    const { url } = await startTenant({ assumptions });
    const discovered = openid.discovery(new URL(`${url}/mfa-cli/`), 'mfa-cli', undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
    });
    return { url, discovered };
  };
  const { url, discovered } = await discover({});
  expect((await discovered).serverMetadata().token_endpoint).toBe(`${url}/OAuth2/Token/mfa-cli`);
  await expect((await discover({ discovery: 'absent' })).discovered).rejects.toThrow();
});
