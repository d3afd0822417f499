import type { IncomingMessage, ServerResponse } from 'node:http';
import { beginSession, type SignedIn, signedIn } from '../access-tokens.ts';
import { isOwnPage, type Route, readBody, route, sendMoved, sendPage } from '../http.ts';
import { consentPage, errorPage, portalPage, signInPage } from '../pages.ts';
import { complete, refusedAddress } from './authorization-endpoint.ts';
import {
  type AuthorizationRequest,
  type OAuthCall,
  RedirectedRefusal,
  readAuthorizationRequest,
} from './authorization-request.ts';
import type { Bounce } from './bounces.ts';
import { refusal, unauthorized, unknownBounce, userDenied, userNotAllowed } from './errors.ts';
import type { OAuthWorld } from './provider.ts';

const portalPath = '/my';

/** The sign-in page and the portal. */
export function signInRoutes(world: OAuthWorld): readonly Route[] {
  return [
    route('GET', '/login', (request, response) => {
      const { bounce } = bounceOf(returnTarget(request.url), world);
      const hint = bounce?.parameters.get('login_hint') ?? '';
      sendPage(response, 200, signInPage(hint));
    }),
    route('POST', '/login', (request, response) => answerForm(request, response, world)),
    route('GET', portalPath, (request, response) => {
      const user = signedIn(request, world.accessTokens)?.user ?? null;
      sendPage(response, 200, portalPage(user));
    }),
  ];
}

async function answerForm(
  request: IncomingMessage,
  response: ServerResponse,
  world: OAuthWorld,
): Promise<void> {
  // A page of another origin could sign this browser in as any user.
  if (!isOwnPage(request)) {
    const heading = 'This form came from a page of another origin';
    return sendPage(response, 403, errorPage(heading, 'You were not signed in.'));
  }
  const form = new URLSearchParams(await readBody(request));
  const target = returnTarget(request.url);
  if (form.get('action') === 'deny') return sendMoved(response, deny(target, world));
  const name = form.get('user') ?? '';
  const person = world.directory.signIn(name, form.get('password') ?? '');
  if (person === null) {
    const failure = 'Authentication (login or challenge) has failed.';
    return sendPage(response, 200, signInPage(name, failure));
  }
  beginSession(response, person.user, world.accessTokens);
  sendMoved(response, target);
}

/** Ends the waiting request, and returns the client's address with the refusal. */
function deny(target: string, world: OAuthWorld): string {
  const { id, bounce } = bounceOf(target, world);
  if (bounce === null) return portalPath;
  world.bounces.forget(id);
  const redirectUri = bounce.parameters.get('redirect_uri') ?? '';
  const application = world.applications.find(bounce.appId);
  return refusedAddress(new RedirectedRefusal(userDenied(), { redirectUri, application }), world);
}

interface FoundBounce {
  readonly id: string;
  /** Null: unknown or expired. */
  readonly bounce: Bounce | null;
}

function bounceOf(target: string, { bounces }: OAuthWorld): FoundBounce {
  const id = new URL(target, 'http://tenant').searchParams.get('bounce') ?? '';
  return { id, bounce: bounces.find(id) };
}

/** The path in `cloudRedirect`, at this tenant only. */
function returnTarget(address = ''): string {
  const wanted = new URL(address, 'http://tenant').searchParams.get('cloudRedirect');
  if (wanted === null) return portalPath;
  const { pathname, search } = new URL(`http://tenant/${wanted.replace(/^[/\\]+/, '')}`);
  return pathname.replace(/^\/+/, '/') + search;
}

/** Shows the request to the user. */
export async function showConsent(call: OAuthCall, world: OAuthWorld): Promise<void> {
  const { signIn, authorization } = readWaiting(call, await call.parameters(), world);
  const { clientId, scopes } = authorization;
  sendPage(call.response, 200, consentPage(signIn.user, clientId, scopes));
}

/** Carries out the user's decision: `result` 1 approves, anything else denies. */
export async function decideConsent(call: OAuthCall, world: OAuthWorld): Promise<void> {
  // Browsers also send the session's cookie with requests from a page of another port.
  if (!isOwnPage(call.request))
    throw refusal('access_denied', 'the form was sent by a page of another origin', 403);
  const parameters = await call.parameters();
  const { id, signIn, authorization } = readWaiting(call, parameters, world);
  const { user } = signIn;
  const { application, clientId, scopes } = authorization;
  world.bounces.forget(id);
  if (parameters.get('result') !== '1') throw new RedirectedRefusal(userDenied(), authorization);
  if (!application.permits(user)) throw new RedirectedRefusal(userNotAllowed(), authorization);
  world.consents.add({ user, application, clientId }, scopes);
  sendMoved(call.response, await complete(authorization, signIn, world));
}

/** A request that waits for the decision of a user who is signed in. */
interface WaitingConsent {
  readonly id: string;
  readonly signIn: SignedIn;
  readonly authorization: AuthorizationRequest;
}

/** @throws {OAuthRefusal} nobody is signed in, or no such request waits */
function readWaiting(
  call: OAuthCall,
  parameters: URLSearchParams,
  world: OAuthWorld,
): WaitingConsent {
  const signIn = signedIn(call.request, world.accessTokens);
  if (signIn === null) throw unauthorized();
  const id = parameters.get('bounce') ?? '';
  const bounce = world.bounces.find(id);
  if (bounce === null) throw unknownBounce(id);
  const authorization = readAuthorizationRequest(bounce.appId, bounce.parameters, world);
  return { id, signIn, authorization };
}
