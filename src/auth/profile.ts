import type {
  CertificateRecord,
  CertificateRequest,
  KeptSession,
  StoredDevice,
  StoredSession,
} from './stored-schemas.ts';

/** The settings that a profile can hold, as strings, under their names in `profile set`. */
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
  readonly certificates: readonly CertificateRecord[];
  readonly requests?: readonly CertificateRequest[];
  readonly device?: StoredDevice | null;
  /** How a tenant, by its origin, last took a certificate's parameters: `json`, `form` or `query`. */
  readonly sentAs?: Readonly<Record<string, string>>;
}

export interface Profiles {
  /** The name used when nothing else names one; null: `default`. */
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
  /** The profiles that this version cannot read, by name, as they are in the file: a newer version may have written them. */
  readonly foreign?: Readonly<Record<string, unknown>>;
}

/**
 * The store of profiles: one file of mode 0600 in a directory of mode 0700, replaced atomically. The session of a profile
 * whose setting `store` is `keychain` is kept in the system's keychain, and the file says which one it is.
 */
export interface ProfileStore {
  /** Its location, for people: an absolute path. */
  readonly path: string;
  /** Reads without a lock and creates nothing. A damaged file is set aside (renamed, never deleted) with a warning. */
  read(): Promise<Profiles>;
  /**
   * The session with its tokens; null if it is in the keychain no more.
   * @throws {CliError} keychain-unavailable, interrupted
   */
  reveal(session: KeptSession): Promise<StoredSession | null>;
  /** Whether the keychain takes, gives and forgets. @throws {CliError} keychain-unavailable */
  checkKeychain(): Promise<void>;
  /**
   * Reads, changes and replaces under a lock that other processes wait for; `change` may take its time (a token request).
   * If `change` throws, the file stays as it was. Sessions go where their profile says. @throws {CliError} keychain-unavailable
   * @param options `irreplaceable`: the result of `change` cannot be had again, such as a rotated refresh token; so room
   * is reserved first, and if writing still fails, it is retried until the process ends
   */
  update(
    change: (profiles: Profiles) => Profiles | Promise<Profiles>,
    options?: { readonly irreplaceable?: boolean },
  ): Promise<Profiles>;
}
