import type { Context, Override } from '../context.ts';
import { CliError, hasCode } from '../errors/cli-error.ts';
import { missingSecret } from '../settings/credentials.ts';
import { requireOwnProfile } from '../settings/require-profile.ts';
import type { Settings } from '../settings/settings.ts';
import {
  type OpenTenant,
  openConnection,
  readConnection,
  requireTenant,
} from './open-connection.ts';

/**
 * Opens the session of the settings and renews it if it has expired.
 * @throws {CliError} usage, not-signed-in, session-expired, sign-in-failed and what the
 *   network throws
 */
export async function openTenant(settings: Settings, context: Context): Promise<OpenTenant> {
  try {
    const connection = await readConnection(requireTenant(settings, context), settings, context);
    return await openConnection(connection, settings, context);
  } catch (error) {
    if (!hasCode(error, 'not-signed-in')) throw error;
    requireOwnProfile(settings);
    throwIfOverridden(settings, error);
    const lack = context.terminal.interactive ? null : missingSecret(context.env, error);
    throw lack ?? error;
  }
}

/**
 * Throws if a variable keeps the session of the profile from being used.
 * @throws {CliError} not-signed-in
 */
export function throwIfOverridden(
  { credentials, profile, overrides }: Settings,
  cause?: CliError,
): void {
  const ofSession = ({ key }: Override) =>
    key === 'tenant' || key === 'app-id' || key === 'client-id';
  const override = overrides.find(ofSession);
  if (credentials !== null || profile.session === null || override === undefined) return;
  const facts = { override: override.variable };
  throw new CliError('not-signed-in', override.words, { cause, facts });
}

/** Whether a person has to sign in first. */
export function isSignedOut(error: unknown): error is CliError {
  return (
    error instanceof CliError &&
    (error.code === 'not-signed-in' || error.code === 'session-expired')
  );
}
