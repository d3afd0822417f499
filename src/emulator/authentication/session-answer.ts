import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Assumptions } from '../assumptions.ts';
import { tenantId } from '../directory.ts';
import { readBearer } from '../http-messages.ts';
import { cookie, readCookies } from './cookies.ts';
import type { SessionToken } from './session-tokens.ts';

const sessionCookie = '.ASPXAUTH';

/** How a session is delivered. */
interface Handover {
  readonly assumptions: Assumptions;
  readonly isRenewable: boolean;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The members of `Result` for a signed-in user; the session also comes as a cookie. */
export function sessionAnswer(
  { user, token, refreshToken, lifetime }: SessionToken,
  { assumptions, isRenewable, request, response }: Handover,
): object {
  response.setHeader('Set-Cookie', cookie(sessionCookie, token));
  const inBody = assumptions['session-bearer'] === 'token';
  return {
    AuthLevel: 'Normal',
    DisplayName: user.displayName,
    ...(inBody ? { Auth: token, Token: token, TokenLifetime: lifetime } : {}),
    ...(inBody && isRenewable ? { RefreshToken: refreshToken } : {}),
    UserId: user.uuid,
    EmailAddress: user.mail,
    UserDirectory: 'CDS',
    PodFqdn: request.headers.host,
    User: user.user,
    CustomerID: tenantId,
    SystemID: tenantId,
    SourceDsType: 'CDS',
  };
}

/** The session in a request: as a bearer, or as the cookie of a client that says it is not a page; else null. */
export function readSession(request: IncomingMessage): string | null {
  const isPage = request.headers['x-idap-native-client'] === undefined;
  return readBearer(request) ?? (isPage ? null : (readCookies(request).get(sessionCookie) ?? null));
}
