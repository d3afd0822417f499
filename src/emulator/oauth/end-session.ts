import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Application } from '../applications.ts';
import { sendMoved } from './moved.ts';
import { endSession } from './signed-in.ts';
import type { TenantParts } from './tenant-parts.ts';

/** Where people are who have nowhere else to go. */
export const portalPath = '/my';

/**
 * Signs a browser out (OpenID Connect RP-Initiated Logout §2) and sends it to where it asks to go, where the application
 * has that address registered, or any application has it and none is named; else to the portal.
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
