import { tenantId } from '../directory.ts';
import { describeMechanism } from './mechanisms.ts';
import type { Session } from './sessions.ts';

/** The members of `Result` that say what is to be proved. */
export function packageAnswer({ id, user, challenges }: Session): object {
  return {
    Summary: 'NewPackage',
    Version: '1.0',
    SessionId: id,
    TenantId: tenantId,
    EventDescription: null,
    RetryWaitingTime: 0,
    SecurityImageName: null,
    AllowLoginMfaCache: false,
    ClientHints: {
      PersistDefault: false,
      AllowPersist: false,
      AllowForgotPassword: false,
      EndpointAuthenticationEnabled: false,
    },
    Challenges: challenges.map((offered) => ({
      Mechanisms: offered.map((mechanism) => describeMechanism(mechanism.name, mechanism.id, user)),
    })),
  };
}
