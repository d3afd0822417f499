import type { Profile } from '../../auth/profile.ts';
import { isFor, placeOf } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { orNull } from '../../errors/cli-error.ts';
import { formatTable } from '../../report/table.ts';
import { defaults } from '../../settings/defaults.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { noConnection } from '../../settings/options.ts';
import { requireOwnProfile } from '../../settings/require-profile.ts';
import { readAnySettings } from '../../settings/resolve.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';

interface ProfileListReport {
  /** The profile in use. */
  readonly current: string;
  readonly profiles: readonly {
    readonly name: string;
    readonly tenant: string | null;
    /** Whether the session is for that tenant, and for the app and client set here. */
    readonly signedIn: boolean;
    /** Null: nobody is signed in so, or the token does not name the user. */
    readonly user: string | null;
    readonly expiresAt: string | null;
    /** The file with the session, or `keychain`; null: no session. */
    readonly store: string | null;
  }[];
}

async function list(options: GlobalOptions, context: Context): Promise<ProfileListReport> {
  const settings = await readAnySettings({ ...noConnection, ...options }, context);
  const { profiles, profileName, store } = settings;
  if (profileName !== profiles.current) requireOwnProfile(settings, false);
  return {
    current: profileName,
    profiles: Object.entries(profiles.profiles).map(([name, { settings, session: kept }]) => {
      const address = orNull(() => parseTenantAddress(settings.tenant ?? ''));
      const tenant = address ?? settings.tenant ?? kept?.tenant ?? null;
      const session = kept !== null && isFor(kept, termsOf(tenant, settings)) ? kept : null;
      return {
        name,
        tenant,
        signedIn: session !== null,
        user: session?.user ?? null,
        expiresAt: session?.expiresAt ?? null,
        store: placeOf(kept, store.path),
      };
    }),
  };
}

/** The destination that a session must have for the profile's commands to use it. */
function termsOf(tenant: string | null, settings: Profile['settings']) {
  return {
    tenant,
    appId: settings['app-id'] ?? defaults.appId,
    clientId: settings['client-id'] ?? defaults.clientId,
  };
}

function formatProfiles({ current, profiles }: ProfileListReport, style: Style): string {
  if (profiles.length === 0) return 'No profiles yet.\n';
  const rows = profiles.map(({ name, tenant, signedIn, user }) => [
    name === current ? style.green('*') : '',
    name,
    tenant ?? 'none',
    signedIn ? (user ?? 'unknown') : 'not signed in',
  ]);
  const head = ['', 'Profile', 'Tenant', 'User'];
  return formatTable(head, rows, style, { least: [], long: head });
}

export const listCommand: CommandModule<GlobalOptions, ProfileListReport> = {
  work: list,
  format: formatProfiles,
};
