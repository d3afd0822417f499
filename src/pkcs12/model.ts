import type { KeyObject } from 'node:crypto';

/** The bytes of a .p12 and the name that messages call it by. */
export interface P12File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a certificate is for, by its extensions and extended key usage (the CN is only words). */
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

/** Which APNs host serves a certificate. */
export type ApnsEnvironment = 'sandbox' | 'production';

/** A certificate (RFC 5280) with what Apple says in it. */
export interface Certificate {
  /** The DER as it stands in the file. */
  readonly der: Uint8Array;
  /** RFC 4514-like, in the certificate's own order: `UID=com.example.app,CN=…,OU=…`. */
  readonly subject: string;
  readonly issuer: string;
  readonly commonName: string | null;
  readonly issuerCommonName: string | null;
  /** The issuer's OU, which is the generation (`G3`, `G4`) at Apple. */
  readonly issuerOrganizationalUnit: string | null;
  readonly kind: CertificateKind;
  readonly bundleId: string | null;
  readonly teamId: string | null;
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

/** How the PFX was made: integrity, encryption, counts. */
export interface Container {
  /** The PFX alone, without bytes that trail it: what is sent to the tenant. */
  readonly pfx: Uint8Array;
  readonly trailingBytes: number;
  readonly mac: { readonly algorithm: string; readonly iterations: number } | null;
  /** Each scheme once, in the order met: `PBES2-AES-256-CBC`, `PBE-SHA1-RC2-40`, `PBE-SHA1-3DES`. */
  readonly encryption: readonly string[];
  readonly keys: number;
  readonly certificates: number;
  /** Whether a private key stands in the clear (keyBag in an unencrypted SafeContents). */
  readonly privateKeyInClear: boolean;
  /** The highest single iteration count, and all of them added up. */
  readonly iterations: { readonly highest: number; readonly total: number };
  /** Whether the password that opened it is empty or absent. */
  readonly passwordEmpty: boolean;
}

/** What a .p12 holds, opened: `certificate` is the leaf that belongs to `privateKey`, wherever it stands in the file. */
export interface PushIdentity {
  /** The leaf; without a matching private key, the likeliest leaf; null where the file has no certificate. */
  readonly certificate: Certificate | null;
  /** The key of the leaf, or the first key in the file when none belongs to a certificate; null without one. */
  readonly privateKey: KeyObject | null;
  /** Whether `privateKey` belongs to `certificate`. */
  readonly paired: boolean;
  /** All other certificates of the file. */
  readonly chain: readonly Certificate[];
  /** How many private keys have a certificate of their own. */
  readonly identities: number;
  /** The friendlyName of the key or the leaf, or null. */
  readonly friendlyName: string | null;
  readonly container: Container;
}

/** The leaf and its key; null where one is missing or they do not belong together. */
export function pairOf({ certificate, privateKey, paired }: PushIdentity) {
  return certificate === null || privateKey === null || !paired ? null : { certificate, privateKey };
}
