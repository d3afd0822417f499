import { CliError, hasCode } from '../errors/cli-error.ts';
import type { Bearer, TenantClient } from '../tenant/client.ts';
import { whoAmI } from '../tenant/security/session.ts';

/** The user of a session. */
export interface AskedUser {
  readonly user: string | null;
  /** Whether the tenant confirmed it; a token alone proves nothing. */
  readonly isConfirmed: boolean;
}

/**
 * Asks the tenant for the user, which also tests the session. A scope may forbid the
 * question, and a tenant may then answer 401 even to the token that it just renewed.
 * @throws {CliError} session-expired: the tenant no longer accepts the session; and what
 *   a call throws
 */
export async function askUser(
  client: TenantClient,
  session: Bearer & { readonly user: string | null },
): Promise<AskedUser> {
  try {
    return { user: (await whoAmI(client)) ?? session.user, isConfirmed: true };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (!hasCode(error, 'tenant-forbidden')) throw error;
    const { messageId, lacks } = error.facts;
    if (messageId === undefined && lacks !== 'scope') throw error;
    return { user: session.user, isConfirmed: false };
  }
}
