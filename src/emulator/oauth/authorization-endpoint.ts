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
import { refusal, unknownBounce, userNotAllowed } from './errors.ts';
import { apisAsResource, issuerOf, type OAuthWorld, personClaims, resourceOf } from './provider.ts';

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
  const asked = readAuthorizationRequest(bounce?.appId ?? appId, bounce?.parameters ?? parameters, world);
  const wait = (): string => known ?? bounces.keep(appId, parameters);
  const refuse = (error: string, words: string): RedirectedRefusal =>
    new RedirectedRefusal(refusal(error, words), asked);
  const who = currentUser(request, asked, bounce?.since ?? null, world);
  const { application, clientId, scopes, prompt } = asked;
  if (who === null) {
    if (prompt.includes('none')) throw refuse('login_required', 'the user is not authenticated');
    // The sign-in page returns to the request.
    const back = `Oauth2/Authorize/${encodeURIComponent(appId)}?bounce=${wait()}`;
    return `/login?cloudRedirect=${encodeURIComponent(back)}`;
  }
  if (!application.permits(who.user)) throw new RedirectedRefusal(userNotAllowed(), asked);
  const asks = application.confirms && who.by === 'browser' && !world.autoApprove;
  if (asks && !consents.covers({ user: who.user, application, clientId }, scopes)) {
    if (prompt.includes('none')) throw refuse('consent_required', 'the user must confirm the request');
    return `/OAuth2/Confirm/${encodeURIComponent(appId)}?bounce=${wait()}`;
  }
  if (known !== null) bounces.forget(known);
  return complete(asked, who, scopes, world);
}

/** The client's address with everything that it requested. */
export async function complete(
  request: AuthorizationRequest,
  who: Pick<SignedIn, 'user' | 'authTime'>,
  scopes: readonly string[],
  world: OAuthWorld,
): Promise<string> {
  const issued = await issue(request, who, scopes, world);
  return successLocation(request, issued, namedIssuer(request.application, world));
}

/** The client's address with an error, without the state. */
export function refusedAddress({ redirectUri, body, application }: RedirectedRefusal, world: World): string {
  return withParameters(redirectUri, '?', { ...body, iss: namedIssuer(application, world) });
}

/** The user of the request. A session older than a request for a new sign-in (`prompt=login`) is ignored. */
function currentUser(
  request: Asked['request'],
  { prompt, loginHint }: AuthorizationRequest,
  since: number | null,
  { accessTokens, directory, autoApprove, now }: World,
): Pick<SignedIn, 'user' | 'authTime' | 'by'> | null {
  const who = signedIn(request, accessTokens);
  if (who?.by === 'token') return who;
  // If no user has the hint's name, the page has to ask.
  const approved = autoApprove ? directory.findPerson(loginHint ?? administrator.user) : null;
  if (approved !== null)
    return { user: approved.user, authTime: Math.floor(now().getTime() / 1000), by: 'browser' };
  const isNewEnough = !prompt.includes('login') || (since !== null && who !== null && who.since >= since);
  return isNewEnough ? who : null;
}

function namedIssuer(application: Application | null, { url, assumptions }: World): string | null {
  const isNamed = application !== null && assumptions['authorization-iss'] === 'present';
  return isNamed ? issuerOf(url, application) : null;
}

/** Everything issued for an authorization request; `expires_in` in seconds. */
type Issued = Readonly<
  Partial<Record<'code' | 'id_token' | 'access_token' | 'token_type' | 'scope', string>> & {
    expires_in?: number;
  }
>;

/**
 * The client's address with everything that was issued: in the query for a code alone, else in the fragment. A code comes
 * with the response type, in the order and spelling of the vendor's examples.
 * @param iss null: the answer does not name the issuer (RFC 9207)
 */
export function successLocation(
  { redirectUri, responseType, state }: Pick<AuthorizationRequest, 'redirectUri' | 'responseType' | 'state'>,
  issued: Issued,
  iss: string | null,
): string {
  const named = issued.code === undefined ? null : responseType.join(', ');
  const isCodeAlone = Object.keys(issued).join() === 'code';
  return withParameters(redirectUri, isCodeAlone ? '?' : '#', { state, responseType: named, ...issued, iss });
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

/**
 * Issues what a request asks for and the user approved: a code (RFC 6749 §4.1.2), an access token (§4.2.2), an ID token
 * (OpenID Connect Core §3.2, §3.3).
 */
async function issue(
  { application, responseType, clientId, redirectUri, codeChallenge, nonce }: AuthorizationRequest,
  { user, authTime }: Pick<SignedIn, 'user' | 'authTime'>,
  scopes: readonly string[],
  { url, directory, providers, accessTokens, assumptions }: OAuthWorld,
): Promise<Issued> {
  const provider = providers.of(application);
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new Error('the library does not know the client of the request');
  const accountId = directory.findUser(user)?.uuid ?? user;
  const scope = scopes.join(' ');
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(resourceOf(url), scope);
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const common = { client, accountId, grantId, scope };
  const asks = (word: string): boolean => responseType.some((asked) => asked === word);
  const expires_in = application.accessTokenSeconds;
  const remember = (token: string): void => {
    const access = { user, scopes, apis: apisOf(application, scopes), grantId, application };
    accessTokens.remember(token, { ...access, clientId, authTime }, expires_in);
  };

  let issued: Issued = {};
  if (asks('code')) {
    const code = new provider.AuthorizationCode({
      ...{ ...common, gty: 'authorization_code', redirectUri, resource: resourceOf(url), authTime },
      ...(codeChallenge === null ? {} : { codeChallenge, codeChallengeMethod: 'S256' }),
      ...(nonce === null ? {} : { nonce }),
    });
    issued = { code: await code.save() };
  }
  let access: Issued = {};
  if (asks('token')) {
    const token = new provider.AccessToken({ ...common, gty: 'implicit' });
    const resource = apisAsResource(application, clientId, assumptions['access-token']);
    token.resourceServer = new provider.ResourceServer(resourceOf(url), resource);
    access = { access_token: await token.save(), token_type: 'Bearer', expires_in, scope };
  }
  if (asks('id_token')) {
    const token = new provider.IdToken({}, { client });
    const claims = {
      ...personClaims(user, directory),
      // With hashes of the other issued tokens (OpenID Connect Core §3.3.2.11).
      ...{
        auth_time: authTime,
        nonce: nonce ?? undefined,
        c_hash: issued.code,
        at_hash: access.access_token,
      },
      // Distinguishes tokens of the same second.
      jti: randomUUID(),
    };
    for (const [name, value] of Object.entries(claims)) if (value !== undefined) token.set(name, value);
    issued = { ...issued, id_token: await token.issue({ use: 'idtoken' }) };
  }
  for (const token of [access.access_token, issued.id_token]) if (token !== undefined) remember(token);
  return { ...issued, ...access };
}
