import { randomUUID } from 'node:crypto';
import { type SignedIn, signedIn } from '../access-tokens.ts';
import { type Application, apisOf } from '../applications.ts';
import { sendMoved } from '../http.ts';
import { administrator } from '../people.ts';
import type { World } from '../world.ts';
import {
  type Asked,
  type AuthorizationRequest,
  RedirectedRefusal,
  readAuthorizationRequest,
} from './authorization-request.ts';
import { unknownBounce, userNotAllowed } from './errors.ts';
import { issuerOf, type OAuthWorld, personClaims, resourceOf } from './provider.ts';

/** Sends the browser to its next address. @throws {OAuthRefusal} shown in the browser instead */
export async function answerAuthorization(asked: Asked, world: OAuthWorld): Promise<void> {
  sendMoved(asked.response, await authorize(asked, await asked.parameters(), world));
}

async function authorize(
  { appId, request }: Asked,
  parameters: URLSearchParams,
  world: OAuthWorld,
): Promise<string> {
  const { bounces, consents } = world;
  const known = parameters.get('bounce');
  const bounce = known === null ? null : bounces.find(known);
  if (known !== null && bounce === null) throw unknownBounce(known);
  const asked = readAuthorizationRequest(
    bounce?.appId ?? appId,
    bounce?.parameters ?? parameters,
    world,
  );
  const wait = (): string => known ?? bounces.keep(appId, parameters);
  const who = currentUser(request, asked, bounce?.since ?? null, world);
  const { application, clientId, scopes } = asked;
  if (who === null) {
    // The sign-in page returns to the request.
    const back = `Oauth2/Authorize/${encodeURIComponent(appId)}?bounce=${wait()}`;
    return `/login?cloudRedirect=${encodeURIComponent(back)}`;
  }
  if (!application.permits(who.user)) throw new RedirectedRefusal(userNotAllowed(), asked);
  const asks = application.confirms && who.by === 'browser' && !world.autoApprove;
  if (asks && !consents.covers({ user: who.user, application, clientId }, scopes))
    return `/OAuth2/Confirm/${encodeURIComponent(appId)}?bounce=${wait()}`;
  if (known !== null) bounces.forget(known);
  return complete(asked, who, world);
}

/** The client's address with everything that it requested. */
export async function complete(
  request: AuthorizationRequest,
  who: Pick<SignedIn, 'user' | 'since'>,
  world: OAuthWorld,
): Promise<string> {
  const issued = await issue(request, who, world);
  return successLocation(request, issued, namedIssuer(request.application, world));
}

/** The client's address with an error, without the state. */
export function refusedAddress({ to, body }: RedirectedRefusal, world: World): string {
  return withParameters(to.redirectUri, '?', { ...body, iss: namedIssuer(to.application, world) });
}

/** The user of the request. A session older than a request for a new sign-in (`prompt=login`) is ignored. */
function currentUser(
  request: Asked['request'],
  { wantsSignIn, loginHint }: AuthorizationRequest,
  since: number | null,
  { accessTokens, directory, autoApprove, now }: World,
): Pick<SignedIn, 'user' | 'since' | 'by'> | null {
  const who = signedIn(request, accessTokens);
  if (who?.by === 'token') return who;
  // If no user has the hint's name, the page has to ask.
  const approved = autoApprove ? directory.findPerson(loginHint ?? administrator.user) : null;
  if (approved !== null) return { user: approved.user, since: now().getTime(), by: 'browser' };
  const isNewEnough = !wantsSignIn || (since !== null && who !== null && who.since >= since);
  return isNewEnough ? who : null;
}

function namedIssuer(application: Application | null, { url, assumptions }: World): string | null {
  const isNamed = application !== null && assumptions['authorization-iss'] === 'present';
  return isNamed ? issuerOf(url, application) : null;
}

/** The client's address with a code in the query, or an ID token in the fragment. @param iss RFC 9207; null: not named */
export function successLocation(
  {
    redirectUri,
    responseType,
    state,
  }: Pick<AuthorizationRequest, 'redirectUri' | 'responseType' | 'state'>,
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
  {
    application,
    responseType,
    clientId,
    redirectUri,
    scopes,
    codeChallenge,
    nonce,
  }: AuthorizationRequest,
  { user, since }: Pick<SignedIn, 'user' | 'since'>,
  { url, directory, providers, accessTokens }: OAuthWorld,
): Promise<string> {
  const provider = providers.of(application);
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new Error('the library does not know the client of the request');
  const accountId = directory.findUser(user)?.uuid ?? user;
  const scope = scopes.join(' ');
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(resourceOf(url), scope);
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const authTime = Math.floor(since / 1000);
  if (responseType === 'code') {
    const code = new provider.AuthorizationCode({
      ...{ client, accountId, grantId, scope, authTime },
      ...{ gty: 'authorization_code', redirectUri, resource: resourceOf(url) },
      ...(codeChallenge === null ? {} : { codeChallenge, codeChallengeMethod: 'S256' }),
      ...(nonce === null ? {} : { nonce }),
    });
    return code.save();
  }
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
