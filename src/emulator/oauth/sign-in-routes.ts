import { beginSession, endSession, signedIn } from '../access-tokens.ts';
import { isOwnPage, type Route, readBody, route, sendMoved, sendPage } from '../http.ts';
import { consentPage, errorPage, portalPage, signInPage } from '../pages.ts';
import { complete, refusedAddress } from './authorization-endpoint.ts';
import { type Asked, RedirectedRefusal, readAuthorizationRequest } from './authorization-request.ts';
import {
  OAuthRefusal,
  sendUnauthorized,
  strangersForm,
  unknownBounce,
  userDenied,
  userNotAllowed,
} from './errors.ts';
import type { OAuthWorld } from './provider.ts';
import type { Bounce } from './remembered.ts';

const strangersPage = (): string =>
  errorPage('This form came from a page of another origin', 'Nobody was signed in.');
const noCookies = 'The password was right, but this browser keeps no cookies of this address: allow them.';

/** Where a person signs in and, without another destination, stays. */
export function signInRoutes(world: OAuthWorld): readonly Route[] {
  const { directory, accessTokens, bounces } = world;
  return [
    route('GET', '/login', (request, response) => {
      const hint = bounceOf(returnTarget(request.url), bounces)?.bounce.parameters.get('login_hint');
      sendPage(response, 200, signInPage(hint ?? '', hasLostSession(request) ? noCookies : null));
    }),
    route('POST', '/login', async (request, response) => {
      // A page of another origin would sign this browser in as whom it likes.
      if (!isOwnPage(request)) return sendPage(response, 403, strangersPage());
      const form = new URLSearchParams(await readBody(request));
      const target = returnTarget(request.url);
      if (form.get('action') === 'deny') return sendMoved(response, deny(target));
      const [name, password] = [form.get('user') ?? '', form.get('password') ?? ''];
      const person = directory.signIn(name, password);
      if (person === null)
        return sendPage(response, 200, signInPage(name, 'Authentication (login or challenge) has failed.'));
      beginSession(response, person.user, accessTokens);
      sendMoved(response, target);
    }),
    route('GET', portalPath, (request, response) =>
      sendPage(response, 200, portalPage(signedIn(request, accessTokens)?.user ?? null)),
    ),
  ];

  /** Whether the sign-in page itself led here: somebody has signed in there, and the browser does not know it any more. */
  function hasLostSession(request: Asked['request']): boolean {
    const { referer = '', host } = request.headers;
    return referer.startsWith(`http://${host}/login`) && signedIn(request, accessTokens) === null;
  }

  /** Ends the authorization for which the person was to sign in. */
  function deny(target: string): string {
    const found = bounceOf(target, bounces);
    if (found === null) return portalPath;
    bounces.forget(found.id);
    const { appId, parameters } = found.bounce;
    const redirectUri = parameters.get('redirect_uri') ?? '';
    const application = world.applications.find(appId);
    return refusedAddress(new RedirectedRefusal(userDenied(), { redirectUri, application }), world);
  }
}

/** The path in `cloudRedirect`, on this tenant only. */
function returnTarget(address = ''): string {
  const wanted = new URL(address, 'http://tenant').searchParams.get('cloudRedirect');
  if (wanted === null) return portalPath;
  const { pathname, search } = new URL(`http://tenant/${wanted.replace(/^[/\\]+/, '')}`);
  return pathname.replace(/^\/+/, '/') + search;
}

function bounceOf(target: string, bounces: OAuthWorld['bounces']): { id: string; bounce: Bounce } | null {
  const id = new URL(target, 'http://tenant').searchParams.get('bounce') ?? '';
  const bounce = bounces.find(id);
  return bounce === null ? null : { id, bounce };
}

/** Shows the person what the client requests. */
export async function showConsent(asked: Asked, world: OAuthWorld): Promise<void> {
  const waiting = await waitingFor(asked, world);
  if (waiting === null) return;
  const { clientId, scopes } = waiting.authorization;
  sendPage(asked.response, 200, consentPage(waiting.who.user, clientId, scopes));
}

/** Takes the person's decision: `result` 1 approves, anything else denies; `scopes` and `deniedScopes` may limit it. */
export async function decideConsent(asked: Asked, world: OAuthWorld): Promise<void> {
  // Browsers also send the person's session with what a page of another port sends.
  if (!isOwnPage(asked.request)) throw strangersForm();
  const waiting = await waitingFor(asked, world);
  if (waiting === null) return;
  const { id, who, authorization, parameters } = waiting;
  world.bounces.forget(id);
  const scopes = grantedScopes(authorization.scopes, parameters);
  const { application, clientId } = authorization;
  if (scopes.length === 0) throw new RedirectedRefusal(userDenied(), authorization);
  if (!application.permits(who.user)) throw new RedirectedRefusal(userNotAllowed(), authorization);
  world.consents.add({ user: who.user, application, clientId }, scopes);
  sendMoved(asked.response, await complete(authorization, who, scopes, world));
}

/** The request waiting for this person; null: the answer that nobody is signed in has been sent. @throws {OAuthRefusal} */
async function waitingFor({ request, response, ...asked }: Asked, world: OAuthWorld) {
  const parameters = await asked.parameters();
  const who = signedIn(request, world.accessTokens);
  if (who === null) {
    sendUnauthorized(request, response);
    return null;
  }
  const id = parameters.get('bounce');
  const noText = 'String reference not set to an instance of a String.\r\nParameter name: s';
  if (id === null) throw new OAuthRefusal('500', noText, 500);
  const bounce = world.bounces.find(id);
  if (bounce === null) throw unknownBounce(id);
  const authorization = readAuthorizationRequest(bounce.appId, bounce.parameters, world);
  return { id, who, authorization, parameters };
}

function grantedScopes(asked: readonly string[], parameters: URLSearchParams): readonly string[] {
  if (parameters.get('result') !== '1') return [];
  const list = (name: string): readonly string[] => parameters.get(name)?.split(',').filter(Boolean) ?? [];
  const [approved, denied] = [list('scopes'), list('deniedScopes')];
  return asked.filter(
    (scope) => (approved.length === 0 || approved.includes(scope)) && !denied.includes(scope),
  );
}

/** Where people end up without another destination. */
const portalPath = '/my';

/**
 * Signs a browser out (OpenID Connect RP-Initiated Logout §2) and redirects it to the requested address, if it is
 * registered with the application, or with any if none is named; otherwise to the portal.
 */
export async function answerEndSession(
  asked: Asked,
  { applications, accessTokens }: OAuthWorld,
): Promise<void> {
  const parameters = await asked.parameters();
  endSession(asked, accessTokens);
  const target = parameters.get('post_logout_redirect_uri') ?? '';
  const meant = asked.application === null ? applications.all() : [asked.application];
  const isRegistered = meant.some(({ logoutUris }) => logoutUris.includes(target));
  sendMoved(asked.response, isRegistered ? withState(target, parameters.get('state')) : portalPath);
}

function withState(uri: string, state: string | null): string {
  return state === null ? uri : `${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;
}
