import type { Connection } from './connection.ts';
import { endpoints } from './endpoints.ts';

/** What an authorization request has besides its connection (RFC 6749 §4.1.1, RFC 7636 §4.3). */
interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  /** Of the S256 method. */
  readonly codeChallenge: string;
  /** Whom the sign-in page is to expect. @see OpenID Connect Core 1.0 §3.1.2.1 */
  readonly loginHint?: string | undefined;
}

/** The address at which a browser asks for an authorization code. */
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
    ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
  }).toString();
  return url.href;
}
