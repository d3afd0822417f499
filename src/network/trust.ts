import { X509Certificate } from 'node:crypto';
import {
  checkServerIdentity,
  createSecureContext,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls';
import { orNull } from '../errors/cli-error.ts';
import type { Waiting } from '../files/read.ts';
import { trustsSystem } from '../text/version.ts';
import { isUntrusted, isUnverified } from './failure.ts';
import type { TrustSettings } from './http.ts';
import type { TrustedStores } from './stores.ts';

/** The CAs that a command trusts. */
export interface Trust {
  /** The last group needed so far: new connections start with the groups up to it. */
  readonly lastGroup: number;
  /**
   * The CAs of the groups up to `lastGroup`; null: Node.js's own, which is faster.
   * @throws {CliError} file-not-found, file-unreadable
   */
  authorities(lastGroup: number): Promise<readonly string[] | null>;
  /** A TLS context that trusts these CAs. @throws {CliError} as authorities */
  context(lastGroup: number): Promise<SecureContext | null>;
  /**
   * Whether more CAs exist beyond `lastGroup` and may help against `error`; if so, the
   * trust's `lastGroup` now includes them.
   */
  widen(lastGroup: number, error: unknown): Promise<boolean>;
}

/**
 * The trust of one command, loaded once for all connections. All stores are trusted, but
 * most take tens of milliseconds to load: they are loaded group by group until one
 * vouches for the server.
 */
export function createTrust(settings: TrustSettings, waiting: Waiting): Trust {
  const contexts = new Map<number, Promise<SecureContext>>();
  let opening: Promise<TrustedStores> | null = null;
  let widest = 0;
  const named = settings.sslCertFile !== null || settings.sslCertDir !== null;
  const runtimeSuffices = settings.caFile === null && !(trustsSystem && named);
  const load = async () => (await import('./stores.ts')).openStores(settings, waiting);
  const open = () => (opening ??= load());
  const authorities = async (lastGroup: number): Promise<readonly string[] | null> =>
    lastGroup === 0 && runtimeSuffices ? null : (await open()).upTo(lastGroup);
  return {
    get lastGroup() {
      return widest;
    },
    authorities,
    async context(lastGroup: number): Promise<SecureContext | null> {
      const ca = await authorities(lastGroup);
      if (ca === null) return null;
      const context = contexts.get(lastGroup) ?? trustingContext(ca);
      contexts.set(lastGroup, context);
      return context;
    },
    async widen(lastGroup: number, error: unknown): Promise<boolean> {
      // With all CAs a better chain than the user's may exist.
      const mayHelp = lastGroup === 0 && settings.caFile !== null ? isUnverified : isUntrusted;
      if (!mayHelp(error)) return false;
      const stores = await open();
      const { length } = await stores.upTo(lastGroup);
      for (let next = lastGroup + 1; next < stores.groups; next++) {
        if ((await stores.upTo(next)).length === length) continue;
        widest = Math.max(widest, next);
        return true;
      }
      return false;
    },
  };
}

/**
 * Connects, and reconnects with more CAs until one vouches for the server. Nothing is
 * sent before the certificate is accepted.
 */
export async function withTrust<Result>(
  trust: Trust,
  attempt: (lastGroup: number) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const { lastGroup } = trust;
    try {
      return await attempt(lastGroup);
    } catch (error) {
      // It raises `lastGroup`, as another request may have done meanwhile.
      if (!(await trust.widen(lastGroup, error))) throw error;
    }
  }
}

/** For CAs from any place: skips unreadable ones, as Node.js does and Bun does not. */
export async function trustingContext(
  ca: readonly string[],
  options: SecureContextOptions = {},
): Promise<SecureContext> {
  try {
    return createSecureContext({ ...options, ca: [...ca] });
  } catch {
    const { certificatesIn } = await import('./stores.ts');
    return createSecureContext({ ...options, ca: ca.flatMap(certificatesIn) });
  }
}

