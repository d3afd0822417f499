import type { AuthorizingClient } from '../tenant/oauth/authorization.ts';
import type { Secret } from '../text/secret.ts';

/**
 * Who signs in where: the tenant, the OAuth application and the client, resolved from
 * options, environment, profile and defaults.
 */
export interface SignInTerms extends AuthorizingClient {
  /** The profile that stores the session. */
  readonly profile: string;
  /** Set: client credentials (RFC 6749 §4.4) instead of a browser. */
  readonly clientSecret: Secret | null;
  /** Client credentials at the platform's own endpoint, without an application. */
  readonly platformToken: boolean;
  /** An access token from the environment, used unchanged and never stored or renewed. */
  readonly accessToken: Secret | null;
}
