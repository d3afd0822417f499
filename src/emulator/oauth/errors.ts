import { type Answering, type Asking, isNavigation, sendJson, sendPage } from '../http.ts';
import { refusalPage } from '../pages.ts';

export type OAuthError = Readonly<Record<string, string>>;

/** A request to an OAuth endpoint that the tenant refuses, in the words of its OpenAPI if it has any. */
export class OAuthRefusal extends Error {
  override readonly name = 'OAuthRefusal';
  /** Of the answer (RFC 6749 §5.2). */
  readonly body: OAuthError;
  readonly status: number;

  constructor(body: OAuthError, status: number) {
    super(body.error_description);
    this.body = body;
    this.status = status;
  }
}

export function refusal(error: string, error_description: string, status = 400): OAuthRefusal {
  return new OAuthRefusal({ error, error_description }, status);
}

export const invalidRequest = (words: string, status?: number) => refusal('invalid_request', words, status);
export const unknownApp = (appId: string) => invalidRequest(`unknown app ${appId}`);
/** If the vendor does not say which one. */
export const someUnknownApp = () => invalidRequest('unknown app');
export const mismatchedRedirect = () => invalidRequest('mismatched redirect');
export const unknownScope = () => refusal('invalid_scope', 'unknown scope requested');
export const unknownCode = () => refusal('invalid_grant', 'supplied code does not match known request');
export const noClient = () => refusal('invalid_client', 'wrong clientid');
export const unknownClient = () => refusal('access_denied', 'invalid client creds or client not allowed');
export const modeNotAllowed = () => refusal('unauthorized_client', 'auth mode not allowed');
export const userNotAllowed = () => refusal('access_denied', 'user not allowed access to app');
export const userDenied = () => refusal('access_denied', 'User denied confirmation');
/** The emulator's own: whether the vendor looks is unknown. */
export const strangersForm = () =>
  refusal('access_denied', 'the form was sent by a page of another origin', 403);
/** In .NET's words: nobody asked for that, or it has been answered. */
export const unknownBounce = (bounce: string) =>
  refusal('500', `State not found for type OAuthBounce, key ${bounce}`, 500);
/** Of an endpoint that wants a user. */
export const unauthorized = () => {
  const words =
    'You do not have access to this content. Please contact your system administrator for assistance.';
  return new OAuthRefusal({ error_message: words }, 401);
};

/** JSON, as the OpenAPI has it; to a person at a browser a page that tells the same. */
export function sendRefused(request: Asking, response: Answering, { status, body }: OAuthRefusal): void {
  if (isNavigation(request)) sendPage(response, status, refusalPage(body));
  else sendJson(response, status, body);
}
