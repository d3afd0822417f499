import { CliError, hasCode, systemCode } from '../errors/cli-error.ts';
import type { NoAnswer, UnknownChange } from './http.ts';
import { isLoopback } from './proxy.ts';

/** A failure on the way to the proxy, before reaching the host. */
export class ProxyError extends Error {
  constructor(cause: Error) {
    super('The proxy cannot be reached', { cause });
  }
}

/** The proxy answered `CONNECT` with something other than 2xx. */
export class ProxyRefusal extends Error {
  /** The HTTP status. */
  readonly status: number;

  constructor(status: number) {
    super('The proxy refused the connection');
    this.status = status;
  }
}

/** The bytes received are not an answer to the request. */
export class NotHttp extends Error {
  constructor(cause?: unknown) {
    super('This is not HTTP', { cause });
  }
}

/**
 * A connection that ended within an answer. The tenant has probably made the change, so
 * the request is not repeated.
 */
export class BrokenAnswer extends Error {
  readonly code = 'ECONNRESET';

  constructor(cause?: unknown) {
    super('The answer broke off', { cause });
  }
}

/** The cause of a ProxyError; other errors unchanged. */
export function unwrapProxyError(error: unknown): unknown {
  return error instanceof ProxyError ? error.cause : error;
}

const certificateCodes =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_|EPROTO|UNSPECIFIED$)/;
const unverifiedCodes = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_|PATH_LENGTH_)/;
const untrustedCodes = [
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
];

/**
 * Whether TLS failed only because no known authority vouches for the certificate: more
 * CAs may help.
 */
export function isUntrusted(error: unknown): boolean {
  return untrustedCodes.includes(systemCode(unwrapProxyError(error)) ?? '');
}

/**
 * Whether no chain of certificates could be verified, for any reason: with more CAs there
 * may be another chain.
 */
export function isUnverified(error: unknown): boolean {
  return unverifiedCodes.test(systemCode(unwrapProxyError(error)) ?? '');
}

/**
 * Whether a connection that failed with `unreachable` may succeed if repeated: not to an
 * unknown name, nor through a proxy that refuses, since another wrong password may lock
 * an account, nor after part of an answer.
 */
export function isTransient(
  error: Error,
  unreachable: 'tenant-unreachable' | 'apns-unreachable',
): boolean {
  return (
    hasCode(error, unreachable) &&
    error.facts.proxyStatus === undefined &&
    !(error.cause instanceof BrokenAnswer) &&
    systemCode(unwrapProxyError(error.cause)) !== 'ENOTFOUND'
  );
}

/** The beginning of a sentence about a request without an answer. */
export const noAnswerWords: Readonly<Record<NoAnswer, string>> = {
  nothing: 'The tenant did not answer',
  cut: 'The answer was cut off',
  'not-http': 'The answer was not HTTP',
  'too-long': 'The answer was larger than 8 MiB',
};

/** `set the certificate`, and how often it was asked for. */
export function triesWords(tries: number): string {
  return tries > 1 ? ` (sent ${tries} times)` : '';
}

/** The facts of a change that may have been made, for its hints. */
export function unknownFacts({ arrived, tries, cause }: UnknownChange) {
  const signal = cause?.code === 'interrupted' ? (cause.facts.signal ?? 'SIGINT') : undefined;
  const isSilent = typeof arrived === 'string' && cause !== null;
  // The tenant was reached.
  const reason = isSilent ? cause.message.replace(' could not be reached', '') : undefined;
  return { tries, ...(reason && { reason }), ...(signal && { signal }) };
}

/** Whether the `code` of an error says that TLS failed, its certificates included. */
export function isTlsCode(code: string): boolean {
  return certificateCodes.test(code);
}

/**
 * The codes of a server that speaks another protocol on its port than the request
 * expects.
 */
export const wrongPortCodes = [
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
];

/** The reason for a failed connection, as the end of a sentence, by the error's code. */
const reasons = new Map([
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not yet valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host'],
  ['ERR_TLS_CERT_NAMES_NO_HOST', 'its certificate names no host as subjectAltName (RFC 9525)'],
  ['ERR_TLS_WEAK_SERVER_KEY', 'its RSA key has fewer than 2048 bits'],
  ['ERR_TLS_WEAK_SERVER_SIGNATURE', 'its certificate has a weak signature (SHA-1 or older)'],
  // Node.js has no name for OpenSSL's own refusals.
  [
    'UNSPECIFIED',
    'its certificate has a weak key (RSA of fewer than 2048 bits) or a weak signature',
  ],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server does not speak TLS on this port'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'the server does not speak TLS on this port'],
  [
    'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    'the server does not speak HTTP/1.1 on this port',
  ],
  ['ENOTFOUND', 'the host name is unknown'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was closed before the answer'],
  ['EPIPE', 'the connection was closed before the answer'],
  ['ENETUNREACH', 'there is no route to the host'],
  ['EHOSTUNREACH', 'there is no route to the host'],
  ['', 'the request failed'],
]);

/**
 * The end of a sentence about a failure with that code; an unknown code stands for
 * itself.
 */
export function reasonOf(code: string): string {
  if (untrustedCodes.includes(code))
    return `its certificate comes from an unknown authority (${code})`;
  return reasons.get(code) ?? code;
}

/**
 * The CliError for an error of a request: tenant-tls, tenant-timeout, tenant-not-json,
 * tenant-unreachable or usage.
 */
export function transportError(error: unknown, origin: string): CliError {
  if (error instanceof CliError) return error;
  const unreachable = `${origin} could not be reached`;
  const bareHost = bareHostIn(origin);
  const ofHost = bareHost === null ? {} : { bareHost };
  if (error instanceof ProxyRefusal) {
    const words = `${unreachable}: the proxy refused the connection (HTTP ${error.status})`;
    // The fact distinguishes it from an absent tenant.
    return new CliError('tenant-unreachable', words, {
      facts: { proxyStatus: error.status, ...ofHost },
    });
  }
  const cause = unwrapProxyError(error);
  const code = systemCode(cause) ?? '';
  const atProxy = error instanceof ProxyError;
  const facts = wrongPortCodes.includes(code) ? ({ port: 'wrong' } as const) : {};
  if (isTlsCode(code)) {
    const peer = atProxy ? 'the proxy' : origin;
    const words = `The TLS connection to ${peer} failed: ${reasonOf(code)}`;
    return new CliError('tenant-tls', words, { cause, facts });
  }
  if (code === 'ETIMEDOUT')
    return new CliError('tenant-timeout', `Connecting to ${origin} took too long`, { cause });
  if (error instanceof NotHttp)
    return new CliError('tenant-not-json', `${origin} does not speak HTTP`, { cause });
  const why = whyOf(cause, code);
  const words = `${unreachable}${atProxy ? ' through the proxy' : ''}: ${why}`;
  return new CliError('tenant-unreachable', words, { cause, facts: { ...facts, ...ofHost } });
}

/** A host of one word, probably a tenant's ID alone; null: it is a whole name. */
function bareHostIn(origin: string): string | null {
  const host = new URL(origin).hostname;
  return /^[a-z0-9-]+$/.test(host) && !isLoopback(host) ? host : null;
}

function whyOf(cause: unknown, code: string): string {
  if (cause instanceof NotHttp) return 'it does not speak HTTP';
  if (cause instanceof BrokenAnswer) return 'the connection was closed within the answer';
  return reasonOf(code);
}
