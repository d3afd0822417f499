import { CliError } from '../errors/cli-error.ts';
import type { Bearer } from '../tenant/client.ts';
import type { Secret } from '../text/secret.ts';

/** A session that is kept nowhere and ends with the command. */
export interface MemorySession extends Bearer {
  /** The origin that it belongs to. */
  readonly tenant: string;
  /** Null where nobody said. */
  readonly user: string | null;
  /** Whether a person signed in, and not a program. */
  readonly isPerson: boolean;
  /** Whether it was obtained here by a person, who has no use for it afterwards. */
  readonly isOwn: boolean;
}

/** @param secrets everything that no answer may reveal, the token included */
export function memorySession(
  { tenant, user, isPerson, isOwn }: Pick<MemorySession, 'tenant' | 'user' | 'isPerson' | 'isOwn'>,
  token: Secret,
  secrets: readonly Secret[],
): MemorySession {
  return {
    tenant,
    user,
    isPerson,
    isOwn,
    accessToken: () => token,
    secrets: () => secrets,
    async renew() {
      throw new CliError(
        'session-expired',
        `${tenant} does not accept the session: it has ended, or does not allow this request`,
        { facts: { session: 'administrator' } },
      );
    },
  };
}
