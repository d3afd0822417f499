import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import type { Settings } from '../settings/settings.ts';
import { askUser } from './ask-user.ts';
import { type OpenTenant, openConnection, openTenant } from './tenant.ts';

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
