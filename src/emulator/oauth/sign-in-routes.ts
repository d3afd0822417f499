import type { IncomingMessage } from 'node:http';
import { readBody, sendPage } from '../http-messages.ts';
import { isOwnPage } from '../own-page.ts';
import { errorPage, portalPage, signInPage } from '../pages.ts';
import type { Route } from '../route.ts';
import { type AuthorizationParts, refusedAddress } from './authorization-endpoint.ts';
import { RedirectedRefusal } from './authorization-request.ts';
import type { Bounce, Bounces } from './bounces.ts';
import { portalPath } from './end-session.ts';
import { userDenied } from './errors.ts';
import { sendMoved } from './moved.ts';
import { beginSession, signedIn } from './signed-in.ts';

const noCookies = 'The password was right, but this browser keeps no cookies of this address: allow them.';

/** Where a person signs in and, without another destination, stays. */
export function signInRoutes({ parts, bounces }: AuthorizationParts): readonly Route[] {
  const { directory, accessTokens } = parts;
  return [
    {
      method: 'GET',
      path: '/login',
      answer(request, response) {
        const hint = bounceOf(returnTarget(request.url), bounces)?.bounce.parameters.get('login_hint');
        sendPage(response, 200, signInPage(hint ?? '', hasLostSession(request) ? noCookies : null));
      },
    },
    {
      method: 'POST',
      path: '/login',
      async answer(request, response) {
        // A page of another origin would sign this browser in as whom it likes.
        if (!isOwnPage(request))
          return sendPage(
            response,
            403,
            errorPage('This form came from a page of another origin', 'Nobody was signed in.'),
          );
        const form = new URLSearchParams(await readBody(request));
        const target = returnTarget(request.url);
        if (form.get('action') === 'deny') return sendMoved(response, deny(target));
        const [name, password] = [form.get('user') ?? '', form.get('password') ?? ''];
        const person = directory.signIn(name, password);
        if (person === null)
          return sendPage(response, 200, signInPage(name, 'Authentication (login or challenge) has failed.'));
        beginSession(response, person.user, accessTokens);
        sendMoved(response, target);
      },
    },
    {
      method: 'GET',
      path: portalPath,
      answer(request, response) {
        sendPage(response, 200, portalPage(signedIn(request, accessTokens)?.user ?? null));
      },
    },
  ];

  /** Whether the sign-in page itself led here: somebody has signed in there, and the browser does not know it any more. */
  function hasLostSession(request: IncomingMessage): boolean {
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
    const application = parts.applications.find(appId);
    return refusedAddress(new RedirectedRefusal(userDenied(), { redirectUri, application }), parts);
  }
}

/** The path in `cloudRedirect`, on this tenant only. */
function returnTarget(address = ''): string {
  const wanted = new URL(address, 'http://tenant').searchParams.get('cloudRedirect');
  if (wanted === null) return portalPath;
  const { pathname, search } = new URL(`http://tenant/${wanted.replace(/^[/\\]+/, '')}`);
  return pathname.replace(/^\/+/, '/') + search;
}

function bounceOf(target: string, bounces: Bounces): { id: string; bounce: Bounce } | null {
  const id = new URL(target, 'http://tenant').searchParams.get('bounce') ?? '';
  const bounce = bounces.find(id);
  return bounce === null ? null : { id, bounce };
}
