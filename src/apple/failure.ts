import { CliError, type FactsOf, systemCode } from '../errors/cli-error.ts';
import {
  isTlsCode,
  ProxyError,
  ProxyRefusal,
  reasonOf,
  unwrapProxyError,
  wrongPortCodes,
} from '../network/failure.ts';
import { onOneLine } from '../text/printable.ts';
import type { PushAnswer } from './apns.ts';
import { NotHttp2, Unanswered } from './http2-session.ts';

/**
 * TLS alerts about the client's certificate, by number (RFC 8446 §6). APNs uses them, and
 * never an HTTP answer, to report faults of the certificate itself.
 */
const refusals: Readonly<Record<number, string>> = {
  42: 'it is damaged, not yet valid or wrongly signed',
  43: 'its type is not supported',
  44: 'it is revoked',
  45: 'it has expired or is not yet valid',
  46: 'it was rejected without a reason',
  48: 'its issuer is unknown to the server',
  49: 'it is valid, but access is denied',
  116: 'the server received none',
};

/**
 * The server ended the connection with an alert about the client's certificate. That is
 * also an answer.
 */
export class CertificateRefused extends Error {
  constructor(host: string, alert: number, cause: unknown) {
    super(`${host} rejected the certificate: ${refusals[alert]} (TLS alert ${alert})`, { cause });
    this.name = 'CertificateRefused';
  }
}

/** The alert of a server that does not support HTTP/2 (RFC 7301 §3.2). */
const noApplicationProtocol = 120;

/**
 * SSL_AD_REASON_OFFSET of OpenSSL and BoringSSL: the reason code of an alert is this plus
 * its number.
 */
const alertReasons = 1000;

/**
 * The number of the alert that ended a connection, or null. The names in Node.js's codes
 * vary with its OpenSSL.
 */
function alertNumberOf(error: unknown): number | null {
  const [, reason = '0'] =
    (error instanceof Error &&
      /error:[0-9A-F]{5}([0-9A-F]{3}):SSL routines/i.exec(error.message)) ||
    [];
  const number = Number.parseInt(reason, 16) - alertReasons;
  return number >= 0 && number < 256 ? number : null;
}

/**
 * The error for what a push threw: CertificateRefused, or a CliError apns-tls,
 * apns-timeout, apns-not-http2 or apns-unreachable.
 */
export function apnsError(error: unknown, host: string): CliError | CertificateRefused {
  if (error instanceof CliError) return error;
  const unreachable = (why: string, facts: FactsOf<'apns-unreachable'> = {}) =>
    new CliError('apns-unreachable', `${host} could not be reached${why}`, { cause: error, facts });
  if (error instanceof ProxyRefusal)
    return unreachable(`: the proxy refused the connection (HTTP ${error.status})`, {
      proxyStatus: error.status,
    });
  const cause = unwrapProxyError(error);
  const code = systemCode(cause) ?? '';
  const atProxy = error instanceof ProxyError;
  const alert = atProxy ? null : alertNumberOf(cause);
  if (alert !== null && Object.hasOwn(refusals, alert))
    return new CertificateRefused(host, alert, cause);
  if (error instanceof NotHttp2 || alert === noApplicationProtocol || code === 'ERR_HTTP2_ERROR')
    return new CliError('apns-not-http2', `${host} does not speak HTTP/2`, { cause });
  if (isTlsCode(code)) {
    const peer = atProxy ? 'the proxy' : host;
    return new CliError('apns-tls', `The TLS connection to ${peer} failed: ${reasonOf(code)}`, {
      cause,
      facts: wrongPortCodes.includes(code) && !atProxy ? { port: 'wrong' } : {},
    });
  }
  if (code === 'ETIMEDOUT')
    return new CliError('apns-timeout', `Connecting to ${host} took too long`, { cause });
  const unanswered = error instanceof Unanswered || code.startsWith('ERR_HTTP2_');
  const why = reasonOf(unanswered ? 'ECONNRESET' : code);
  return unreachable(`${atProxy ? ' through the proxy' : ''}: ${why}`);
}

const renew = "Create a new push certificate in Apple's portal.";
const later = 'Send it again later.';

/**
 * The meaning of each APNs reason that a push from here can get, and the remedy if there
 * is one.
 * @see https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns
 */
