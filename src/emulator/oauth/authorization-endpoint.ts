import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Provider, Client as ProviderClient } from 'oidc-provider';
import { type SignedIn, signedIn } from '../access-tokens.ts';
import { type Application, apisOf } from '../applications.ts';
import { sendMoved } from '../http.ts';
import { administrator } from '../people.ts';
import type { World } from '../world.ts';
import {
  type AuthorizationRequest,
  type OAuthCall,
  RedirectedRefusal,
  readAuthorizationRequest,
} from './authorization-request.ts';
import { unknownBounce, userNotAllowed } from './errors.ts';
import { issuerOf, type OAuthWorld, personClaims, resourceOf } from './provider.ts';

/**
 * Sends the browser to its next address.
 * @throws {OAuthRefusal} shown in the browser instead
 */
export async function answerAuthorization(call: OAuthCall, world: OAuthWorld): Promise<void> {
  sendMoved(call.response, await authorize(call, await call.parameters(), world));
}

/** The address of the sign-in page, of the consent page, or of the client. */
async function authorize(
  { appId, request }: OAuthCall,
  parameters: URLSearchParams,
  world: OAuthWorld,
): Promise<string> {
  const { bounces } = world;
  const knownId = parameters.get('bounce');
  const bounce = knownId === null ? null : bounces.find(knownId);
  if (knownId !== null && bounce === null) throw unknownBounce(knownId);
  const wanted = readAuthorizationRequest(
    bounce?.appId ?? appId,
    bounce?.parameters ?? parameters,
    world,
  );
  const keepWaiting = (): string => knownId ?? bounces.keep(appId, parameters);
  const signIn = currentSignIn(request, wanted, bounce?.since ?? null, world);
  if (signIn === null) {
    // The sign-in page returns to the request.
    const back = `Oauth2/Authorize/${encodeURIComponent(appId)}?bounce=${keepWaiting()}`;
    return `/login?cloudRedirect=${encodeURIComponent(back)}`;
  }
  if (!wanted.application.permits(signIn.user))
    throw new RedirectedRefusal(userNotAllowed(), wanted);
  if (needsConsent(wanted, signIn, world))
    return `/OAuth2/Confirm/${encodeURIComponent(appId)}?bounce=${keepWaiting()}`;
  if (knownId !== null) bounces.forget(knownId);
  return complete(wanted, signIn, world);
}

function needsConsent(
  { application, clientId, scopes }: AuthorizationRequest,
  { user, by }: CurrentSignIn,
  { autoApprove, consents }: OAuthWorld,
): boolean {
  if (!application.confirms || by !== 'browser' || autoApprove) return false;
  return !consents.cover({ user, application, clientId }, scopes);
}

/** The client's address with everything that it requested. */
export async function complete(
  request: AuthorizationRequest,
  signIn: Pick<SignedIn, 'user' | 'since'>,
  world: OAuthWorld,
): Promise<string> {
  const issued = await issue(request, signIn, world);
  return successLocation(request, issued, namedIssuer(request.application, world));
}

/** The client's address with an error, without the state. */
export function refusedAddress({ to, body }: RedirectedRefusal, world: World): string {
  return withParameters(to.redirectUri, '?', { ...body, iss: namedIssuer(to.application, world) });
}

type CurrentSignIn = Pick<SignedIn, 'user' | 'since' | 'by'>;

/**
 * The sign-in of the request. A session older than a request for a new sign-in
 * (`prompt=login`) is ignored. @param requestedAt null: the request has not waited yet
 */
function currentSignIn(
  request: IncomingMessage,
  { needsNewSignIn, loginHint }: AuthorizationRequest,
  requestedAt: number | null,
  { accessTokens, directory, autoApprove, now }: World,
): CurrentSignIn | null {
  const signIn = signedIn(request, accessTokens);
  if (signIn?.by === 'token') return signIn;
  // If no user has the hint's name, the page has to ask.
  const approved = autoApprove ? directory.findPerson(loginHint ?? administrator.user) : null;
  if (approved !== null) return { user: approved.user, since: now().getTime(), by: 'browser' };
  if (signIn === null || !needsNewSignIn) return signIn;
  return requestedAt !== null && signIn.since >= requestedAt ? signIn : null;
}

