import type { AccessTokens } from './access-tokens.ts';
import type { Api } from './api.ts';
import { tenantId } from './directory.ts';

/** `/Security`: who is signed in, and signing out. */
export function securityApis(accessTokens: AccessTokens): readonly Api[] {
  return [
    {
      path: '/Security/WhoAmI',
      right: null,
      call: ({ caller }) => ({ TenantId: tenantId, User: caller.user, UserUuid: caller.uuid }),
    },
    {
      path: '/Security/Logout',
      right: null,
      call({ token }) {
        accessTokens.forget(token);
        return null;
      },
    },
  ];
}
