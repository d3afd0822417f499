import type { Api } from './api.ts';

/** What ends the sign-ins of a tenant. */
export interface SignInEnds {
  /** From then on no access token issued so far is valid; refresh tokens are. */
  expireAccessTokens(): void;
  /** From then on nothing issued so far is valid. */
  revokeSessions(): void;
}

/** `/emulator`: what time, or an administrator, does to everybody's sign-in. */
export function signInEndApis({ expireAccessTokens, revokeSessions }: SignInEnds): readonly Api[] {
  const api = (path: string, act: () => void): Api => ({
    path,
    right: 'manage-tenant',
    call() {
      act();
      return null;
    },
  });
  return [
    api('/emulator/expire-tokens', expireAccessTokens),
    api('/emulator/revoke-sessions', revokeSessions),
  ];
}
