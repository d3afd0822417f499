import { CliError, type ErrorFacts, systemCode } from '../errors/cli-error.ts';
import {
  isTlsCode,
  networkReason,
  ProxyError,
  ProxyRefusal,
  tlsReason,
  unwrapProxyError,
} from '../network/failure.ts';
import { NotHttp2, Unanswered } from './http2-session.ts';

/** A TLS alert with which a server refuses the client's certificate. */
interface Alert {
  /** RFC 8446 §6. */
  readonly number: number;
  /** The end of a sentence. */
  readonly words: string;
}

/**
 * What alerts say about the client's certificate, by number. APNs uses them to report faults of a certificate itself, and
 * never an HTTP answer.
 */
const refusals: Readonly<Record<number, string>> = {
  42: 'it is damaged, not yet valid or wrongly signed',
  43: 'it is of a type that is not supported',
  44: 'it is revoked',
  45: 'it has expired or is not yet valid',
  46: 'it is not acceptable, and no reason is given',
  48: 'its issuer is unknown there',
  49: 'it is valid, but access is denied',
  116: 'none arrived',
};

/** The server ended the connection with an alert about the client's certificate, which is an answer too. */
export class CertificateRefused extends Error {
  constructor(host: string, { number, words }: Alert, cause: unknown) {
    super(`${host} refused the certificate: ${words} (TLS alert ${number})`, { cause });
    this.name = 'CertificateRefused';
  }
}

/** The alert of a server without HTTP/2 if the client offers nothing else (RFC 7301 §3.2). */
const noApplicationProtocol = 120;

/** SSL_AD_REASON_OFFSET of OpenSSL and BoringSSL: the reason of an error that is an alert is this and its number. */
const alertReasons = 1000;

/** The number of the alert that ended a connection, or null. The names in Node.js's codes vary with its OpenSSL. */
function alertNumberOf(error: unknown): number | null {
  const [, reason = '0'] =
    (error instanceof Error && /error:[0-9A-F]{5}([0-9A-F]{3}):SSL routines/i.exec(error.message)) || [];
  const number = Number.parseInt(reason, 16) - alertReasons;
  return number >= 0 && number < 256 ? number : null;
}

/** What an alert says about the client's certificate, or null. */
function refusalBy(number: number | null): Alert | null {
  const words = number === null ? undefined : refusals[number];
  return number === null || words === undefined ? null : { number, words };
}

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
