/** A session as stored. It belongs to one tenant, application and client, and is sent to no other. */
export interface StoredSession {
  readonly tenant: string;
  readonly appId: string;
  readonly clientId: string;
  readonly grant: 'authorization-code' | 'client-credentials';
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** ISO 8601, or null if the tenant did not say. */
  readonly expiresAt: string | null;
  readonly scope: string | null;
  readonly user: string | null;
}

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
] as const;
export type SettingKey = (typeof settingKeys)[number];

export interface Profile {
  readonly settings: Readonly<Partial<Record<SettingKey, string>>>;
  readonly session: StoredSession | null;
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

/** The store of profiles: one file of mode 0600 in a directory of mode 0700, replaced atomically. */
export interface ProfileStore {
  /** Its location, for people: an absolute path. */
  readonly path: string;
  /** Reads without a lock and creates nothing. A damaged file is set aside (renamed, never deleted) with a warning. */
  read(): Promise<Profiles>;
  /**
   * Reads, changes and replaces under a lock that other processes wait for; `change` may take its time (a token request).
   * If `change` throws, the file stays as it was.
   * @param options `irreplaceable`: the result of `change` cannot be had again, such as a rotated refresh token; so room
   * is reserved first, and if writing still fails, it is retried until the process ends
   */
  update(
    change: (profiles: Profiles) => Profiles | Promise<Profiles>,
    options?: { readonly irreplaceable?: boolean },
  ): Promise<Profiles>;
}
