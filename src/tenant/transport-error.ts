import { CliError, systemCode } from '../errors.ts';

const certificateCodes =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;
const untrustedCodes = new Set([
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);
const badHttpCodes = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

/** A failure on the way to the proxy, before the tenant was spoken to. */
export class ProxyError extends Error {
  constructor(cause: Error) {
    super('The proxy cannot be reached', { cause });
    this.name = 'ProxyError';
  }
}

/** Whether TLS failed only because nobody known vouches for the certificate, so that more CAs may help. */
export function isUntrusted(error: unknown): boolean {
  return untrustedCodes.has(systemCode(unwrap(error)) ?? '');
}

/** The CliError for what a request threw: tenant-tls, tenant-timeout, tenant-not-json, tenant-unreachable or usage. */
export function transportError(error: unknown, origin: string): CliError {
  if (error instanceof CliError) return error;
  const cause = unwrap(error);
  const code = systemCode(cause) ?? '';
  const peer = error instanceof ProxyError ? 'the proxy' : origin;
  if (certificateCodes.test(code)) {
    return new CliError('tenant-tls', `The TLS connection to ${peer} failed: ${tlsReason(code)}`, { cause });
  }
  if (code === 'ETIMEDOUT') {
    return new CliError('tenant-timeout', `${origin} could not be connected to in time`, { cause });
  }
  if (isBadHttp(error, code)) {
    return new CliError('tenant-not-json', `${origin} does not speak HTTP`, { cause });
  }
  if (code === 'UND_ERR_INVALID_ARG' && error instanceof Error) {
    return new CliError('usage', `The request cannot be sent: ${error.message}`, { cause });
  }
  const way = error instanceof ProxyError ? ' through the proxy' : '';
  return new CliError('tenant-unreachable', `${origin} could not be reached${way}: ${networkReason(code)}`, {
    cause,
  });
}

function unwrap(error: unknown): unknown {
  return error instanceof ProxyError ? error.cause : error;
}

function isBadHttp(error: unknown, code: string): boolean {
  return (error instanceof Error && error.name === 'HTTPParserError') || badHttpCodes.has(code);
}

function tlsReason(code: string): string {
  if (untrustedCodes.has(code)) return `its certificate comes from no known authority (${code})`;
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not yet valid';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another host';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'the server does not speak TLS on this port';
  return code;
}

function networkReason(code: string): string {
  if (code.startsWith('HPE_')) return 'what it speaks is no HTTP';
  switch (code) {
    case 'ENOTFOUND':
      return 'the host name is not known';
    case 'EAI_AGAIN':
      return 'the host name could not be looked up';
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
    case 'EPIPE':
      return 'the connection was closed before the answer';
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return 'there is no route to the host';
    default:
      return code === '' ? 'the request failed' : code;
  }
}
