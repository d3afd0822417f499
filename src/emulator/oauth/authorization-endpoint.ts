import type { Application } from '../applications.ts';
import { sendMoved } from '../http.ts';
import {
  type AuthorizationRequest,
  RedirectedRefusal,
  readAuthorizationRequest,
} from './authorization-request.ts';
import { errorLocation, issue, successLocation } from './authorization-response.ts';
import type { Asked, TenantParts } from './clients.ts';
import { OAuthRefusal, unknownBounce, userNotAllowed } from './errors.ts';
import { issuerOf, type ServerParts } from './provider.ts';
import { type Bounces, type Consents, type SignedIn, signedIn } from './remembered.ts';

/** What the authorization endpoint needs besides the tenant's parts. */
export interface AuthorizationParts extends ServerParts {
  readonly bounces: Bounces;
  readonly consents: Consents;
  /** Who counts as signed in, and as agreeing, if nobody is; null: the person at the browser decides. */
  readonly autoApprove: ((loginHint: string | null) => string | null) | null;
}

/** Sends the browser where it goes after an authorization request. @throws {OAuthRefusal} shown in the browser instead */
export async function answerAuthorization(asked: Asked, context: AuthorizationParts): Promise<void> {
  sendMoved(asked.response, await authorize(asked, await asked.parameters(), context));
}

async function authorize(
  { appId, request }: Asked,
  parameters: URLSearchParams,
  context: AuthorizationParts,
): Promise<string> {
  const { bounces, parts, consents } = context;
  const known = parameters.get('bounce');
  const bounce = known === null ? null : bounces.find(known);
  if (known !== null && bounce === null) throw unknownBounce(known);
  const asked =
    bounce === null
      ? readAuthorizationRequest(appId, parameters, parts)
      : readAuthorizationRequest(bounce.appId, bounce.parameters, parts);
  const wait = (): string => known ?? bounces.keep(appId, parameters);
  const refuse = (refusal: OAuthRefusal): RedirectedRefusal => new RedirectedRefusal(refusal, asked);
  const who = currentUser(request, asked, bounce?.since ?? null, context);
  const { application, clientId, scopes, prompt } = asked;
  if (who === null) {
    if (prompt.includes('none'))
      throw refuse(new OAuthRefusal('login_required', 'the user is not authenticated'));
    return loginAddress(appId, wait());
  }
  if (!application.permits(who.user)) throw refuse(userNotAllowed());
  const asks = application.confirms && who.by === 'browser' && context.autoApprove === null;
  if (asks && !consents.covers({ user: who.user, application, clientId }, scopes)) {
    if (prompt.includes('none'))
      throw refuse(new OAuthRefusal('consent_required', 'the user must confirm the request'));
    return confirmAddress(appId, wait());
  }
  if (known !== null) bounces.forget(known);
  return complete(asked, who, scopes, context);
}

/** The client's address with what it asked for. */
export async function complete(
  request: AuthorizationRequest,
  { user, authTime }: Pick<SignedIn, 'user' | 'authTime'>,
  scopes: readonly string[],
  { parts, providers }: AuthorizationParts,
): Promise<string> {
  const { application } = request;
  const issued = await issue({ request, user, scopes, authTime }, providers.of(application), parts);
  return successLocation(request, issued, namedIssuer(application, parts));
}

/** The client's address with an error. */
export function refusedAddress(refusal: RedirectedRefusal, parts: TenantParts): string {
  return errorLocation(refusal.redirectUri, refusal.body, namedIssuer(refusal.application, parts));
}

/** The user who asks: a session older than a request for a new one (`prompt=login`) does not count. */
function currentUser(
  request: Asked['request'],
  { prompt, loginHint }: AuthorizationRequest,
  since: number | null,
  { parts, autoApprove }: AuthorizationParts,
): Pick<SignedIn, 'user' | 'authTime' | 'by'> | null {
  const who = signedIn(request, parts.accessTokens);
  if (who?.by === 'token') return who;
  const approved = autoApprove?.(loginHint) ?? null;
  if (approved !== null)
    return { user: approved, authTime: Math.floor(parts.now().getTime() / 1000), by: 'browser' };
  const isNewEnough = !prompt.includes('login') || (since !== null && who !== null && who.since >= since);
  return isNewEnough ? who : null;
}

/** The sign-in page, which returns to the request. */
function loginAddress(appId: string, bounce: string): string {
  const back = `Oauth2/Authorize/${encodeURIComponent(appId)}?bounce=${bounce}`;
  return `/login?cloudRedirect=${encodeURIComponent(back)}`;
}

/** The page that asks for consent. */
function confirmAddress(appId: string, bounce: string): string {
  return `/OAuth2/Confirm/${encodeURIComponent(appId)}?bounce=${bounce}`;
}

function namedIssuer(application: Application | null, { url, assumptions }: TenantParts): string | null {
  return application === null || assumptions['authorization-iss'] === 'absent'
    ? null
    : issuerOf(url, application);
}