/** NIST SP 800-131A, and the default of newer versions of OpenSSL. */
const fewestBits = 2048;
/**
 * The DER of the OIDs of signatures with MD2, MD4, MD5 and SHA-1 (RFC 3279 §2.2; those of
 * OIW begin with 2b0e).
 */
const weakSignature =
  /^(2a864886f70d01010[2-5]|2a8648ce3d0401|2a8648ce380403|2b0e0302(03|0d|0f|1b|1d))$/;

/** A certificate too weak to trust, whoever issued it. */
class WeakCertificate extends Error {
  readonly code: string;

  constructor(what: 'KEY' | 'SIGNATURE') {
    super('The certificate is weak');
    this.code = `ERR_TLS_WEAK_SERVER_${what}`;
  }
}

/**
 * The rules for every TLS connection, regardless of environment and runtime: the server's
 * certificate must be trusted and issued for that host, and no certificate below the root
 * may be weak. Checked before anything is sent.
 */
export const strictTls = {
  rejectUnauthorized: true,
  checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
    if (certificate.subjectaltname === undefined) return new NamelessCertificate();
    return (
      checkServerIdentity(host, certificate) ?? weaknessIn(certificate as DetailedPeerCertificate)
    );
  },
};

/**
 * A certificate that names its host in its subject alone (RFC 9525 §6.3); Node.js would
 * take that.
 */
class NamelessCertificate extends Error {
  readonly code = 'ERR_TLS_CERT_NAMES_NO_HOST';

  constructor() {
    super('The certificate names no host in its subjectAltName');
  }
}

/**
 * The first weak certificate from the server's up to the root, whose own signature does
 * not matter.
 */
function weaknessIn(leaf: DetailedPeerCertificate): WeakCertificate | undefined {
  for (let at = leaf; ; at = at.issuerCertificate) {
    const { raw, issuerCertificate: issuer, fingerprint256 } = at;
    const isRoot = issuer === undefined || issuer.fingerprint256 === fingerprint256;
    const isJudged = at === leaf || !isRoot;
    if (isJudged && bitsOfRsa(at) < fewestBits) return new WeakCertificate('KEY');
    if (isRoot) return undefined;
    if (hasWeakSignature(raw)) return new WeakCertificate('SIGNATURE');
  }
}

/** The bits of an RSA key; of any other, as many as are enough. */
function bitsOfRsa({ modulus, bits = fewestBits, raw }: PeerCertificate): number {
  if (modulus !== undefined) return bits;
  // The runtime tells no modulus of a key for RSASSA-PSS alone.
  const key = orNull(() => new X509Certificate(raw).publicKey);
  return key?.asymmetricKeyDetails?.modulusLength ?? fewestBits;
}

/**
 * Judges the AlgorithmIdentifier that is a certificate's second element (RFC 5280 §4.1).
 */
function hasWeakSignature(certificate: Buffer): boolean {
  const { begin: signed } = elementAt(certificate, 0);
  const { begin, end } = elementAt(certificate, elementAt(certificate, signed).end);
  const oid = elementAt(certificate, begin);
  const algorithm = certificate.toString('hex', oid.begin, oid.end);
  if (algorithm !== rsaPss) return weakSignature.test(algorithm);
  return !strongHash.test(certificate.toString('hex', oid.end, end));
}

/**
 * RSASSA-PSS, whose parameters name the hash; without them it is SHA-1 (RFC 4055 §3.1).
 */
const rsaPss = '2a864886f70d01010a';
/**
 * Parameters that begin with a hash of SHA-2 or SHA-3 (NIST's arc 2.16.840.1.101.3.4.2).
 */
const strongHash = /^30..a0..30..06096086480165030402/;

/** The start and end of the content of a DER element (X.690 §8.1). */
function elementAt(
  der: Buffer,
  position: number,
): { readonly begin: number; readonly end: number } {
  const first = der.readUInt8(position + 1);
  const bytes = first < 0x80 ? 0 : first - 0x80;
  const begin = position + 2 + bytes;
  return { begin, end: begin + (bytes === 0 ? first : der.readUIntBE(position + 2, bytes)) };
}
