import { checkServerIdentity, type PeerCertificate } from 'node:tls';

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