function namedIssuer(application: Application | null, { url, assumptions }: World): string | null {
  const isNamed = application !== null && assumptions['authorization-iss'] === 'present';
  return isNamed ? issuerOf(url, application) : null;
}

/** The part of a request that its answer depends on. */
type AnswerTarget = Pick<AuthorizationRequest, 'redirectUri' | 'responseType' | 'state'>;

/**
 * The client's address with a code in the query, or an ID token in the fragment.
 * @param iss RFC 9207; null: not named
 */
export function successLocation(
  { redirectUri, responseType, state }: AnswerTarget,
  issued: string,
  iss: string | null,
): string {
  return responseType === 'code'
    ? withParameters(redirectUri, '?', { state, responseType, code: issued, iss })
    : withParameters(redirectUri, '#', { state, id_token: issued, iss });
}

function withParameters(
  uri: string,
  mark: '?' | '#',
  members: Readonly<Record<string, string | null>>,
): string {
  const parameters = Object.entries(members).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${uri}${uri.includes(mark) ? '&' : mark}${parameters.join('&')}`;
}

/** Issues a code (RFC 6749 §4.1.2) or an ID token (OpenID Connect Core §3.2). */
async function issue(
  request: AuthorizationRequest,
  signIn: Pick<SignedIn, 'user' | 'since'>,
  world: OAuthWorld,
): Promise<string> {
  const grant = await createGrant(request, signIn, world);
  return request.responseType === 'code'
    ? issueCode(request, grant)
    : issueIdToken(request, grant, signIn.user, world);
}

/** A user's grant to a client, for all that it requested. */
interface ClientGrant {
  readonly provider: Provider;
  readonly client: ProviderClient;
  readonly accountId: string;
  readonly grantId: string;
  /** Separated by spaces. */
  readonly scope: string;
  /** The tenant's APIs. */
  readonly resource: string;
  /** Seconds since 1970. */
  readonly authTime: number;
}

async function createGrant(
  { application, clientId, scopes }: AuthorizationRequest,
  { user, since }: Pick<SignedIn, 'user' | 'since'>,
  { url, directory, providers }: OAuthWorld,
): Promise<ClientGrant> {
  const provider = providers.of(application);
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new Error('the library does not know the client of the request');
  const accountId = directory.findUser(user)?.uuid ?? user;
  const scope = scopes.join(' ');
  const resource = resourceOf(url);
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(resource, scope);
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const authTime = Math.floor(since / 1000);
  return { provider, client, accountId, grantId, scope, resource, authTime };
}

function issueCode(
  { redirectUri, codeChallenge, nonce }: AuthorizationRequest,
  { provider, client, accountId, grantId, scope, resource, authTime }: ClientGrant,
): Promise<string> {
  const code = new provider.AuthorizationCode({
    client,
    accountId,
    grantId,
    scope,
    authTime,
    gty: 'authorization_code',
    redirectUri,
    resource,
  });
  if (codeChallenge !== null) {
    code.codeChallenge = codeChallenge;
    code.codeChallengeMethod = 'S256';
  }
  if (nonce !== null) code.nonce = nonce;
  return code.save();
}

async function issueIdToken(
  { application, clientId, scopes, nonce }: AuthorizationRequest,
  { provider, client, grantId, authTime }: ClientGrant,
  user: string,
  { directory, accessTokens }: OAuthWorld,
): Promise<string> {
  const token = new provider.IdToken({}, { client });
  // `jti` distinguishes tokens of the same second.
  const claims = { ...personClaims(user, directory), auth_time: authTime, jti: randomUUID() };
  for (const [name, value] of Object.entries(claims)) token.set(name, value);
  if (nonce !== null) token.set('nonce', nonce);
  const issued = await token.issue({ use: 'idtoken' });
  const access = { user, apis: apisOf(application, scopes), grantId, application, clientId };
  accessTokens.remember(issued, access, application.accessTokenSeconds);
  return issued;
}
