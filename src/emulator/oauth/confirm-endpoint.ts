import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendPage } from '../http-messages.ts';
import { consentPage } from '../pages.ts';
import { type AuthorizationParts, complete } from './authorization-endpoint.ts';
import {
  type AuthorizationRequest,
  RedirectedRefusal,
  readAuthorizationRequest,
} from './authorization-request.ts';
import { OAuthRefusal, sendUnauthorized, unknownBounce, userDenied, userNotAllowed } from './errors.ts';
import { sendMoved } from './moved.ts';
import { type SignedIn, signedIn } from './signed-in.ts';

/** Shows the person what the client requests. */
export function showConsent(
  parameters: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  context: AuthorizationParts,
): void {
  const waiting = waitingFor(parameters, request, response, context);
  if (waiting === null) return;
  const { clientId, scopes } = waiting.asked;
  sendPage(response, 200, consentPage(waiting.who.user, clientId, scopes));
}

/** Takes the person's decision: `result` 1 approves, anything else denies; `scopes` and `deniedScopes` may limit it. */
export async function decideConsent(
  parameters: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  context: AuthorizationParts,
): Promise<void> {
  const waiting = waitingFor(parameters, request, response, context);
  if (waiting === null) return;
  const { id, who, asked } = waiting;
  context.bounces.forget(id);
  const scopes = grantedScopes(asked.scopes, parameters);
  const { application, clientId } = asked;
  if (scopes.length === 0) throw new RedirectedRefusal(userDenied(), asked);
  if (!application.permits(who.user)) throw new RedirectedRefusal(userNotAllowed(), asked);
  context.consents.add({ user: who.user, application, clientId }, scopes);
  sendMoved(response, await complete(asked, who, scopes, context));
}

/** The request waiting for this person; null: the answer that nobody is signed in has been sent. @throws {OAuthRefusal} */
function waitingFor(
  parameters: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  { parts, bounces }: AuthorizationParts,
): { id: string; who: SignedIn; asked: AuthorizationRequest } | null {
  const who = signedIn(request, parts.accessTokens);
  if (who === null) {
    sendUnauthorized(request, response);
    return null;
  }
  const id = parameters.get('bounce');
  if (id === null)
    throw new OAuthRefusal(
      '500',
      'String reference not set to an instance of a String.\r\nParameter name: s',
      500,
    );
  const bounce = bounces.find(id);
  if (bounce === null) throw unknownBounce(id);
  return { id, who, asked: readAuthorizationRequest(bounce.appId, bounce.parameters, parts) };
}

function grantedScopes(asked: readonly string[], parameters: URLSearchParams): readonly string[] {
  if (parameters.get('result') !== '1') return [];
  const list = (name: string): readonly string[] => parameters.get(name)?.split(',').filter(Boolean) ?? [];
  const [approved, denied] = [list('scopes'), list('deniedScopes')];
  return asked.filter(
    (scope) => (approved.length === 0 || approved.includes(scope)) && !denied.includes(scope),
  );
}
