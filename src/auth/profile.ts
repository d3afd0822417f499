/** What a session is in the store. It belongs to one tenant, application and client, and is sent to no other. */
export interface StoredSession {
  readonly tenant: string;
  readonly appId: string;
  readonly clientId: string;
  readonly grant: 'authorization-code' | 'client-credentials';
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** ISO 8601, or null where the tenant did not say. */
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

/** A virtual phone that was enrolled at one tenant, and is used at no other. */
export interface StoredDevice {
  readonly tenant: string;
  readonly user: string | null;
  readonly udid: string;
  readonly name: string;
  readonly osVersion: string;
  /** Hex, or null before it was registered. */
  readonly deviceToken: string | null;
  readonly otp: StoredOtp;
  /** The last push that arrived and is not answered yet. */
  readonly challenge: StoredChallenge | null;
}

/** What the phone makes its one-time passwords of. */
interface StoredOtp {
  /** As the tenant wrote it; a secret. */
  readonly key: string;
  readonly keyVersion: string;
  /** Seconds. */
  readonly interval: number;
  /** One of `otpAlgorithms`; null, or another word, where another version of this program enrolled the phone. */
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

/** The settings that a profile can hold, as strings, under the names of `profile set`. */
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
  /** How a tenant, by its origin, last took the parameters of a certificate: `json`, `form` or `query`. */
  readonly sentAs?: Readonly<Record<string, string>>;
}

/** Everything that is kept between runs. */
export interface Profiles {
  /** The name that is used when nothing else names one; null: `default`. */
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
  /** By name the profiles that this version cannot read, as they stand in the file: a newer one may have written them. */
  readonly foreign?: Readonly<Record<string, unknown>>;
}

/** The store of profiles: one file of mode 0600 in a directory of mode 0700, replaced atomically. */
export interface ProfileStore {
  /** Where it is kept, for people: an absolute path. */
  readonly path: string;
  /** Reads without a lock and creates nothing. A broken file is set aside (renamed, never deleted) and said in a warning. */
  read(): Promise<Profiles>;
  /**
   * Reads, changes and replaces under a lock that other processes wait for; `change` may take its time (a token request).
   * What `change` throws leaves the file as it was.
   * @param options `irreplaceable`: what `change` brings cannot be had again, as a rotated refresh token; so the room is
   * taken first, and what cannot be written all the same is tried until the process ends
   */
  update(
    change: (profiles: Profiles) => Profiles | Promise<Profiles>,
    options?: { readonly irreplaceable?: boolean },
  ): Promise<Profiles>;
}
