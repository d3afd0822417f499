import { type Answering, type Asking, isNavigation, sendJson, sendPage } from '../http.ts';
import { refusalPage } from '../pages.ts';

/** A request to an OAuth endpoint that the tenant refuses, in the words of its OpenAPI if it has any. */
export class OAuthRefusal extends Error {
  /** Of the answer (RFC 6749 §5.2). */
  readonly body: { readonly error: string; readonly error_description: string };
  readonly status: number;

  constructor(error: string, description: string, status = 400) {
    super(description);
    this.name = 'OAuthRefusal';
    this.body = { error, error_description: description };
    this.status = status;
  }
}

export type OAuthError = OAuthRefusal['body'];

const refusal = (error: string, description: string, status?: number) => (): OAuthRefusal =>
  new OAuthRefusal(error, description, status);

export const unknownApp = (appId: string): OAuthRefusal =>
  new OAuthRefusal('invalid_request', `unknown app ${appId}`);
/** If the vendor does not say which one. */
export const someUnknownApp = refusal('invalid_request', 'unknown app');
export const unknownScope = refusal('invalid_scope', 'unknown scope requested');
export const unknownCode = refusal('invalid_grant', 'supplied code does not match known request');
export const unknownClient = refusal('access_denied', 'invalid client creds or client not allowed');
export const mismatchedRedirect = refusal('invalid_request', 'mismatched redirect');
export const modeNotAllowed = refusal('unauthorized_client', 'auth mode not allowed');
export const userNotAllowed = refusal('access_denied', 'user not allowed access to app');
export const userDenied = refusal('access_denied', 'User denied confirmation');
/** The emulator's own: whether the vendor looks is unknown. */
export const strangersForm = refusal('access_denied', 'the form was sent by a page of another origin', 403);
/** In .NET's words: nobody asked for that, or it has been answered. */
export const unknownBounce = (bounce: string): OAuthRefusal =>
  new OAuthRefusal('500', `State not found for type OAuthBounce, key ${bounce}`, 500);

/** As an endpoint answers that wants a user. */
export function sendUnauthorized(request: Asking, response: Answering): void {
  const words =
    'You do not have access to this content. Please contact your system administrator for assistance.';
  sendRefused(request, response, 401, { error_message: words });
}

/** JSON, as the OpenAPI has it; to a person at a browser a page that tells the same. */
export function sendRefused(
  request: Asking,
  response: Answering,
  status: number,
  body: Readonly<Record<string, string>>,
): void {
  if (isNavigation(request)) sendPage(response, status, refusalPage(body));
  else sendJson(response, status, body);
}
