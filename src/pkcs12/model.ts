import type { KeyObject } from 'node:crypto';

/** The bytes of a .p12 and its name in messages. */
export interface P12File {
  readonly name: string;
  /**
   * Where another command finds it; null or absent: it came from a stream or a variable.
   */
  readonly path?: string | null;
  readonly bytes: Uint8Array;
  /** Set if the bytes were given as text. */
  readonly encoding?: 'base64';
}

/**
 * The purpose of a certificate, by its extensions and extended key usage; the CN does not
 * count.
 */
export type CertificateKind =
  | 'apple-push-services'
  | 'development-push'
  | 'production-push'
  | 'voip-push'
  | 'mdm-push'
  | 'pass-type'
  | 'website-push'
  | 'distribution'
  | 'development'
  | 'other';

/** An environment of APNs. */
export type ApnsEnvironment = 'sandbox' | 'production';

/** A certificate (RFC 5280) with Apple's extensions. */
export interface Certificate {
  /** The DER as in the file. */
  readonly der: Uint8Array;
  /** RFC 4514-like, in the certificate's own order: `UID=com.example.app,CN=…,OU=…`. */
  readonly subject: string;
  readonly issuer: string;
  readonly commonName: string | null;
  readonly issuerCommonName: string | null;
  /** The issuer's OU; Apple's is the generation (`G3`, `G4`). */
  readonly issuerOrganizationalUnit: string | null;
  readonly kind: CertificateKind;
  readonly bundleId: string | null;
  readonly teamId: string | null;
  /** The subject's O; Apple's is the name of the team. */
  readonly organization: string | null;
  readonly topics: readonly string[];
  readonly environments: readonly ApnsEnvironment[];
  /** Hex, lower case. */
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the DER, 64 lower-case hex. */
  readonly fingerprint: string;
  /** SHA-1 of the DER, 40 lower-case hex. */
  readonly fingerprintSha1: string;
  /** Hex, lower case; the authorityKeyIdentifier (RFC 5280 §4.2.1.1), or null. */
  readonly authorityKeyId: string | null;
  readonly publicKey: { readonly type: string; readonly bits: number | null };
}

/** The format of the PFX: integrity, encryption, counts. */
export interface Container {
  /** The PFX without trailing bytes, as sent to the tenant. */
  readonly pfx: Uint8Array;
  readonly trailingBytes: number;
  readonly mac: { readonly algorithm: string; readonly iterations: number } | null;
  /**
   * Each scheme once, in the order of the file: `PBES2-AES-256-CBC`, `PBE-SHA1-RC2-40`,
   * `PBE-SHA1-3DES`.
   */
  readonly encryption: readonly string[];
  readonly keys: number;
  readonly certificates: number;
  /** Whether a private key is not encrypted (keyBag in an unencrypted SafeContents). */
  readonly privateKeyInClear: boolean;
  /** The highest iteration count, and the sum of all. */
  readonly iterations: { readonly highest: number; readonly total: number };
  /** Whether it opened with an empty or no password. */
  readonly passwordEmpty: boolean;
}

/**
 * The contents of a .p12: `certificate` is the leaf that belongs to `privateKey`,
 * anywhere in the file.
 */
export interface PushIdentity {
  /** The path of the file; null: it came from a stream or a variable. */
  readonly path: string | null;
  /**
   * The leaf; without a matching private key, the likeliest leaf; null: no certificate.
   */
  readonly certificate: Certificate | null;
  /** The key of the leaf; if no key has a certificate, the first key; null: no key. */
  readonly privateKey: KeyObject | null;
  /** Whether `privateKey` belongs to `certificate`. */
  readonly paired: boolean;
  /** All other certificates of the file. */
  readonly chain: readonly Certificate[];
  /** The number of private keys with a certificate. */
  readonly identities: number;
  /** The friendlyName of the key or the leaf, or null. */
  readonly friendlyName: string | null;
  readonly container: Container;
}

/** The leaf and its key; null if one is missing or they do not belong together. */
export function pairOf({ certificate, privateKey, paired }: PushIdentity) {
  return certificate === null || privateKey === null || !paired
    ? null
    : { certificate, privateKey };
}
