import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { Settings } from '../inputs/settings.ts';
import { type OpenTenant, openConnection, openTenant } from './tenant.ts';

/**
 * Opens the tenant; where nobody is signed in, a person at a terminal is offered to sign in first.
 * @throws {CliError} as openTenant, not-signed-in too where the offer is declined
 */
export async function openOrSignIn(settings: Settings, context: Context): Promise<OpenTenant> {
  try {
    return await openTenant(settings, context);
  } catch (error) {
    if (!context.terminal.interactive || !isSignedOut(error)) throw error;
    const agreed = await context.prompt.confirm({
      message: `${error.message}. Sign in now?`,
      unavailable: 'Nobody can be asked to sign in without a terminal',
    });
    if (!agreed) throw error;
    const { signInAndSave } = await import('./saved-sign-in.ts');
    const { connection, session } = await signInAndSave(settings, { openBrowser: true }, context);
    return openConnection(connection, session, settings, context);
  }
}

function isSignedOut(error: unknown): error is CliError {
  return error instanceof CliError && (error.code === 'not-signed-in' || error.code === 'session-expired');
}
