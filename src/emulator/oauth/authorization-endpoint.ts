import { randomUUID } from 'node:crypto';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { type Application, apisOf } from '../applications.ts';
import { sendMoved } from '../http.ts';
import {
  type AuthorizationRequest,
  RedirectedRefusal,
  readAuthorizationRequest,
} from './authorization-request.ts';
import type { Asked, TenantParts } from './clients.ts';
import { type OAuthError, OAuthRefusal, unknownBounce, userNotAllowed } from './errors.ts';
import { apisAsResource, issuerOf, personClaims, resourceOf, type ServerParts } from './provider.ts';
import { type Bounces, type Consents, type SignedIn, signedIn } from './remembered.ts';

/** What the authorization endpoint needs besides the tenant's parts. */
export interface AuthorizationParts extends ServerParts {
  readonly bounces: Bounces;
  readonly consents: Consents;
  /** Who counts as signed in, and as agreeing, if nobody is; null: the person at the browser decides. */
  readonly autoApprove: ((loginHint: string | null) => string | null) | null;
}

/** Sends the browser where it goes after an authorization request. @throws {OAuthRefusal} shown in the browser instead */
export async function answerAuthorization(asked: Asked, context: AuthorizationParts): Promise<void> {
  sendMoved(asked.response, await authorize(asked, await asked.parameters(), context));
}

async function authorize(
  { appId, request }: Asked,
  parameters: URLSearchParams,
  context: AuthorizationParts,
): Promise<string> {
  const { bounces, parts, consents } = context;
  const known = parameters.get('bounce');
  const bounce = known === null ? null : bounces.find(known);
  if (known !== null && bounce === null) throw unknownBounce(known);
  const asked =
    bounce === null
      ? readAuthorizationRequest(appId, parameters, parts)
      : readAuthorizationRequest(bounce.appId, bounce.parameters, parts);
  const wait = (): string => known ?? bounces.keep(appId, parameters);
  const refuse = (refusal: OAuthRefusal): RedirectedRefusal => new RedirectedRefusal(refusal, asked);
  const who = currentUser(request, asked, bounce?.since ?? null, context);
  const { application, clientId, scopes, prompt } = asked;
  if (who === null) {
    if (prompt.includes('none'))
      throw refuse(new OAuthRefusal('login_required', 'the user is not authenticated'));
    return loginAddress(appId, wait());
  }
  if (!application.permits(who.user)) throw refuse(userNotAllowed());
  const asks = application.confirms && who.by === 'browser' && context.autoApprove === null;
  if (asks && !consents.covers({ user: who.user, application, clientId }, scopes)) {
    if (prompt.includes('none'))
      throw refuse(new OAuthRefusal('consent_required', 'the user must confirm the request'));
    return confirmAddress(appId, wait());
  }
  if (known !== null) bounces.forget(known);
  return complete(asked, who, scopes, context);
}

/** The client's address with what it asked for. */
export async function complete(
  request: AuthorizationRequest,
  { user, authTime }: Pick<SignedIn, 'user' | 'authTime'>,
  scopes: readonly string[],
  { parts, providers }: AuthorizationParts,
): Promise<string> {
  const { application } = request;
  const issued = await issue({ request, user, scopes, authTime }, providers.of(application), parts);
  return successLocation(request, issued, namedIssuer(application, parts));
}

/** The client's address with an error. */
export function refusedAddress(refusal: RedirectedRefusal, parts: TenantParts): string {
  return errorLocation(refusal.redirectUri, refusal.body, namedIssuer(refusal.application, parts));
}

/** The user who asks: a session older than a request for a new one (`prompt=login`) does not count. */
function currentUser(
  request: Asked['request'],
  { prompt, loginHint }: AuthorizationRequest,
  since: number | null,
  { parts, autoApprove }: AuthorizationParts,
): Pick<SignedIn, 'user' | 'authTime' | 'by'> | null {
  const who = signedIn(request, parts.accessTokens);
  if (who?.by === 'token') return who;
  const approved = autoApprove?.(loginHint) ?? null;
  if (approved !== null)
    return { user: approved, authTime: Math.floor(parts.now().getTime() / 1000), by: 'browser' };
  const isNewEnough = !prompt.includes('login') || (since !== null && who !== null && who.since >= since);
  return isNewEnough ? who : null;
}

/** The sign-in page, which returns to the request. */
function loginAddress(appId: string, bounce: string): string {
  const back = `Oauth2/Authorize/${encodeURIComponent(appId)}?bounce=${bounce}`;
  return `/login?cloudRedirect=${encodeURIComponent(back)}`;
}

/** The page that asks for consent. */
function confirmAddress(appId: string, bounce: string): string {
  return `/OAuth2/Confirm/${encodeURIComponent(appId)}?bounce=${bounce}`;
}

function namedIssuer(application: Application | null, { url, assumptions }: TenantParts): string | null {
  return application === null || assumptions['authorization-iss'] === 'absent'
    ? null
    : issuerOf(url, application);
}

/** What an authorization request yields, by the words of its response type. */
interface Issued {
  readonly code?: string;
  readonly id_token?: string;
  readonly access_token?: string;
  readonly token_type?: 'Bearer';
  /** Seconds. */
  readonly expires_in?: number;
  readonly scope?: string;
}

/**
 * Where the browser takes what was issued: in the query for a code alone, else in the fragment. A code comes with the
 * response type, in the order and spelling of the vendor's examples.
 * @param issuer null: the answer does not name it (RFC 9207)
 */
export function successLocation(
  { redirectUri, responseType, state }: Pick<AuthorizationRequest, 'redirectUri' | 'responseType' | 'state'>,
  issued: Issued,
  issuer: string | null,
): string {
  const members = {
    state,
    responseType: issued.code === undefined ? null : responseType.join(', '),
    ...issued,
    iss: issuer,
  };
  const isCodeAlone = Object.keys(issued).join() === 'code';
  return withParameters(redirectUri, isCodeAlone ? '?' : '#', members);
}

/** Where the browser takes an error, without the state. */
function errorLocation(redirectUri: string, error: OAuthError, issuer: string | null): string {
  return withParameters(redirectUri, '?', { ...error, iss: issuer });
}

function withParameters(
  uri: string,
  mark: '?' | '#',
  members: Readonly<Record<string, string | number | null>>,
): string {
  const parameters = Object.entries(members).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${uri}${uri.includes(mark) ? '&' : mark}${parameters.join('&')}`;
}

/** An authorization request that a user agreed to. */
interface Authorization {
  readonly request: AuthorizationRequest;
  readonly user: string;
  /** The requested scopes that are granted. */
  readonly scopes: readonly string[];
  /** Seconds since 1970. */
  readonly authTime: number;
}

/** Issues what the request asks for: a code (RFC 6749 §4.1.2), an access token (§4.2.2), an ID token (OpenID Connect Core §3.2, §3.3). */
async function issue(authorization: Authorization, provider: Provider, parts: TenantParts): Promise<Issued> {
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
