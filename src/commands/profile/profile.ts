import { resolve } from 'node:path';
import { type Profile, type SettingKey, settingKeys } from '../../auth/profile.ts';
import {
  isProfile,
  isRenewable,
  placeOf,
  withoutProfile,
  withProfileRenamed,
  withSetting,
} from '../../auth/profiles.ts';
import { certificatesAt } from '../../change/history.ts';
import { historyAt, readMemory } from '../../change/read-memory.ts';
import type { Context } from '../../context.ts';
import { CliError, orNull } from '../../errors/cli-error.ts';
import { formatFields, formatValidUntil, inParts, sessionFields } from '../../report/fields.ts';
import { noConnection } from '../../settings/options.ts';
import { warnOfOverrides, warnOfSaved } from '../../settings/overrides.ts';
import { requireProfile } from '../../settings/require-profile.ts';
import { parseSessionStore, readAnySettings } from '../../settings/resolve.ts';
import { invalidValue, parsePort } from '../../settings/values.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import type {
  ProfileRemoveOptions,
  ProfileRenameOptions,
  ProfileSetOptions,
  ProfileShowOptions,
  ProfileUseOptions,
} from './options.ts';

interface ProfileShowReport {
  readonly name: string;
  readonly settings: Profile['settings'];
  /** Without tokens. */
  readonly session: {
    readonly tenant: string;
    readonly user: string | null;
    readonly expiresAt: string | null;
    readonly renewable: boolean;
    /** The file with the session, or `keychain`. */
    readonly store: string;
  } | null;
  /** Those that the ledger has for its tenant. */
  readonly certificates: readonly ShownCertificate[];
}

interface ShownCertificate {
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly topic: string | null;
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  readonly fingerprint: string | null;
  /** ISO 8601 */
  readonly notAfter: string | null;
  /** ISO 8601 */
  readonly setAt: string;
}

/** The certificates that the ledger has for a tenant. */
async function certificatesFor(
  tenant: string | null,
  context: Context,
): Promise<readonly ShownCertificate[]> {
  if (tenant === null) return [];
  const memory = await readMemory({ tenants: [tenant] }, context);
  return certificatesAt(historyAt(memory, tenant)).map(({ line, at }) => {
    const { clientAppKey, topic, fingerprint, notAfter } = line;
    return { tenant, clientAppKey, topic, fingerprint, notAfter, setAt: at };
  });
}

async function show(options: ProfileShowOptions, context: Context): Promise<ProfileShowReport> {
  const resolved = await readAnySettings({ ...noConnection, ...options }, context);
  const { profiles, profileName, store } = resolved;
  const name = options.name ?? profileName;
  const { settings, session } = requireProfile(profiles, name);
  if (name === profileName) warnOfOverrides(resolved, [...settingKeys, 'session'], context);
  const address = orNull(() => parseTenantAddress(settings.tenant ?? ''));
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
    certificates: await certificatesFor(session?.tenant ?? address, context),
  };
}

function formatShow(
  { name, settings, session, certificates }: ProfileShowReport,
  style: Style,
  _options: ProfileShowOptions,
  now: Date,
): string {
  const fields = [
    ['Profile', style.bold(name)],
    ['User', session === null ? 'not signed in' : (session.user ?? 'unknown')],
    ...(session === null ? [] : sessionFields(session, now)),
    ...certificates.map(
      ({ clientAppKey, notAfter }) =>
        [
          'Certificate',
          `${clientAppKey}, valid until ${formatValidUntil(notAfter, now, style)}`,
        ] as const,
    ),
  ] as const;
  const set = Object.entries(settings);
  const own = set.length === 0 ? '' : `${style.bold('Settings')}\n${formatFields(set, style)}`;
  return inParts(formatFields(fields, style), own);
}

export const showCommand: CommandModule<ProfileShowOptions, ProfileShowReport> = {
  work: show,
  format: formatShow,
};

interface ProfileSetReport {
  readonly profile: string;
  readonly key: SettingKey;
  /** Null: the setting was removed. */
  readonly value: string | null;
}

