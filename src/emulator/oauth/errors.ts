import type { IncomingMessage, ServerResponse } from 'node:http';
import { isNavigation, sendJson, sendPage } from '../http.ts';
import { refusalPage } from '../pages.ts';

export type OAuthError = Readonly<Record<string, string>>;

/** A refusal of an OAuth endpoint, in the words of the vendor's OpenAPI if it has any. */
export class OAuthRefusal extends Error {
  override readonly name = 'OAuthRefusal';
  /** The body of the answer (RFC 6749 §5.2). */
  readonly body: OAuthError;
  readonly status: number;
  /** Members that only the page for a person adds to the body. */
  readonly details: OAuthError;

  constructor(body: OAuthError, status: number, details: OAuthError = {}) {
    super(body.error_description);
    this.body = body;
    this.status = status;
    this.details = details;
  }
}

export function refusal(error: string, error_description: string, status = 400): OAuthRefusal {
  return new OAuthRefusal({ error, error_description }, status);
}

export function invalidRequest(words: string, status?: number): OAuthRefusal {
  return refusal('invalid_request', words, status);
}

export function invalidRedirect(given: string, registered: readonly string[]): OAuthRefusal {
  const { body, status } = invalidRequest('invalid redirect');
  const details = { 'Redirect URI': given, Registered: registered.join(', ') || 'none' };
  return new OAuthRefusal(body, status, details);
}

export function unknownApp(appId: string): OAuthRefusal {
  return invalidRequest(`unknown app ${appId}`);
}

export function mismatchedRedirect(): OAuthRefusal {
  return invalidRequest('mismatched redirect');
}

export function unknownScope(): OAuthRefusal {
  return refusal('invalid_scope', 'unknown scope requested');
}

export function unknownCode(): OAuthRefusal {
  return refusal('invalid_grant', 'supplied code does not match known request');
}

export function unknownClient(): OAuthRefusal {
  return refusal('access_denied', 'invalid client creds or client not allowed');
}

export function modeNotAllowed(): OAuthRefusal {
  return refusal('unauthorized_client', 'auth mode not allowed');
}

export function userNotAllowed(): OAuthRefusal {
  return refusal('access_denied', 'user not allowed access to app');
}

export function userDenied(): OAuthRefusal {
  return refusal('access_denied', 'User denied confirmation');
}

/** In .NET's words: the request is unknown or was answered. */
export function unknownBounce(bounce: string): OAuthRefusal {
  return refusal('500', `State not found for type OAuthBounce, key ${bounce}`, 500);
}

/** From an endpoint that needs a user. */
export function unauthorized(): OAuthRefusal {
  const words =
    'You do not have access to this content. ' +
    'Please contact your system administrator for assistance.';
  return new OAuthRefusal({ error_message: words }, 401);
}

/** Sends JSON as in the OpenAPI; a browser gets a page with the same content. */
export function sendRefused(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, details }: OAuthRefusal,
): void {
  if (isNavigation(request)) sendPage(response, status, refusalPage({ ...body, ...details }));
  else sendJson(response, status, body);
}
