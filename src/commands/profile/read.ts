import type { Profile } from '../../auth/profile.ts';
import { isRenewable, placeOf } from '../../auth/profiles.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import type { Context } from '../../context.ts';
import { formatFields, formatMoment, formatTable } from '../../report/fields.ts';
import { requireProfile } from '../../settings/require-value.ts';
import { type GlobalOptions, readSettings } from '../../settings/settings.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';

interface ProfileListReport {
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

async function list(options: GlobalOptions, context: Context): Promise<ProfileListReport> {
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

function formatList({ current, profiles }: ProfileListReport, style: Style): string {
  if (profiles.length === 0) return 'There is no profile yet.\n';
  const rows = profiles.map(({ name, tenant, user }) => [
    name === current ? style.green(`* ${name}`) : `  ${name}`,
    tenant ?? 'none',
    user ?? 'not signed in',
  ]);
  return formatTable(['  PROFILE', 'TENANT', 'USER'], rows, style);
}

export const listCommand: CommandModule<GlobalOptions, ProfileListReport> = {
  work: list,
  format: formatList,
};

interface ProfileShowOptions extends GlobalOptions {
  readonly name?: string;
}

interface ProfileShowReport {
  readonly name: string;
  readonly settings: Profile['settings'];
  /** Without its tokens. */
  readonly session: {
    readonly tenant: string;
    readonly user: string | null;
    readonly expiresAt: string | null;
    readonly renewable: boolean;
    /** The file that it is kept in, or `keychain`. */
    readonly store: string;
  } | null;
  readonly certificates: readonly CertificateRecord[];
}

async function show(options: ProfileShowOptions, context: Context): Promise<ProfileShowReport> {
  const { profiles, profileName, store } = await readSettings(options, context);
  const name = options.name ?? profileName;
  const { settings, session, certificates } = requireProfile(profiles, name);
  return {
    name,
    settings,
    session:
      session === null
        ? null
        : {
            tenant: session.tenant,
            user: session.user,
            expiresAt: session.expiresAt,
            renewable: isRenewable(session),
            store: placeOf(session, store.path) ?? store.path,
          },
    certificates,
  };
}

function formatShow(
  { name, settings, session, certificates }: ProfileShowReport,
  style: Style,
  _options: ProfileShowOptions,
  now: Date,
): string {
  return formatFields(
    [
      ['profile', style.bold(name)],
      ...Object.entries(settings).map(([key, value]) => [key, value] as const),
      ['signed in', session === null ? 'no' : `${session.user ?? 'yes'}, ${until(session, now)}`],
      ...(session === null ? [] : [['kept in', session.store] as const]),
      ...certificates.map(
        (record) => ['certificate', `${record.clientAppKey}, until ${record.notAfter.slice(0, 10)}`] as const,
      ),
    ],
    style,
  );
}

function until({ expiresAt }: NonNullable<ProfileShowReport['session']>, now: Date): string {
  return expiresAt === null ? 'until unknown' : `until ${formatMoment(new Date(expiresAt), now)}`;
}

export const showCommand: CommandModule<ProfileShowOptions, ProfileShowReport> = {
  work: show,
  format: formatShow,
};
