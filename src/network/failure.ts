import { CliError, type ErrorCode, systemCode } from '../errors/cli-error.ts';
import type { Change } from './http.ts';

/** A failure on the way to the proxy, before reaching the host. */
export class ProxyError extends Error {
  constructor(cause: Error) {
    super('The proxy cannot be reached', { cause });
  }
}

/** The proxy answered `CONNECT` with something other than 2xx. */
export class ProxyRefusal extends Error {
  /** HTTP. */
  readonly status: number;

  constructor(status: number) {
    super('The proxy refused the connection');
    this.status = status;
  }
}

/** What came is not an answer to the request. */
export class NotHttp extends Error {
  constructor(cause?: unknown) {
    super('This is not HTTP', { cause });
  }
}

/** A connection that ended within an answer: what was asked has probably been done, so that it is not asked again. */
export class BrokenAnswer extends Error {
  readonly code = 'ECONNRESET';

  constructor(cause?: unknown) {
    super('The answer broke off', { cause });
  }
}

/** The cause of a ProxyError; any other error is itself. */
export function unwrapProxyError(error: unknown): unknown {
  return error instanceof ProxyError ? error.cause : error;
}

const certificateCodes =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_|EPROTO|UNSPECIFIED$)/;
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
 * proxy that refuses, since another wrong password may lock an account, nor after the beginning of an answer.
 */
export function isTransient(error: Error, unreachable: ErrorCode): boolean {
  return (
    error instanceof CliError &&
    error.code === unreachable &&
    error.facts.proxyStatus === undefined &&
    !(error.cause instanceof BrokenAnswer) &&
    systemCode(unwrapProxyError(error.cause)) !== 'ENOTFOUND'
  );
}

/** The error where an answer to a change is missing; `tries` is how often anything of it was written. */
export function outcomeUnknown(cause: CliError, { done, idempotent }: Change, tries: number): CliError {
  const times = tries > 1 ? ` (sent ${tries} times)` : '';
  const { signal = cause.code === 'interrupted' ? 'SIGINT' : undefined } = cause.facts;
  return new CliError('outcome-unknown', `The tenant did not answer: it may have ${done}${times}`, {
    cause,
    // It was reached.
    facts: {
      tries,
      idempotent,
      reason: cause.message.replace(' could not be reached', ''),
      ...(signal === undefined ? {} : { signal }),
    },
  });
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
  if (code === 'ERR_TLS_WEAK_SERVER_SIGNATURE')
    return 'its certificate has a weak signature (SHA-1 or older)';
  // What OpenSSL refuses by itself has no name in Node.js.
  if (code === 'UNSPECIFIED')
    return 'its certificate has a weak key (RSA of fewer than 2048 bits) or a weak signature';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not yet valid';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another host';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'the server does not speak TLS on this port';
  return code;
}

/** Why there is no connection, as the end of a sentence. */
export function networkReason(code: string): string {
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

/** The CliError for what a request threw: tenant-tls, tenant-timeout, tenant-not-json, tenant-unreachable or usage. */
export function transportError(error: unknown, origin: string): CliError {
  if (error instanceof CliError) return error;
  const unreachable = `${origin} could not be reached`;
  if (error instanceof ProxyRefusal)
    // The fact distinguishes it from a tenant that is not there.
    return new CliError('tenant-unreachable', `${unreachable}: ${refusalReason(error)}`, {
      facts: { proxyStatus: String(error.status) },
    });
  const cause = unwrapProxyError(error);
  const code = systemCode(cause) ?? '';
  const atProxy = error instanceof ProxyError;
  if (isTlsCode(code))
    return new CliError(
      'tenant-tls',
      `The TLS connection to ${atProxy ? 'the proxy' : origin} failed: ${tlsReason(code)}`,
      { cause },
    );
  if (code === 'ETIMEDOUT')
    return new CliError('tenant-timeout', `Connecting to ${origin} took too long`, { cause });
  if (error instanceof NotHttp)
    return new CliError('tenant-not-json', `${origin} does not speak HTTP`, { cause });
  return new CliError('tenant-unreachable', `${unreachable}${wayReason(error)}`, { cause });
}

/** Which way there is no connection, and why, as the end of a sentence: ` through the proxy: the connection was refused`. */
function wayReason(error: unknown): string {
  const cause = unwrapProxyError(error);
  const why = cause instanceof NotHttp ? 'it does not speak HTTP' : networkReason(systemCode(cause) ?? '');
  return `${error instanceof ProxyError ? ' through the proxy' : ''}: ${why}`;
}

/** How a proxy refused, as the end of a sentence. */
function refusalReason({ status }: ProxyRefusal): string {
  return `the proxy refused the connection (HTTP ${status})`;
}
