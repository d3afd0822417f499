import type { Connection } from '../auth/connection.ts';
import { openSession, type Session } from '../auth/session.ts';
import type { KeptSession } from '../auth/stored-schemas.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { missingSecret } from '../settings/credentials.ts';
import { connectionTo, requireTenant, type Settings } from '../settings/settings.ts';
import { createTenantClient, type TenantClient, whoAmI } from '../tenant/client.ts';

/** A tenant that a command is signed in to. */
export interface OpenTenant {
  readonly tenant: string;
  readonly session: Session;
  readonly client: TenantClient;
}

/**
 * Opens the session that the settings lead to, renewed where it has expired.
 * @throws {CliError} usage, not-signed-in, session-expired, sign-in-failed and what the network throws
 */
export async function openTenant(settings: Settings, context: Context): Promise<OpenTenant> {
  try {
    const connection = await connectionTo(requireTenant(settings), settings);
    return await openConnection(connection, settings.profile.session, settings, context);
  } catch (error) {
    const signedOut = error instanceof CliError && error.code === 'not-signed-in';
    const variable = signedOut && !context.terminal.interactive ? missingSecret(context.env) : null;
    if (variable === null) throw error;
    const message = `${variable} is empty: the secret of the pipeline may be missing, and nobody is signed in`;
    throw new CliError('usage', message, { cause: error, facts: { variable } });
  }
}

/** Opens the session of a connection, from the one that the profile holds by now. @throws {CliError} as openTenant */
export async function openConnection(
  connection: Connection,
  stored: KeptSession | null,
  { store, network }: Settings,
  { http: openHttp, now, signal }: Context,
): Promise<OpenTenant> {
  const { tenant } = connection;
  const http = await openHttp(network);
  const session = await openSession(connection, { http, store, stored, now, signal });
  return { tenant, session, client: createTenantClient(tenant, http, session) };
}

/**
 * Opens the tenant; where nobody is signed in, or the tenant does not take the session any more, a person at a terminal is
 * offered to sign in first, before anything else is decided.
 * @throws {CliError} as openTenant, not-signed-in too where the offer is declined
 */
export async function openOrSignIn(settings: Settings, context: Context): Promise<OpenTenant> {
  try {
    const open = await openTenant(settings, context);
    if (context.terminal.interactive) await requireAlive(open);
    return open;
  } catch (error) {
    if (!context.terminal.interactive || !isSignedOut(error)) throw error;
    const agreed = await context.prompt.confirm({
      message: `${plainly(error)} Sign in now?`,
      initial: true,
      unavailable: 'Nobody can be asked to sign in without a terminal',
    });
    if (!agreed) throw error;
    const { signInAndSave } = await import('./saved-sign-in.ts');
    const { connection, session } = await signInAndSave(settings, { openBrowser: true }, context);
    return openConnection(connection, session, settings, context);
  }
}

/** Other failures, and what cannot be told, are left to whoever asks the tenant for more. */
async function requireAlive(open: OpenTenant): Promise<void> {
  // Without a refresh token a 401 may as well mean that the scope does not allow the question.
  if (open.session.source !== 'profile' || !open.session.renewable) return;
  try {
    await askUser(open);
  } catch (error) {
    if (isSignedOut(error)) throw error;
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
  }
}

function plainly({ code }: CliError): string {
  return code === 'not-signed-in' ? "You're not signed in." : 'Your session has ended.';
}

function isSignedOut(error: unknown): error is CliError {
  return error instanceof CliError && (error.code === 'not-signed-in' || error.code === 'session-expired');
}

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
