import { CliError } from '../errors/cli-error.ts';
import { whoAmI } from '../tenant/client.ts';
import type { OpenTenant } from './tenant.ts';

/** Who the tenant says is signed in; or, with `told: false`, who the token says where the tenant does not tell. */
export interface SignedInUser {
  readonly user: string | null;
  readonly told: boolean;
}

/**
 * Asks the tenant who is signed in, which shows whether it still takes the session. A scope need not allow the question, and
 * a tenant may answer such a one with 401: so it is when the very token that it has just renewed is not accepted.
 * @throws {CliError} session-expired: the tenant does not take the session any more; and what a call throws
 */
export async function askUser({ client, session }: OpenTenant): Promise<SignedInUser> {
  const before = session.accessToken().reveal();
  try {
    return { user: (await whoAmI(client)) ?? session.user, told: true };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const renewed = session.accessToken().reveal() !== before;
    const outOfScope =
      (error.code === 'tenant-forbidden' && error.facts.messageId !== undefined) ||
      (error.code === 'session-expired' && renewed);
    if (!outOfScope) throw error;
    return { user: session.user, told: false };
  }
}
