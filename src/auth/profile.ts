import type { CertificateRecord, CertificateRequest, KeptSession, StoredDevice } from './stored-schemas.ts';

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
  readonly certificates: readonly CertificateRecord[];
  readonly requests?: readonly CertificateRequest[];
  readonly device?: StoredDevice | null;
  /** The form in which each tenant, by origin, last accepted a certificate's parameters: `json`, `form` or `query`. */
  readonly sentAs?: Readonly<Record<string, string>>;
}

export interface Profiles {
  /** The default profile; null: `default`. */
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
  /** Profiles that this version cannot read, by name, unchanged: a newer version may have written them. */
  readonly foreign?: Readonly<Record<string, unknown>>;
}
