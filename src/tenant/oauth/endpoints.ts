/** An OAuth application of a tenant. */
export interface OAuthApplication {
  /**
   * Origin of the tenant, lower case, without a trailing slash:
   * `https://abc1234.id.cyberark.cloud`.
   */
  readonly tenant: string;
  /** The OAuth application's ID: the last path segment of the endpoints. */
  readonly appId: string;
}

/** A client of an OAuth application. */
export interface OAuthClient extends OAuthApplication {
  readonly clientId: string;
}

/** The absolute endpoints of an OAuth application. */
export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  /** Needs no application. */
  readonly platformToken: string;
  readonly revocation: string;
}

/**
 * The endpoints of an OAuth application (RFC 6749 §3, RFC 7009 §2), as the vendor
 * documents them: discovery is not documented for "OAuth2 Client" applications.
 */
export function endpoints({ tenant, appId }: OAuthApplication): Endpoints {
  const application = encodeURIComponent(appId);
  return {
    authorization: `${tenant}/OAuth2/Authorize/${application}`,
    token: `${tenant}/OAuth2/Token/${application}`,
    platformToken: `${tenant}/OAuth2/PlatformToken`,
    revocation: `${tenant}/OAuth2/Revoke/${application}`,
  };
}

/**
 * The credentials of a client as HTTP's Basic, not form-encoded (RFC 6749 §2.3.1): the
 * tenant does not decode them.
 */
export function basicCredentials(clientId: string, clientSecret: string): string {
  return Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
}
