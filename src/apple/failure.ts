import { CliError, type ErrorFacts, systemCode } from '../errors/cli-error.ts';
import {
  isTlsCode,
  networkReason,
  ProxyError,
  ProxyRefusal,
  tlsReason,
  unwrapProxyError,
} from '../network/failure.ts';
import { alertNumberOf, CertificateRefused, noApplicationProtocol, refusalBy } from './alerts.ts';
import { NotHttp2 } from './http2-session.ts';
import { Unanswered } from './post-push.ts';

/** The error for what a push threw: CertificateRefused, or a CliError apns-tls, apns-timeout, apns-not-http2 or apns-unreachable. */
export function apnsError(error: unknown, host: string): CliError | CertificateRefused {
  if (error instanceof CliError) return error;
  const unreachable = (why: string, facts: ErrorFacts = {}): CliError =>
    new CliError('apns-unreachable', `${host} could not be reached${why}`, { cause: error, facts });
  if (error instanceof ProxyRefusal)
    return unreachable(`: the proxy refused the connection (HTTP ${error.status})`, {
      proxyStatus: String(error.status),
    });
  const cause = unwrapProxyError(error);
  const code = systemCode(cause) ?? '';
  const atProxy = error instanceof ProxyError;
  const alert = atProxy ? null : alertNumberOf(cause);
  const refusal = refusalBy(alert);
  if (refusal !== null) return new CertificateRefused(host, refusal, cause);
  if (error instanceof NotHttp2 || alert === noApplicationProtocol || code === 'ERR_HTTP2_ERROR')
    return new CliError('apns-not-http2', `${host} does not speak HTTP/2`, { cause });
  if (isTlsCode(code)) {
    const peer = atProxy ? 'the proxy' : host;
    return new CliError('apns-tls', `The TLS connection to ${peer} failed: ${tlsReason(code)}`, { cause });
  }
  if (code === 'ETIMEDOUT')
    return new CliError('apns-timeout', `Connecting to ${host} took too long`, { cause });
  const unanswered = error instanceof Unanswered || code.startsWith('ERR_HTTP2_');
  const why = networkReason(unanswered ? 'ECONNRESET' : code);
  return unreachable(`${atProxy ? ' through the proxy' : ''}: ${why}`);
}
