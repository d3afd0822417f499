import { randomUUID } from 'node:crypto';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { apisOf } from '../applications.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { Issued } from './authorization-response.ts';
import { apisAsResource, resourceOf } from './configuration.ts';
import { personClaims } from './person-claims.ts';
import type { TenantParts } from './tenant-parts.ts';

/** An authorization request that a user agreed to. */
export interface Authorization {
  readonly request: AuthorizationRequest;
  readonly user: string;
  /** The requested scopes that are granted. */
  readonly scopes: readonly string[];
  /** Seconds since 1970. */
  readonly authTime: number;
}

/** Issues what the request asks for: a code (RFC 6749 §4.1.2), an access token (§4.2.2), an ID token (OpenID Connect Core §3.2, §3.3). */
export async function issue(
  authorization: Authorization,
  provider: Provider,
  parts: TenantParts,
): Promise<Issued> {
  const { application, responseType, clientId } = authorization.request;
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new Error('a client of the request is none of the library');
  const accountId = parts.directory.findUser(authorization.user)?.uuid ?? authorization.user;
  const grantId = await saveGrant(authorization, accountId, provider, parts);
  const issuing = { ...authorization, accountId, client, grantId, provider, parts };
  const asks = (word: string): boolean => responseType.some((asked) => asked === word);
  const code = asks('code') ? await issueCode(issuing) : undefined;
  const token = asks('token') ? await issueAccessToken(issuing) : undefined;
  const idToken = asks('id_token') ? await issueIdToken(issuing, code, token) : undefined;
  const access = {
    user: authorization.user,
    scopes: authorization.scopes,
    apis: apisOf(application, authorization.scopes),
    grantId,
    application,
    clientId,
    authTime: authorization.authTime,
  };
  for (const issued of [token, idToken])
    if (issued !== undefined) parts.accessTokens.remember(issued, access, application.accessTokenSeconds);
  return {
    ...(code === undefined ? {} : { code }),
    ...(idToken === undefined ? {} : { id_token: idToken }),
    ...(token === undefined
      ? {}
      : {
          access_token: token,
          token_type: 'Bearer',
          expires_in: application.accessTokenSeconds,
          scope: authorization.scopes.join(' '),
        }),
  };
}

interface Issuing extends Authorization {
  /** The user's permanent identifier. */
  readonly accountId: string;
  readonly client: InstanceType<Provider['Client']>;
  readonly grantId: string;
  readonly provider: Provider;
  readonly parts: TenantParts;
}

function saveGrant(
  { request, scopes }: Authorization,
  accountId: string,
  provider: Provider,
  { url }: TenantParts,
): Promise<string> {
  const grant = new provider.Grant({ accountId, clientId: request.clientId });
  grant.addResourceScope(resourceOf(url), scopes.join(' '));
  grant.addOIDCScope(scopes.join(' '));
  return grant.save();
}

function issueCode({ request, accountId, scopes, authTime, client, grantId, provider, parts }: Issuing) {
  const { redirectUri, codeChallenge, nonce } = request;
  return new provider.AuthorizationCode({
    client,
    accountId,
    grantId,
    gty: 'authorization_code',
    redirectUri,
    scope: scopes.join(' '),
    resource: resourceOf(parts.url),
    authTime,
    ...(codeChallenge === null ? {} : { codeChallenge, codeChallengeMethod: 'S256' }),
    ...(nonce === null ? {} : { nonce }),
  }).save();
}

function issueAccessToken({ request, accountId, scopes, client, grantId, provider, parts }: Issuing) {
  const { application, clientId } = request;
  const token = new provider.AccessToken({
    client,
    accountId,
    grantId,
    gty: 'implicit',
    scope: scopes.join(' '),
  });
  const resource = apisAsResource(application, clientId, parts.assumptions['access-token']);
  token.resourceServer = new provider.ResourceServer(resourceOf(parts.url), resource);
  return token.save();
}

/** With hashes of what is issued along with it (OpenID Connect Core §3.3.2.11). */
function issueIdToken(
  { request, user, authTime, client, provider, parts }: Issuing,
  code: string | undefined,
  accessToken: string | undefined,
): Promise<string> {
  const token = new provider.IdToken({}, { client });
  const claims = {
    ...personClaims(user, parts.directory),
    auth_time: authTime,
    nonce: request.nonce ?? undefined,
    c_hash: code,
    at_hash: accessToken,
    // Two within the same second are two tokens.
    jti: randomUUID(),
  };
  for (const [name, value] of Object.entries(claims)) if (value !== undefined) token.set(name, value);
  return token.issue({ use: 'idtoken' });
}
