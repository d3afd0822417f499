import { isRenewable } from '../../auth/profiles.ts';
import type { KeptSession } from '../../auth/stored-schemas.ts';
import type { Context } from '../../context.ts';
import { askUser, openTenant } from '../../delivery/tenant.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Check, ok, warning } from './check.ts';
import type { FoundTenant } from './tenant.ts';

const signIn = 'Run `mfa-cli login`.';

/** Whether the profile that a command would use is there. */
export function checkProfile({ profileName, profiles }: Settings): Check {
  if (Object.hasOwn(profiles.profiles, profileName))
    return ok('profile', `The profile "${profileName}" is used.`);
  return warning(
    'profile',
    `The profile "${profileName}" does not exist yet.`,
    `${signIn.slice(0, -1)}, which makes it, or choose another one of \`mfa-cli profile list\`.`,
  );
}

/**
 * What a command would sign its requests with, and until when. Where a session is kept for the tenant that answers, the tenant
 * is asked whether it takes it, as `whoami` asks; that renews one that has expired. @throws {CliError} interrupted
 */
export async function checkSession(
  settings: Settings,
  { tenant, identityHost }: FoundTenant,
  context: Context,
): Promise<Check> {
  const kept = checkKept(settings, tenant, context.now());
  const { credentials, profile } = settings;
  if (kept.level !== 'ok' || credentials !== null || profile.session?.tenant !== identityHost) return kept;
  try {
    const open = await openTenant(settings, context);
    await askUser(open);
    const { expiresAt, renewable } = open.session;
    return lasts(expiresAt?.toISOString() ?? null, renewable);
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    if (error.code === 'session-expired' || error.code === 'not-signed-in')
      return warning('session', `${identityHost} does not accept the session any more.`, signIn);
  }
  return kept;
}

/** What is known of it without asking anybody. */
export function checkKept(settings: Settings, tenant: string | null, now: Date): Check {
  const { credentials, profile } = settings;
  if (credentials === 'token')
    return ok('session', 'The access token of MFA_CLI_TOKEN is used; it cannot be renewed.');
  if (credentials === 'client-secret')
    return ok('session', 'A service user signs in with the client secret of the environment.');
  return checkStored(profile.session, settings, tenant, now);
}

function checkStored(
  session: KeptSession | null,
  { appId, clientId }: Settings,
  tenant: string | null,
  now: Date,
): Check {
  if (session === null) return warning('session', 'Nobody is signed in.', signIn);
  if (tenant !== null && session.tenant !== tenant)
    return warning('session', `The session is for ${session.tenant}, not for ${tenant}.`, signIn);
  if (session.appId !== appId || session.clientId !== clientId)
    return warning('session', 'The session is for another OAuth application or client.', signIn);
  const renewable = isRenewable(session);
  const { expiresAt } = session;
  if (expiresAt === null || Date.parse(expiresAt) > now.getTime()) return lasts(expiresAt, renewable);
  if (renewable) return ok('session', `The session ended at ${expiresAt}; the next command renews it.`);
  return warning('session', `The session ended at ${expiresAt} and cannot be renewed.`, signIn);
}

function lasts(expiresAt: string | null, renewable: boolean): Check {
  return expiresAt === null
    ? ok('session', 'Somebody is signed in; the tenant did not say until when.')
    : ok('session', `The session lasts until ${expiresAt} and ${renewable ? 'can' : 'cannot'} be renewed.`);
}
