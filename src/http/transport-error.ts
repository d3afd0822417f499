import { CliError, systemCode } from '../errors.ts';
import { isTlsCode, networkReason, tlsReason } from '../network/failure.ts';
import { ProxyError, ProxyRefusal, unwrapProxyError } from '../network/proxy-error.ts';

const badHttpCodes = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  // undici assumes that a status is at least 100.
  'ERR_ASSERTION',
]);

/** undici's words, with the code of a broken connection, for a 100 or a 101 that nobody asked for. */
const badHttpWords = new Set(['bad response', 'bad upgrade']);

/** The CliError for what a request threw: tenant-tls, tenant-timeout, tenant-not-json, tenant-unreachable or usage. */
export function transportError(error: unknown, origin: string): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof ProxyRefusal) return proxyRefusal(error, origin);
  const cause = unwrapProxyError(error);
  const code = systemCode(cause) ?? '';
  const peer = error instanceof ProxyError ? 'the proxy' : origin;
  if (isTlsCode(code)) {
    return new CliError('tenant-tls', `The TLS connection to ${peer} failed: ${tlsReason(code)}`, { cause });
  }
  if (code === 'ETIMEDOUT') {
    return new CliError('tenant-timeout', `Connecting to ${origin} took too long`, { cause });
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

/** The fact `proxyStatus` distinguishes it from an unreachable tenant. */
function proxyRefusal({ status }: ProxyRefusal, origin: string): CliError {
  return new CliError(
    'tenant-unreachable',
    `${origin} could not be reached: the proxy refused the connection (HTTP ${status})`,
    { facts: { proxyStatus: String(status) } },
  );
}

function isBadHttp(error: unknown, code: string): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'HTTPParserError' || badHttpCodes.has(code) || badHttpWords.has(error.message);
}
