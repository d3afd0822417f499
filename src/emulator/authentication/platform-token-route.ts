import { tenantId } from '../directory.ts';
import { sendJson } from '../http-messages.ts';
import type { Route } from '../route.ts';
import { cookie, readCookies } from './cookies.ts';
import type { SessionTokens } from './session-tokens.ts';

const tokenCookie = `idToken-${tenantId}`;
const refreshCookie = `refreshToken-${tenantId}`;

/** Renews a session; its tokens come and go as cookies, as with the vendor's SDK. */
export function platformTokenRoute(sessionTokens: SessionTokens): Route {
  return {
    method: 'POST',
    path: '/OAuth2/RefreshPlatformToken',
    answer(request, response) {
      const cookies = readCookies(request);
      const renewed = sessionTokens.refresh(cookies.get(tokenCookie) ?? '', cookies.get(refreshCookie) ?? '');
      if (renewed === null) return sendJson(response, 401, { error: 'invalid_grant' });
      response.setHeader('Set-Cookie', [
        cookie(tokenCookie, renewed.token),
        cookie(refreshCookie, renewed.refreshToken),
      ]);
      sendJson(response, 200, {});
    },
  };
}
