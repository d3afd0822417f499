import type { Secret } from '../text/secret.ts';

/** The tenant, the OAuth application and the client, resolved from options, environment, profile and defaults. */
export interface Connection {
  /** The profile that stores the session. */
  readonly profile: string;
  /** Origin of the tenant, lower case, without a trailing slash: `https://abc1234.id.cyberark.cloud`. */
  readonly tenant: string;
  /** The OAuth application's ID: the last path segment of the endpoints. */
  readonly appId: string;
  readonly clientId: string;
  /** Set: client credentials (RFC 6749 §4.4) instead of a browser. */
  readonly clientSecret: Secret | null;
  readonly scope: string;
  /** Client credentials at `/OAuth2/PlatformToken`, without an application. */
  readonly platformToken: boolean;
  /** An access token from the environment, used unchanged and never stored or renewed. */
  readonly accessToken: Secret | null;
  /** The expected user, whom the sign-in page suggests (OpenID Connect Core 1.0 §3.1.2.1); absent or null: anyone. */
  readonly loginHint?: string | null;
}

/**
 * The absolute endpoints of one OAuth application (RFC 6749 §3, RFC 7009 §2), as the vendor documents them: discovery is not
 * documented for "OAuth2 Client" applications. The endpoint for platform tokens needs no application.
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

/**
 * The address where a browser asks for an authorization code (RFC 6749 §4.1.1).
 * @param codeChallenge of the S256 method (RFC 7636 §4.3)
 */
export function authorizationUrl(
  connection: Connection,
  redirectUri: string,
  state: string,
  codeChallenge: string,
): string {
  const { clientId, scope, loginHint = null } = connection;
  const url = new URL(endpoints(connection).authorization);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    scope,
    code_challenge_method: 'S256',
    redirect_uri: redirectUri,
    state,
    code_challenge: codeChallenge,
    ...(loginHint === null ? {} : { login_hint: loginHint }),
  }).toString();
  return url.href;
}
