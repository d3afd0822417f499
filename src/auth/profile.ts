/** What of a session is no secret. */
export interface SessionFacts {
  readonly tenant: string;
  readonly appId: string;
  readonly clientId: string;
  readonly grant: 'authorization-code' | 'client-credentials';
  /** ISO 8601, or null if the tenant did not say. */
  readonly expiresAt: string | null;
  readonly scope: string | null;
  readonly user: string | null;
}

/** A session with its tokens. It belongs to one tenant, application and client, and is sent to no other. */
export interface StoredSession extends SessionFacts {
  readonly accessToken: string;
  readonly refreshToken: string | null;
}

/** A session that the system's keychain has; `ProfileStore.reveal` fetches it. */
export interface KeychainSession extends SessionFacts {
  readonly renewable: boolean;
  readonly keychain: KeychainItem;
}

/** Which item of the keychain. */
export interface KeychainItem {
  /** From 0 on, one for each session of a configuration directory. */
  readonly number: number;
  /** What the item itself says too: another session may have taken its number. */
  readonly tag: string;
}

/** A session as a profile holds it. */
export type KeptSession = StoredSession | KeychainSession;

/** What this tool set for a client app key, as remembered on this machine. No secret. */
export interface CertificateRecord {
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly topic: string;
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly notAfter: string;
  /** ISO 8601. */
  readonly setAt: string;
}

/** A virtual phone enrolled at one tenant and used at no other. */
export interface StoredDevice {
  readonly tenant: string;
  readonly user: string | null;
  readonly udid: string;
  readonly name: string;
  readonly osVersion: string;
  /** Hex, or null before registration. */
  readonly deviceToken: string | null;
  readonly otp: StoredOtp;
  /** The last push that arrived and has not been answered. */
  readonly challenge: StoredChallenge | null;
}

/** What the phone needs for its one-time passwords. */
interface StoredOtp {
  /** As the tenant wrote it; a secret. */
  readonly key: string;
  readonly keyVersion: string;
  /** Seconds. */
  readonly interval: number;
  /** One of `otpAlgorithms`; null, or another word, if another version of this program enrolled the phone. */
  readonly algorithm: string | null;
  readonly digits: number;
  readonly oathProfileUuid: string;
}

interface StoredChallenge {
  readonly answer: string;
  readonly message: string | null;
  /** ISO 8601. */
  readonly receivedAt: string;
}

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
  readonly device?: StoredDevice | null;
  /** How a tenant, by its origin, last took a certificate's parameters: `json`, `form` or `query`. */
  readonly sentAs?: Readonly<Record<string, string>>;
}

/** Everything kept between runs. */
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
