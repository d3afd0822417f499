import { beginSession, endSession, signedIn } from '../access-tokens.ts';
import { isOwnPage, type Route, readBody, route, sendMoved, sendPage } from '../http.ts';
import { consentPage, errorPage, portalPage, signInPage } from '../pages.ts';
import { complete, refusedAddress } from './authorization-endpoint.ts';
import { type Asked, RedirectedRefusal, readAuthorizationRequest } from './authorization-request.ts';
import { refusal, strangersForm, unauthorized, unknownBounce, userDenied, userNotAllowed } from './errors.ts';
import type { OAuthWorld } from './provider.ts';

const noCookies = 'The password was right, but this browser keeps no cookies of this address: allow them.';

/** Where people end up without another destination. */
const portalPath = '/my';

/** Where a person signs in and, without another destination, stays. */
export function signInRoutes(world: OAuthWorld): readonly Route[] {
  const { directory, accessTokens, bounces } = world;
  const bounceOf = (target: string) => {
    const id = new URL(target, 'http://tenant').searchParams.get('bounce') ?? '';
    return { id, bounce: bounces.find(id) };
  };
  /** Whether the sign-in page itself led here: somebody has signed in there, and the browser does not know it any more. */
  const hasLostSession = (request: Asked['request']): boolean => {
    const { referer = '', host } = request.headers;
    return referer.startsWith(`http://${host}/login`) && signedIn(request, accessTokens) === null;
  };
  /** Ends the authorization for which the person was to sign in. */
  const deny = (target: string): string => {
    const { id, bounce } = bounceOf(target);
    if (bounce === null) return portalPath;
    bounces.forget(id);
    const redirectUri = bounce.parameters.get('redirect_uri') ?? '';
    const application = world.applications.find(bounce.appId);
    return refusedAddress(new RedirectedRefusal(userDenied(), { redirectUri, application }), world);
  };
  return [
    route('GET', '/login', (request, response) => {
      const hint = bounceOf(returnTarget(request.url)).bounce?.parameters.get('login_hint');
      sendPage(response, 200, signInPage(hint ?? '', hasLostSession(request) ? noCookies : null));
    }),
    route('POST', '/login', async (request, response) => {
      // A page of another origin would sign this browser in as whom it likes.
      if (!isOwnPage(request)) {
        const page = errorPage('This form came from a page of another origin', 'Nobody was signed in.');
        return sendPage(response, 403, page);
      }
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
}

/** The path in `cloudRedirect`, on this tenant only. */
function returnTarget(address = ''): string {
  const wanted = new URL(address, 'http://tenant').searchParams.get('cloudRedirect');
  if (wanted === null) return portalPath;
  const { pathname, search } = new URL(`http://tenant/${wanted.replace(/^[/\\]+/, '')}`);
  return pathname.replace(/^\/+/, '/') + search;
}

/** Shows the person what the client requests. */
export async function showConsent(asked: Asked, world: OAuthWorld): Promise<void> {
  const { who, authorization } = await waitingFor(asked, world);
  sendPage(asked.response, 200, consentPage(who.user, authorization.clientId, authorization.scopes));
}

/** Takes the person's decision: `result` 1 approves, anything else denies; `scopes` and `deniedScopes` may limit it. */
export async function decideConsent(asked: Asked, world: OAuthWorld): Promise<void> {
  // Browsers also send the person's session with what a page of another port sends.
  if (!isOwnPage(asked.request)) throw strangersForm();
  const { id, who, authorization, parameters } = await waitingFor(asked, world);
  world.bounces.forget(id);
  const list = (name: string): readonly string[] => parameters.get(name)?.split(',').filter(Boolean) ?? [];
  const [approved, denied] = [list('scopes'), list('deniedScopes')];
  const scopes = authorization.scopes.filter(
    (scope) =>
      parameters.get('result') === '1' &&
      (approved.length === 0 || approved.includes(scope)) &&
      !denied.includes(scope),
  );
  const { application, clientId } = authorization;
  if (scopes.length === 0) throw new RedirectedRefusal(userDenied(), authorization);
  if (!application.permits(who.user)) throw new RedirectedRefusal(userNotAllowed(), authorization);
  world.consents.add({ user: who.user, application, clientId }, scopes);
  sendMoved(asked.response, await complete(authorization, who, scopes, world));
}

/** The request waiting for this person. @throws {OAuthRefusal} */
async function waitingFor(asked: Asked, world: OAuthWorld) {
  const parameters = await asked.parameters();
  const who = signedIn(asked.request, world.accessTokens);
  if (who === null) throw unauthorized();
  const id = parameters.get('bounce');
  const noText = 'String reference not set to an instance of a String.\r\nParameter name: s';
  if (id === null) throw refusal('500', noText, 500);
  const bounce = world.bounces.find(id);
  if (bounce === null) throw unknownBounce(id);
  return {
    id,
    who,
    authorization: readAuthorizationRequest(bounce.appId, bounce.parameters, world),
    parameters,
  };
}

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
  if (!meant.some(({ logoutUris }) => logoutUris.includes(target)))
    return sendMoved(asked.response, portalPath);
  const state = parameters.get('state');
  const more = state === null ? '' : `${target.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;
  sendMoved(asked.response, target + more);
}
