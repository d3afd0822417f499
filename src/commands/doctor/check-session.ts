import { askUser } from '../../auth/ask-user.ts';
import { isRenewable } from '../../auth/profiles.ts';
import type { KeptSession } from '../../auth/stored-schemas.ts';
import { openTenant } from '../../change/open-tenant.ts';
import type { Context } from '../../context.ts';
import { CliError, hasCode } from '../../errors/cli-error.ts';
import type { Settings } from '../../settings/settings.ts';
import { isOnThisMachine } from '../../tenant/address.ts';
import { ok, signInAt, signInHint, type Verdict, warning } from './check.ts';
import type { FoundTenant } from './tenant.ts';

/**
 * The credentials of the command, and until when they last. A stored session is tested at
 * its tenant, as `whoami` does, which renews an expired one.
 * @throws {CliError} interrupted
 */
export async function checkSession(
  settings: Settings,
  found: FoundTenant,
  context: Context,
): Promise<Verdict> {
  const kept = checkKept(settings, found, context.now());
  const { identityHost } = found;
  const { credentials, profile } = settings;
  if (kept.level !== 'ok' || credentials !== null || profile.session?.tenant !== identityHost)
    return kept;
  try {
    const open = await openTenant(settings, context);
    await askUser(open.client, open.session);
    const { expiresAt, renewable } = open.session;
    return lasts(expiresAt?.toISOString() ?? null, renewable);
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    if (hasCode(error, 'session-expired', 'not-signed-in'))
      return warning(`${identityHost} no longer accepts the session.`, signInHint);
  }
  return kept;
}

export function checkKept(settings: Settings, found: FoundTenant, now: Date): Verdict {
  const { credentials, profile, overrides } = settings;
  const ofSession = overrides.find(({ key }) => key === 'session');
  if (ofSession !== undefined) return warning(`${ofSession.words}.`, ofSession.way);
  if (credentials === 'token')
    return ok('The access token of MFA_CLI_TOKEN is used; it cannot be renewed.');
  if (credentials === 'client-secret')
    return ok('A service user signs in with the client secret of the environment.');
  return checkStored(profile.session, settings, found, now);
}

function checkStored(
  session: KeptSession | null,
  settings: Settings,
  found: FoundTenant,
  now: Date,
): Verdict {
  const { appId, clientId } = settings;
  const overridden = checkOverride(session, settings, found);
  if (overridden !== null) return overridden;
  if (session === null) return warning('You are not signed in.', signInHint);
  const { tenant, unreachable } = found;
  if (tenant !== null && session.tenant !== tenant) {
    const message = `The session is for ${session.tenant}, not for ${tenant}.`;
    const hint = { text: 'Run {command}.', command: signInAt(tenant) };
    return { ...warning(message, hint), ...(unreachable && { hint: null }) };
  }
  if (session.appId !== appId || session.clientId !== clientId)
    return warning('The session is for another OAuth application or client.', signInHint);
  const renewable = isRenewable(session);
  const { expiresAt } = session;
  if (expiresAt === null || Date.parse(expiresAt) > now.getTime())
    return lasts(expiresAt, renewable);
  if (renewable) return ok(`The session expired at ${expiresAt}; the next command renews it.`);
  return warning(`The session expired at ${expiresAt} and cannot be renewed.`, signInHint);
}

/**
 * A variable that keeps the session of the profile from being used, and which of the two
 * is odd; null: none does.
 */
function checkOverride(
  session: KeptSession | null,
  { overrides, profiles }: Settings,
  { identityHost }: FoundTenant,
): Verdict | null {
  const override = overrides.find(
    ({ key }) =>
      key === 'tenant' || (session !== null && (key === 'app-id' || key === 'client-id')),
  );
  if (override === undefined) return null;
  const { key, variable, value, kept, words, way } = override;
  const message = session === null ? `You are not signed in, and ${words}.` : `${words}.`;
  if (key !== 'tenant' || value === null)
    return warning(message, `${variable} is the odd one. ${way}`);
  const isLocal = isOnThisMachine(value);
  if (identityHost === null) {
    const odd = `${variable} is the odd one: no tenant answers there.`;
    return warning(message, `${odd} ${way}`);
  }
  if (isLocal !== isOnThisMachine(kept)) {
    const odd = isLocal ? variable : 'The profile';
    const what = 'is the odd one: its tenant is on this machine, as in a rehearsal.';
    return warning(message, `${odd} ${what} ${isLocal ? way : chooseProfile}`);
  }
  const other = Object.entries(profiles.profiles).find(
    ([, each]) => each.session?.tenant === value,
  );
  if (other === undefined) return warning(message, `${way} ${chooseProfile}`);
  return warning(
    message,
    `The profile "${other[0]}" has that tenant: add --profile ${other[0]}. ${way}`,
  );
}

const chooseProfile = 'Or name another profile with --profile NAME.';

function lasts(expiresAt: string | null, renewable: boolean): Verdict {
  return expiresAt === null
    ? ok('You are signed in; the end of the session is unknown.')
    : ok(`The session lasts until ${expiresAt} and ${renewable ? 'can' : 'cannot'} be renewed.`);
}
