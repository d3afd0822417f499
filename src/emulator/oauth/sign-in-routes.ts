import { beginSession, signedIn } from '../access-tokens.ts';
import { isOwnPage, type Route, readBody, route, sendMoved, sendPage } from '../http.ts';
import { consentPage, errorPage, portalPage, signInPage } from '../pages.ts';
import { complete, refusedAddress } from './authorization-endpoint.ts';
import {
  type Asked,
  RedirectedRefusal,
  readAuthorizationRequest,
} from './authorization-request.ts';
import { refusal, unauthorized, unknownBounce, userDenied, userNotAllowed } from './errors.ts';
import type { OAuthWorld } from './provider.ts';

const portalPath = '/my';

/** The sign-in page and the portal. */
export function signInRoutes(world: OAuthWorld): readonly Route[] {
  const { directory, accessTokens, bounces } = world;
  const bounceOf = (target: string) => {
    const id = new URL(target, 'http://tenant').searchParams.get('bounce') ?? '';
    return { id, bounce: bounces.find(id) };
  };
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
      sendPage(response, 200, signInPage(hint ?? ''));
    }),
    route('POST', '/login', async (request, response) => {
      // A page of another origin could sign this browser in as any user.
      if (!isOwnPage(request)) {
        const page = errorPage(
          'This form came from a page of another origin',
          'You were not signed in.',
        );
        return sendPage(response, 403, page);
      }
      const form = new URLSearchParams(await readBody(request));
      const target = returnTarget(request.url);
      if (form.get('action') === 'deny') return sendMoved(response, deny(target));
      const [name, password] = [form.get('user') ?? '', form.get('password') ?? ''];
      const person = directory.signIn(name, password);
      if (person === null)
        return sendPage(
          response,
          200,
          signInPage(name, 'Authentication (login or challenge) has failed.'),
        );
      beginSession(response, person.user, accessTokens);
      sendMoved(response, target);
    }),
    route('GET', portalPath, (request, response) =>
      sendPage(response, 200, portalPage(signedIn(request, accessTokens)?.user ?? null)),
    ),
  ];
}

/** The path in `cloudRedirect`, at this tenant only. */
function returnTarget(address = ''): string {
  const wanted = new URL(address, 'http://tenant').searchParams.get('cloudRedirect');
  if (wanted === null) return portalPath;
  const { pathname, search } = new URL(`http://tenant/${wanted.replace(/^[/\\]+/, '')}`);
  return pathname.replace(/^\/+/, '/') + search;
}

/** Shows the request to the user. */
export async function showConsent(asked: Asked, world: OAuthWorld): Promise<void> {
  const { who, authorization } = await waitingFor(asked, world);
  sendPage(
    asked.response,
    200,
    consentPage(who.user, authorization.clientId, authorization.scopes),
  );
}

/** Takes the user's decision: `result` 1 approves, anything else denies. */
export async function decideConsent(asked: Asked, world: OAuthWorld): Promise<void> {
  // Browsers also send the session's cookie with requests from a page of another port.
  if (!isOwnPage(asked.request))
    throw refusal('access_denied', 'the form was sent by a page of another origin', 403);
  const { id, who, authorization, parameters } = await waitingFor(asked, world);
  world.bounces.forget(id);
  const { application, clientId, scopes } = authorization;
  if (parameters.get('result') !== '1') throw new RedirectedRefusal(userDenied(), authorization);
  if (!application.permits(who.user)) throw new RedirectedRefusal(userNotAllowed(), authorization);
  world.consents.add({ user: who.user, application, clientId }, scopes);
  sendMoved(asked.response, await complete(authorization, who, world));
}

async function waitingFor(asked: Asked, world: OAuthWorld) {
  const parameters = await asked.parameters();
  const who = signedIn(asked.request, world.accessTokens);
  if (who === null) throw unauthorized();
  const id = parameters.get('bounce') ?? '';
  const bounce = world.bounces.find(id);
  if (bounce === null) throw unknownBounce(id);
  return {
    id,
    who,
    authorization: readAuthorizationRequest(bounce.appId, bounce.parameters, world),
    parameters,
  };
}
