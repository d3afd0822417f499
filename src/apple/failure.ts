import { CliError, type ErrorFacts, systemCode } from '../errors/cli-error.ts';
import { isTlsCode, ProxyError, ProxyRefusal, reasonOf, unwrapProxyError } from '../network/failure.ts';
import { onOneLine } from '../text/printable.ts';
import type { PushAnswer } from './apns.ts';
import { NotHttp2, Unanswered } from './http2-session.ts';

/**
 * What alerts say about the client's certificate, by number (RFC 8446 §6). APNs uses them to report faults of a certificate itself, and
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

/** The server ended the connection with an alert about the client's certificate, which also is an answer. */
export class CertificateRefused extends Error {
  constructor(host: string, alert: number, cause: unknown) {
    super(`${host} refused the certificate: ${refusals[alert]} (TLS alert ${alert})`, { cause });
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
  if (alert !== null && Object.hasOwn(refusals, alert)) return new CertificateRefused(host, alert, cause);
  if (error instanceof NotHttp2 || alert === noApplicationProtocol || code === 'ERR_HTTP2_ERROR')
    return new CliError('apns-not-http2', `${host} does not speak HTTP/2`, { cause });
  if (isTlsCode(code)) {
    const peer = atProxy ? 'the proxy' : host;
    return new CliError('apns-tls', `The TLS connection to ${peer} failed: ${reasonOf(code)}`, { cause });
  }
  if (code === 'ETIMEDOUT')
    return new CliError('apns-timeout', `Connecting to ${host} took too long`, { cause });
  const unanswered = error instanceof Unanswered || code.startsWith('ERR_HTTP2_');
  const why = reasonOf(unanswered ? 'ECONNRESET' : code);
  return unreachable(`${atProxy ? ' through the proxy' : ''}: ${why}`);
}

const renew = 'Create a new push certificate in Apple’s portal.';
const providerToken = 'It is about tokens of .p8 keys, which are not used here.';
const later = 'Send it again later.';

/**
 * What each of APNs' reasons means, and what to do if that helps.
 * @see https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns
 */
const meanings: Readonly<Record<string, string>> = {
  BadCollapseId: 'The collapse ID is longer than 64 bytes.',
  BadDeviceToken:
    'The device token is not one of this environment. An app signed for development has tokens of the sandbox, one from the App Store, TestFlight or an MDM has those of production.',
  BadExpirationDate: 'The expiration time is not a number.',
  BadMessageId: 'The apns-id is not a UUID.',
  BadPriority: 'The priority is not 10, 5 or 1.',
  BadTopic: 'The topic is not valid. It is the bundle ID of the app.',
  DeviceTokenNotForTopic:
    'The device token belongs to another app than the topic. Take the token of the app whose bundle ID is the topic.',
  DuplicateHeaders: 'A header came twice.',
  IdleTimeout: `The connection was idle for too long. ${later}`,
  InvalidPushType: 'The push type is not valid.',
  MissingDeviceToken: 'No device token was in the path.',
  MissingTopic:
    'No topic was given, and the certificate has several. Name one of the topics of the certificate.',
  PayloadEmpty: 'The payload is empty.',
  TopicDisallowed:
    'The topic is not one of this certificate. Choose one of its topics, or the certificate of the app.',
  BadCertificate: `The certificate is not valid for APNs. ${renew}`,
  BadCertificateEnvironment:
    'The certificate is for the other environment. Choose that one, or a certificate of the kind “Sandbox & Production”.',
  ExpiredProviderToken: `The provider token has expired. ${providerToken}`,
  Forbidden: 'The action is not allowed.',
  InvalidProviderToken: `The provider token is not valid. ${providerToken}`,
  MissingProviderToken:
    'No client certificate arrived, so APNs looked for a provider token. A proxy that inspects TLS removes the certificate: let the connection to APNs bypass it.',
  UnrelatedKeyIdInToken: `The key ID is another than that of the first push of the connection. ${providerToken}`,
  BadEnvironmentKeyIdInToken: `The key of the provider token is for the other environment. ${providerToken}`,
  BadPath: 'The path of the request is wrong.',
  MethodNotAllowed: 'The request was not a POST.',
  ExpiredToken: 'The device token has expired. Register the new one that the app gets when it starts.',
  Unregistered:
    'The device token is no longer active for the topic: the app was removed or has a new token. Register the new one that the app gets when it starts.',
  PayloadTooLarge: 'The payload is larger than 4096 bytes.',
  TooManyProviderTokenUpdates: `The provider token changes too often. ${providerToken}`,
  TooManyRequests: `Too many pushes went to this device token. ${later}`,
  InternalServerError: `APNs had an internal error. ${later}`,
  ServiceUnavailable: 'APNs is not available. Send it again in 15 minutes.',
  Shutdown: 'APNs is shutting this server down. Send it again in 15 minutes.',
};

/** What those mean that are about the way to be known, where that is a provider token. */
const meaningsForTokens: typeof meanings = {
  ...meanings,
  MissingTopic: 'No topic was given. It is the bundle ID of the app.',
  TopicDisallowed: 'The topic is not an app of the team, or the key is not for it.',
  ExpiredProviderToken:
    'The provider token is older than an hour there. Compare the clock of this machine with a time server.',
  InvalidProviderToken:
    'The provider token is not valid: the .p8 key, the key ID and the team ID do not belong together, the key was revoked or is not for APNs, or the clock of this machine is ahead.',
  MissingProviderToken: 'No provider token arrived: something between here and APNs removes it.',
  UnrelatedKeyIdInToken: 'The key ID is another than that of the first push of the connection.',
  BadEnvironmentKeyIdInToken: 'The key is for the other environment. Choose that one, or another key.',
  TooManyProviderTokenUpdates:
    'The tokens of this key change more often than every 20 minutes: somebody else pushes with it. Send it again in 20 minutes.',
};

type KnownBy = 'certificate' | 'token';

/** Whether APNs accepted the push: it gives each an identifier, which no other server does. */
export function isTaken({ status, apnsId }: PushAnswer): boolean {
  return status === 200 && apnsId !== null;
}

export function explainAnswer(answer: PushAnswer, by: KnownBy = 'certificate'): string {
  const { status, reason, timestamp } = answer;
  if (isTaken(answer)) return 'APNs took the push.';
  const http = status === null ? '' : ` (HTTP ${status})`;
  if (status === 200)
    return `APNs gave no apns-id${http}. APNs always gives one: this may be another server.`;
  if (reason === null)
    return `APNs gave no reason${http}. APNs always gives one: this may be another server.`;
  const since = timestamp === null ? '' : ` since ${timestamp}`;
  const known = by === 'token' ? meaningsForTokens : meanings;
  const meaning = Object.hasOwn(known, reason) ? ` ${known[reason]}` : '';
  return `APNs answered ${onOneLine(reason)}${http}${since}.${meaning}`;
}
