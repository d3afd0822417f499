import type { Connection } from './connection.ts';

/** The endpoints of one OAuth application, absolute (RFC 6749 §3, RFC 7009 §2). */
interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  /** Client credentials of a platform tenant's service user; needs no application. */
  readonly platformToken: string;
  readonly revocation: string;
}

/** The vendor's endpoints, built by hand: discovery is not documented for "OAuth2 Client" applications. */
export function endpoints({ tenant, appId }: Pick<Connection, 'tenant' | 'appId'>): Endpoints {
  const application = encodeURIComponent(appId);
  return {
    authorization: `${tenant}/OAuth2/Authorize/${application}`,
    token: `${tenant}/OAuth2/Token/${application}`,
    platformToken: `${tenant}/OAuth2/PlatformToken`,
    revocation: `${tenant}/OAuth2/Revoke/${application}`,
  };
}
