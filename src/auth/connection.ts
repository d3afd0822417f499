import type { Secret } from '../text/secret.ts';

/** Which tenant, through which OAuth application, as which client: resolved from options, environment, profile and defaults. */
export interface Connection {
  /** The profile from which the session is read and in which it is saved. */
  readonly profile: string;
  /** Origin of the tenant, lower case, without a trailing slash: `https://abc1234.id.cyberark.cloud`. */
  readonly tenant: string;
  /** The OAuth application's ID, the last path segment of the endpoints. */
  readonly appId: string;
  readonly clientId: string;
  /** Present: client credentials (RFC 6749 §4.4) instead of a browser. */
  readonly clientSecret: Secret | null;
  readonly scope: string;
  /** Client credentials at `/OAuth2/PlatformToken`, without an application. */
  readonly platformToken: boolean;
  /** An access token from the environment, used unchanged and never stored or renewed. */
  readonly accessToken: Secret | null;
}

/**
 * The endpoints of one OAuth application, absolute (RFC 6749 §3, RFC 7009 §2): the vendor's, built by hand, as discovery is not
 * documented for "OAuth2 Client" applications. That for platform tokens needs no application.
 */
export function endpoints({ tenant, appId }: Pick<Connection, 'tenant' | 'appId'>) {
  const application = encodeURIComponent(appId);
  return {
    authorization: `${tenant}/OAuth2/Authorize/${application}`,
    token: `${tenant}/OAuth2/Token/${application}`,
    platformToken: `${tenant}/OAuth2/PlatformToken`,
    revocation: `${tenant}/OAuth2/Revoke/${application}`,
  };
}

/** What an authorization request has besides its connection (RFC 6749 §4.1.1, RFC 7636 §4.3). */
interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  /** Of the S256 method. */
  readonly codeChallenge: string;
  /** Whom the sign-in page is to expect. @see OpenID Connect Core 1.0 §3.1.2.1 */
  readonly loginHint?: string | null;
}

export function authorizationUrl(connection: Connection, request: AuthorizationRequest): string {
  const url = new URL(endpoints(connection).authorization);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: connection.clientId,
    scope: connection.scope,
    code_challenge_method: 'S256',
    redirect_uri: request.redirectUri,
    state: request.state,
    code_challenge: request.codeChallenge,
    ...(request.loginHint == null ? {} : { login_hint: request.loginHint }),
  }).toString();
  return url.href;
}
