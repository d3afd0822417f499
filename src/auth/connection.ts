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
