import {
  checkServerIdentity,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls';
import type { Waiting } from '../files/read.ts';
import { trustsSystem } from '../text/version.ts';
import { isUntrusted, isUnverified } from './failure.ts';
import type { Authorities, TrustSettings } from './stores.ts';

/**
 * The trust of one command, loaded once, however many connections need it. All stores are trusted, but most take tens of
 * milliseconds to load: they are asked group by group, as long as none vouches for the server.
 */
export interface Trust {
  /** The last group that was needed so far: whoever connects begins with that one and those before it. */
  readonly reach: number;
  /** Those of the groups up to `reach`; null for what Node.js has by itself, which is faster. @throws {CliError} file-not-found, file-unreadable */
  authorities(reach: number): Promise<readonly string[] | null>;
  /** A TLS context that trusts these CAs. @throws {CliError} as authorities */
  context(reach: number): Promise<SecureContext | null>;
  /** Whether there are more CAs than those up to `reach`, and they may help against `error`; then they are asked from now on. */
  widen(reach: number, error: unknown): Promise<boolean>;
}

export function createTrust(settings: TrustSettings, waiting: Waiting): Trust {
  const contexts = new Map<number, Promise<SecureContext>>();
  let opening: Promise<Authorities> | null = null;
  let widest = 0;

  const named = settings.sslCertFile !== null || settings.sslCertDir !== null;
  const runtimeSuffices = settings.caFile === null && !(trustsSystem && named);

  function open(): Promise<Authorities> {
    opening ??= import('./stores.ts').then(({ openStores }) => openStores(settings, waiting));
    return opening;
  }

  async function authorities(reach: number): Promise<readonly string[] | null> {
    if (reach === 0 && runtimeSuffices) return null;
    return (await open()).upTo(reach);
  }

  return {
    get reach() {
      return widest;
    },
    authorities,
    async context(reach) {
      const ca = await authorities(reach);
      if (ca === null) return null;
      const context = contexts.get(reach) ?? trustingContext(ca);
      contexts.set(reach, context);
      return context;
    },
    async widen(reach, error) {
      // With all CAs at once a better chain might have been found than the one that the user's led to.
      const mayHelp = reach === 0 && settings.caFile !== null ? isUnverified : isUntrusted;
      if (!mayHelp(error)) return false;
      const stores = await open();
      const { length } = await stores.upTo(reach);
      for (let next = reach + 1; next < stores.groups; next++) {
        if ((await stores.upTo(next)).length === length) continue;
        widest = Math.max(widest, next);
        return true;
      }
      return false;
    },
  };
}

/**
 * Connects, and again with more CAs as long as none vouches for the server and there are more. Nothing has been sent by
 * then: a certificate is judged before anything is written.
 */
export async function withTrust<Result>(
  trust: Trust,
  attempt: (reach: number) => Promise<Result>,
): Promise<Result> {
  for (let { reach } = trust; ; reach = trust.reach) {
    try {
      return await attempt(reach);
    } catch (error) {
      if (!(await trust.widen(reach, error))) throw error;
    }
  }
}

/** For CAs from wherever: what cannot be read among them is passed over, as Node.js does by itself and Bun does not. */
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

/** The server's RSA key is shorter than 2048 bits. */
class WeakServerKey extends Error {
  readonly code = 'ERR_TLS_WEAK_SERVER_KEY';
}

/**
 * What every TLS connection uses, whatever the environment says: the server's certificate must be trusted and issued for
 * that host, and its RSA key must be long enough. Judged before anything is sent.
 */
export const strictTls = {
  rejectUnauthorized: true,
  checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
    const { modulus, bits = fewestBits } = certificate as { modulus?: string; bits?: number };
    const weak = modulus !== undefined && bits < fewestBits;
    return checkServerIdentity(host, certificate) ?? (weak ? new WeakServerKey() : undefined);
  },
};
