import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Application } from '../applications.ts';
import { sendMoved } from './moved.ts';
import { endSession } from './signed-in.ts';
import type { TenantParts } from './tenant-parts.ts';

/** Where people end up without another destination. */
export const portalPath = '/my';

/**
 * Signs a browser out (OpenID Connect RP-Initiated Logout §2) and redirects it to the requested address, if it is
 * registered with the application, or with any if none is named; otherwise to the portal.
 */
export function answerEndSession(
  application: Application | null,
  parameters: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  { applications, accessTokens }: TenantParts,
): void {
  endSession(request, response, accessTokens);
  const target = parameters.get('post_logout_redirect_uri') ?? '';
  const asked = application === null ? applications.all() : [application];
  const isRegistered = asked.some(({ logoutUris }) => logoutUris.includes(target));
  sendMoved(response, isRegistered ? withState(target, parameters.get('state')) : portalPath);
}

function withState(uri: string, state: string | null): string {
  return state === null ? uri : `${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;
}
