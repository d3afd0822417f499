import type { KeptSession, StoredDevice, StoredSession } from './stored-schemas.ts';

/** The settings of a profile, as strings, under their names in `profile set`. */
export const settingKeys = [
  'tenant',
  'app-id',
  'client-id',
  'scope',
  'platform-token',
  'port',
  'client-app-key',
  'ca-file',
  'store',
] as const;
export type SettingKey = (typeof settingKeys)[number];

export interface Profile {
  readonly settings: Readonly<Partial<Record<SettingKey, string>>>;
  readonly session: KeptSession | null;
  readonly device?: StoredDevice | null;
}

export interface Profiles {
  /** The default profile; null: `default`. */
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
  /**
   * Profiles that this version cannot read, by name, unchanged: a newer version may have
   * written them.
   */
  readonly foreign?: Readonly<Record<string, unknown>>;
}

/**
 * The store of profiles: one file of mode 0600 in a directory of mode 0700, replaced
 * atomically. The session of a profile whose setting `store` is `keychain` is in the
 * system's keychain; the file names the item.
 */
export interface ProfileStore {
  /** Its absolute path, for messages. */
  readonly path: string;
  /**
   * Reads without a lock and creates nothing. A damaged file is renamed, never deleted,
   * with a warning.
   */
  read(): Promise<Profiles>;
  /**
   * The session with its tokens; null if the keychain no longer has it.
   * @throws {CliError} keychain-unavailable, interrupted
   */
  reveal(session: KeptSession): Promise<StoredSession | null>;
  /**
   * Checks that the keychain can write, read and delete.
   * @throws {CliError} keychain-unavailable
   */
  checkKeychain(): Promise<void>;
  /**
   * Reads, changes and replaces under a lock; `change` may be slow (a token request). If
   * `change` throws, the file stays as it was. Sessions go where their profile says.
   * @throws {CliError} keychain-unavailable
   * @param options `irreplaceable`: the result of `change` exists only once, such as a
   *   rotated refresh token. Space is reserved first, and if the write fails
   *   nevertheless, the result is returned with a warning
   */
  update(
    change: (profiles: Profiles) => Profiles | Promise<Profiles>,
    options?: { readonly irreplaceable?: boolean },
  ): Promise<Profiles>;
}
