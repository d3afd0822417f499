import { placeOf } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { formatTable } from '../../report/fields.ts';
import { type GlobalOptions, readSettings } from '../../settings/settings.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';

export interface ProfileListReport {
  /** The profile in force. */
  readonly current: string;
  readonly profiles: readonly {
    readonly name: string;
    readonly tenant: string | null;
    readonly user: string | null;
    readonly expiresAt: string | null;
    /** The file that the session is kept in, or `keychain`; null where there is none. */
    readonly store: string | null;
  }[];
}

export async function list(options: GlobalOptions, context: Context): Promise<ProfileListReport> {
  const { profiles, profileName, store } = await readSettings(options, context);
  return {
    current: profileName,
    profiles: Object.entries(profiles.profiles).map(([name, { settings, session }]) => ({
      name,
      tenant: settings.tenant ?? session?.tenant ?? null,
      user: session?.user ?? null,
      expiresAt: session?.expiresAt ?? null,
      store: placeOf(session, store.path),
    })),
  };
}

function format({ current, profiles }: ProfileListReport, style: Style): string {
  if (profiles.length === 0) return 'There is no profile yet.\n';
  const rows = profiles.map(({ name, tenant, user }) => [
    name === current ? style.green(`* ${name}`) : `  ${name}`,
    tenant ?? 'none',
    user ?? 'not signed in',
  ]);
  return formatTable(['  PROFILE', 'TENANT', 'USER'], rows, style);
}

export const command: CommandModule<GlobalOptions, ProfileListReport> = { work: list, format };
