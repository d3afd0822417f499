import { CliError, type ErrorCode, systemCode } from '../errors/cli-error.ts';
import { unwrapProxyError } from './proxy-error.ts';

const certificateCodes =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;
const unverifiedCodes = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_|PATH_LENGTH_)/;
const untrustedCodes = new Set([
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/** Whether TLS failed only because no known authority vouches for the certificate, so that more CAs may help. */
export function isUntrusted(error: unknown): boolean {
  return untrustedCodes.has(systemCode(unwrapProxyError(error)) ?? '');
}

/** Whether no chain of certificates could be verified, for whatever reason: with more CAs there may be another chain. */
export function isUnverified(error: unknown): boolean {
  return unverifiedCodes.test(systemCode(unwrapProxyError(error)) ?? '');
}

/**
 * Whether a connection that failed with `unreachable` may succeed if tried again: not to an unknown name, nor through a
 * proxy that refuses, since another wrong password may lock an account.
 */
export function isTransient(error: Error, unreachable: ErrorCode): boolean {
  return (
    error instanceof CliError &&
    error.code === unreachable &&
    error.facts.proxyStatus === undefined &&
    systemCode(unwrapProxyError(error.cause)) !== 'ENOTFOUND'
  );
}

const unconnectedCodes = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);

/** Whether the outcome of an attempt is that there was no connection, so that nothing was sent through one. */
export function isUnconnected(outcome: unknown): boolean {
  return (
    outcome instanceof CliError &&
    (outcome.facts.proxyStatus !== undefined || unconnectedCodes.has(systemCode(outcome.cause) ?? ''))
  );
}

/** Whether the `code` of an error says that TLS failed, its certificates included. */
export function isTlsCode(code: string): boolean {
  return certificateCodes.test(code);
}

/** Why TLS failed, as the end of a sentence. */
export function tlsReason(code: string): string {
  if (untrustedCodes.has(code)) return `its certificate comes from an unknown authority (${code})`;
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (code === 'ERR_TLS_WEAK_SERVER_KEY') return 'its RSA key has fewer than 2048 bits';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not yet valid';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another host';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'the server does not speak TLS on this port';
  return code;
}

/** Why there is no connection, as the end of a sentence. */
export function networkReason(code: string): string {
  if (code.startsWith('HPE_')) return 'it does not speak HTTP';
  switch (code) {
    case 'ENOTFOUND':
      return 'the host name is not known';
    case 'EAI_AGAIN':
      return 'the host name could not be looked up';
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was closed before the answer';
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return 'there is no route to the host';
    default:
      return code === '' ? 'the request failed' : code;
  }
}
