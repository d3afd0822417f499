import { askUser } from '../auth/ask-user.ts';
import type { Session } from '../auth/session.ts';
import type { Context, Override } from '../context.ts';
import { CliError, hasCode } from '../errors/cli-error.ts';
import { missingSecret } from '../settings/credentials.ts';
import { requireOwnProfile } from '../settings/require-profile.ts';
import type { Settings } from '../settings/settings.ts';
import { connectionTo, type OpenTenant, openConnection, requireTenant } from './open-tenant.ts';

/**
 * Opens the session of the settings and renews it if it has expired.
 * @throws {CliError} usage, not-signed-in, session-expired, sign-in-failed and what the
 *   network throws
 */
export async function openTenant(settings: Settings, context: Context): Promise<OpenTenant> {
  try {
    const connection = await connectionTo(requireTenant(settings, context), settings, context);
    return await openConnection(connection, settings, context);
  } catch (error) {
    if (!isSignedOut(error) || error.code !== 'not-signed-in') throw error;
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
    if (context.terminal.interactive && mayHaveEnded(open.session))
      await askUser(open.client, open.session).catch(throwIfOver);
    return open;
  } catch (error) {
    if (!context.terminal.interactive || !isSignedOut(error)) throw error;
    const agreed = await context.prompt.confirm({
      message: `${plainly(error)} Sign in now?`,
      initial: true,
      unavailable: 'Signing in needs a terminal',
    });
    if (!agreed) throw error;
    const { signInAndSave } = await import('./sign-in-and-save.ts');
    const signedIn = await signInAndSave(settings, { openBrowser: true }, context);
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

/** Later requests report any other failure. @throws {CliError} */
function throwIfOver(error: unknown): void {
  if (isSignedOut(error) || !(error instanceof CliError) || error.code === 'interrupted')
    throw error;
}

function plainly(error: CliError): string {
  const { code } = error;
  if (hasCode(error, 'not-signed-in') && error.facts.override !== undefined)
    return `${error.message}.`;
  return code === 'not-signed-in' ? "You're not signed in." : 'Your session has ended.';
}

function isSignedOut(error: unknown): error is CliError {
  return (
    error instanceof CliError &&
    (error.code === 'not-signed-in' || error.code === 'session-expired')
  );
}