const meanings: Readonly<Record<string, string>> = {
  BadDeviceToken:
    'The device token is not valid in this environment. ' +
    'Apps signed for development get sandbox tokens; ' +
    'apps from the App Store, TestFlight or an MDM get production tokens.',
  BadTopic: 'The topic is not valid. It must be the bundle ID of the app.',
  DeviceTokenNotForTopic:
    'The device token belongs to a different app. Use a token of the app whose bundle ID is the topic.',
  MissingTopic: 'The certificate has several topics. Give one of them.',
  TopicDisallowed:
    'The certificate does not have this topic. Use one of its topics, or the certificate of the app.',
  BadCertificate: `The certificate is not valid for APNs. ${renew}`,
  BadCertificateEnvironment:
    'The certificate is for the other environment. ' +
    'Use that environment, or a certificate of the kind "Sandbox & Production".',
  MissingProviderToken:
    'APNs received no client certificate and no provider token. ' +
    'A proxy that inspects TLS removes the certificate: ' +
    'let connections to APNs bypass the proxy.',
  ExpiredToken:
    'The device token has expired. Register the new token that the app gets when it starts.',
  Unregistered:
    'The device token is no longer active for the topic: ' +
    'the app was removed or has a new token. ' +
    'Register the token that the app gets when it starts.',
  PayloadTooLarge: 'The payload is larger than 4096 bytes.',
  TooManyRequests: `Too many pushes went to this device token. ${later}`,
  InternalServerError: `It had an internal error. ${later}`,
  ServiceUnavailable: 'It is not available. Send it again in 15 minutes.',
  Shutdown: 'It is shutting this server down. Send it again in 15 minutes.',
};

/** The meanings that differ for a provider token, or occur only with one. */
const meaningsForTokens: typeof meanings = {
  ...meanings,
  MissingTopic: 'The push has no topic. Give the bundle ID of the app.',
  TopicDisallowed: 'The topic is not an app of the team, or the key is not valid for it.',
  ExpiredProviderToken:
    'APNs considers the provider token older than an hour. ' +
    'Compare the clock of this machine with a time server.',
  InvalidProviderToken:
    'The provider token is not valid: ' +
    'the .p8 key, the key ID and the team ID do not belong together, ' +
    'the key was revoked or is not for APNs, or the clock of this machine is ahead.',
  MissingProviderToken: 'APNs received no provider token: something on the way removes it.',
  UnrelatedKeyIdInToken: 'The key ID differs from that of the first push of the connection.',
  BadEnvironmentKeyIdInToken:
    'The key is for the other environment. Use that environment, or another key.',
  TooManyProviderTokenUpdates:
    'The tokens of this key change more often than every 20 minutes: another sender uses it. ' +
    'Send it again in 20 minutes.',
};

/** Whether APNs accepted the push. Only APNs returns an apns-id. */
export function isTaken({ status, apnsId }: PushAnswer): boolean {
  return status === 200 && apnsId !== null;
}

/**
 * The meaning of an answer to a push with a certificate, in sentences.
 * @param by who answered, as the subject of a sentence: APNs, or what stands in its place
 */
export function explainAnswer(answer: PushAnswer, by = 'APNs', known = meanings): string {
  const { status, reason, timestamp } = answer;
  if (isTaken(answer)) return `${by} accepted the push.`;
  const http = status === null ? '' : ` (HTTP ${status})`;
  if (status === 200)
    return `${by} gave no apns-id${http}. APNs always gives one: this may be another server.`;
  if (reason === null)
    return `${by} gave no reason${http}. APNs always gives one: this may be another server.`;
  const since = timestamp === null ? '' : ` since ${timestamp}`;
  const name = asDocumented(reason);
  const meaning = Object.hasOwn(known, name) ? ` ${known[name]}` : '';
  return `${by} answered ${onOneLine(reason)}${http}${since}.${meaning}`;
}

/** APNs has also spelled its errors of a key without `Id`: BadEnvironmentKeyInToken. */
function asDocumented(reason: string): string {
  return reason.replace(/KeyInToken$/, 'KeyIdInToken');
}

/** The meaning of an answer to a push with a provider token. */
export const explainTokenAnswer = (answer: PushAnswer, by?: string) =>
  explainAnswer(answer, by, meaningsForTokens);
