import { askUser } from '../auth/ask-user.ts';
import type { Session } from '../auth/session.ts';
import type { Context } from '../context.ts';
import { CliError, hasCode } from '../errors/cli-error.ts';
import { orThrow, type Settings } from '../settings/settings.ts';
import type { OpenTenant } from './open-connection.ts';
import { isSignedOut, openTenant } from './open-tenant.ts';

/**
 * Opens the tenant. Without a valid session, it first offers a person in a terminal to
 * sign in.
 * @param waited milliseconds already spent waiting for the network, which count toward
 *   the timeout
 * @throws {CliError} as openTenant; also not-signed-in if the person declines
 */
export async function openOrSignIn(
  given: Settings,
  context: Context,
  waited = 0,
): Promise<OpenTenant> {
  const settings = afterWaiting(given, waited);
  try {
    const open = await openTenant(settings, context);
    // A person learns of an ended session before the questions of the command.
    if (context.terminal.interactive && mayHaveEnded(open.session))
      await askUser(open.client, open.session).catch(rethrowIfEnded);
    return open;
  } catch (error) {
    if (!context.terminal.interactive || !isSignedOut(error)) throw error;
    const agreed = await context.prompt.confirm({
      message: questionFor(error, settings),
      initial: true,
      unavailable: 'Signing in needs a terminal',
    });
    if (!agreed) throw error;
    const { signInAndSave } = await import('./sign-in/sign-in-and-save.ts');
    const signedIn = await signInAndSave(settings, { opensBrowser: true }, context);
    return openTenant(signedIn.settings, context);
  }
}

function afterWaiting(settings: Settings, waited: number): Settings {
  const { network } = settings;
  return { ...settings, network: { ...network, timeout: Math.max(1, network.timeout - waited) } };
}

/**
 * Whether the tenant can report an ended session: without a refresh token, a 401 may mean
 * the scope.
 */
function mayHaveEnded({ source, renewable }: Session): boolean {
  return source === 'profile' && renewable;
}

/**
 * A session that ended, or an interrupt, ends the command here; later requests report any
 * other failure.
 * @throws {CliError}
 */
function rethrowIfEnded(error: unknown): void {
  if (isSignedOut(error) || !(error instanceof CliError) || error.code === 'interrupted')
    throw error;
}

function questionFor(error: CliError, settings: Settings): string {
  if (hasCode(error, 'not-signed-in') && error.facts.override !== undefined)
    return `${error.message}. Sign in to ${orThrow(settings.tenant)} now?`;
  const words =
    error.code === 'not-signed-in' ? "You're not signed in." : 'Your session has ended.';
  return `${words} Sign in now?`;
}
