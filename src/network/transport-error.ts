import { CliError, systemCode } from '../errors/cli-error.ts';
import { isTlsCode, networkReason, tlsReason } from './failure.ts';
import { ProxyError, ProxyRefusal, unwrapProxyError } from './proxy-error.ts';
import { NotHttp } from './send-once.ts';

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
  // HPE: of the parser, and not of the one that reads a proxy's answer.
  if (error instanceof NotHttp || (error === cause && code.startsWith('HPE_'))) {
    return new CliError('tenant-not-json', `${origin} does not speak HTTP`, { cause });
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
