import type { ApnsEnvironment } from '../../../pkcs12/model.ts';

/** What push certificate each tenant is to have: a fleet file that was read and found valid. */
export interface Fleet {
  /** As given; `-` is stdin. */
  readonly file: string;
  /** Null where the file does not say it. */
  readonly warnDays: number | null;
  /** By name, whether or not a tenant is to have it. */
  readonly certificates: ReadonlyMap<string, FleetCertificate>;
  /** In the order of the file; names differ, and so do the pairs of tenant and client app key. */
  readonly tenants: readonly FleetTenant[];
}

export interface FleetCertificate {
  readonly name: string;
  readonly p12: P12Source;
  /** Null: the file opens without one. */
  readonly password: SecretSource | null;
  /** Null: the bundle ID of the certificate. */
  readonly topic: string | null;
  /** What the certificate has to serve; null: whatever it serves. */
  readonly environment: ApnsEnvironment | null;
}

/** A .p12: an absolute path, or the variable that holds it in base64. */
export type P12Source = { readonly path: string } | { readonly env: string };

/** Where a secret is when it is used: a variable, an absolute path, or the stdout of a program that is run without a shell. */
export type SecretSource =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly [string, ...string[]] };

export interface FleetTenant {
  /** Letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  /** Origin, lower case: `https://abc1234.id.cyberark.cloud`. */
  readonly tenant: string;
  /** Null: it is to have none. */
  readonly certificate: FleetCertificate | null;
  /** Null: the topic, which only the certificate knows where nothing says it. */
  readonly clientAppKey: string | null;
  readonly signIn: SignIn;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whose session calls the tenant: a profile of this machine, a service user, or a token. */
export type SignIn =
  | { readonly profile: string }
  | {
      readonly clientId: string;
      readonly clientSecret: SecretSource;
      readonly appId: string | null;
      readonly scope: string | null;
      readonly platformToken: boolean;
    }
  | { readonly token: SecretSource };