/** Changing `store` moves the session. @throws {CliError} usage, keychain-unavailable */
async function set(options: ProfileSetOptions, context: Context): Promise<ProfileSetReport> {
  const { key } = options;
  const value = options.value === '' ? null : validate(key, options.value);
  const { store, profileName: profile } = await readAnySettings(
    { ...noConnection, ...options },
    context,
  );
  if (key === 'store' && value === 'keychain') await store.checkKeychain();
  await store.update((profiles) => withSetting(profiles, profile, key, value));
  if (value !== null) warnOfSaved({ [key]: value }, profile, context);
  return { profile, key, value };
}

/** The value in its stored form. @throws {CliError} usage */
function validate(key: SettingKey, value: string): string {
  if (key === 'tenant') return parseTenantAddress(value);
  if (key === 'ca-file') return resolve(value);
  if (key === 'store') return parseSessionStore(value, { option: key });
  if (key === 'port') return String(parsePort(value, { option: key }, 1));
  if (key === 'platform-token' && value !== '1' && value !== '0') {
    throw invalidValue(value, { option: key }, '1 or 0');
  }
  return value;
}

export const setCommand: CommandModule<ProfileSetOptions, ProfileSetReport> = {
  work: set,
  format: ({ profile, key, value }, style) =>
    value === null
      ? `${style.mark('ok', `Removed ${key} from the profile "${profile}".`)}\n`
      : `${style.mark('ok', `Set ${key} to ${value} in the profile "${profile}".`)}\n`,
};

export const useCommand: CommandModule<ProfileUseOptions, { readonly current: string }> = {
  work: async ({ name }, context) => {
    const store = await context.profiles();
    await store.update((profiles) => {
      requireProfile(profiles, name, false);
      return { ...profiles, current: name };
    });
    warnOfSaved({}, name, context);
    return { current: name };
  },
  format: ({ current }, style) => `${style.mark('ok', `The current profile is "${current}".`)}\n`,
};

interface ProfileRenameReport {
  readonly renamed: string;
  readonly to: string;
  /** Whether it is the current profile. */
  readonly current: boolean;
}

async function rename(
  { old: name, new: to }: ProfileRenameOptions,
  context: Context,
): Promise<ProfileRenameReport> {
  if (to === '') throw new CliError('usage', 'The new name is empty');
  const store = await context.profiles();
  const { current } = await store.update((profiles) => {
    requireProfile(profiles, name, false);
    if (to !== name && isProfile(profiles, to))
      throw new CliError('usage', `The profile "${to}" already exists`);
    return withProfileRenamed(profiles, name, to);
  });
  return { renamed: name, to, current: current === to };
}

export const renameCommand: CommandModule<ProfileRenameOptions, ProfileRenameReport> = {
  work: rename,
  format({ renamed, to, current }, style) {
    const which = current ? ', the current one' : '';
    return `${style.mark('ok', `Renamed the profile "${renamed}" to "${to}"${which}.`)}\n`;
  },
};

interface ProfileRemoveReport {
  readonly removed: string;
  /** Whether it had a session, which is forgotten but not revoked. */
  readonly hadSession: boolean;
}

/**
 * Asks first: a removed profile cannot be restored.
 * @throws {CliError} usage, prompt-unavailable, interrupted
 */
async function remove(
  { name, yes }: ProfileRemoveOptions,
  context: Context,
): Promise<ProfileRemoveReport> {
  const store = await context.profiles();
  const { session } = requireProfile(await store.read(), name, false);
  if (yes !== true) {
    const agreed = await context.prompt.confirm({
      message: `Remove the profile "${name}" with its settings and session?`,
      unavailable: 'Removing a profile must be confirmed in a terminal',
      facts: { option: '--yes' },
    });
    if (!agreed) throw new CliError('interrupted', 'Nothing was removed');
  }
  await store.update((profiles) => withoutProfile(profiles, name));
  return { removed: name, hadSession: session !== null };
}

export const removeCommand: CommandModule<ProfileRemoveOptions, ProfileRemoveReport> = {
  work: remove,
  format: ({ removed, hadSession }, style) => {
    const session = hadSession
      ? ' Its session was forgotten, but not revoked. Next time, run `mfa-cli logout` first.'
      : '';
    return `${style.mark('ok', `Removed the profile "${removed}".${session}`)}\n`;
  },
};
