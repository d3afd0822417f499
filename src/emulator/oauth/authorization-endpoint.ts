import { randomUUID } from 'node:crypto';
import { type SignedIn, signedIn } from '../access-tokens.ts';
import { type Application, apisOf } from '../applications.ts';
import { sendMoved } from '../http.ts';
import { administrator } from '../people.ts';
import type { World } from '../world.ts';
import type { Asked } from './authorization-request.ts';
import {
  type AuthorizationRequest,
  RedirectedRefusal,
  readAuthorizationRequest,
} from './authorization-request.ts';
import { OAuthRefusal, unknownBounce, userNotAllowed } from './errors.ts';
import { apisAsResource, issuerOf, type OAuthWorld, personClaims, resourceOf } from './provider.ts';

/** Sends the browser where it goes after an authorization request. @throws {OAuthRefusal} shown in the browser instead */
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
    new RedirectedRefusal(new OAuthRefusal(error, words), asked);
  const who = currentUser(request, asked, bounce?.since ?? null, world);
  const { application, clientId, scopes, prompt } = asked;
  if (who === null) {
    if (prompt.includes('none')) throw refuse('login_required', 'the user is not authenticated');
    return loginAddress(appId, wait());
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

/** The client's address with what it asked for. */
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

/** The user who asks: a session older than a request for a new one (`prompt=login`) does not count. */
function currentUser(
  request: Asked['request'],
  { prompt, loginHint }: AuthorizationRequest,
  since: number | null,
  { accessTokens, directory, autoApprove, now }: World,
): Pick<SignedIn, 'user' | 'authTime' | 'by'> | null {
  const who = signedIn(request, accessTokens);
  if (who?.by === 'token') return who;
  // If nobody has the hint's name, the page has to ask.
  const approved = autoApprove ? directory.findPerson(loginHint ?? administrator.user) : null;
  if (approved !== null)
    return { user: approved.user, authTime: Math.floor(now().getTime() / 1000), by: 'browser' };
  const isNewEnough = !prompt.includes('login') || (since !== null && who !== null && who.since >= since);
  return isNewEnough ? who : null;
}

/** The sign-in page, which returns to the request. */
function loginAddress(appId: string, bounce: string): string {
  const back = `Oauth2/Authorize/${encodeURIComponent(appId)}?bounce=${bounce}`;
  return `/login?cloudRedirect=${encodeURIComponent(back)}`;
}

function namedIssuer(application: Application | null, { url, assumptions }: World): string | null {
  return application === null || assumptions['authorization-iss'] === 'absent'
    ? null
    : issuerOf(url, application);
}

/** What an authorization request yields, by the words of its response type; `expires_in` in seconds. */
type Issued = Readonly<
  Partial<Record<'code' | 'id_token' | 'access_token' | 'token_type' | 'scope', string>> & {
    expires_in?: number;
  }
>;

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
 * Issues what a request asks for that a user agreed to: a code (RFC 6749 §4.1.2), an access token (§4.2.2), an ID token
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
  if (client === undefined) throw new Error('a client of the request is none of the library');
  const accountId = directory.findUser(user)?.uuid ?? user;
  const scope = scopes.join(' ');
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(resourceOf(url), scope);
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const common = { client, accountId, grantId, scope };
  const asks = (word: string): boolean => responseType.some((asked) => asked === word);

  const issueCode = () =>
    new provider.AuthorizationCode({
      ...{ ...common, gty: 'authorization_code', redirectUri, resource: resourceOf(url), authTime },
      ...(codeChallenge === null ? {} : { codeChallenge, codeChallengeMethod: 'S256' }),
      ...(nonce === null ? {} : { nonce }),
    }).save();
  const issueAccessToken = () => {
    const token = new provider.AccessToken({ ...common, gty: 'implicit' });
    const resource = apisAsResource(application, clientId, assumptions['access-token']);
    token.resourceServer = new provider.ResourceServer(resourceOf(url), resource);
    return token.save();
  };
  /** With hashes of what is issued along with it (OpenID Connect Core §3.3.2.11). */
  const issueIdToken = () => {
    const token = new provider.IdToken({}, { client });
    const claims = {
      ...personClaims(user, directory),
      ...{ auth_time: authTime, nonce: nonce ?? undefined, c_hash: code, at_hash: accessToken },
      // Two within the same second are two tokens.
      jti: randomUUID(),
    };
    for (const [name, value] of Object.entries(claims)) if (value !== undefined) token.set(name, value);
    return token.issue({ use: 'idtoken' });
  };

  const code = asks('code') ? await issueCode() : undefined;
  const accessToken = asks('token') ? await issueAccessToken() : undefined;
  const idToken = asks('id_token') ? await issueIdToken() : undefined;
  const access = {
    user,
    scopes,
    apis: apisOf(application, scopes),
    grantId,
    application,
    clientId,
    authTime,
  };
  const expires_in = application.accessTokenSeconds;
  for (const issued of [accessToken, idToken])
    if (issued !== undefined) accessTokens.remember(issued, access, expires_in);
  return {
    ...(code === undefined ? {} : { code }),
    ...(idToken === undefined ? {} : { id_token: idToken }),
    ...(accessToken === undefined
      ? {}
      : { access_token: accessToken, token_type: 'Bearer', expires_in, scope }),
  };
}
