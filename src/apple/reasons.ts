import { onOneLine } from '../text/printable.ts';
import type { PushAnswer } from './apns.ts';

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
  UnrelatedKeyIdInToken: `The key ID of the provider token belongs to another team. ${providerToken}`,
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

/** Whether APNs accepted the push: it gives each an identifier, which no other server does. */
export function isTaken({ status, apnsId }: PushAnswer): boolean {
  return status === 200 && apnsId !== null;
}

/** What an answer says, in one sentence, and what it means, in more. */
export function explainAnswer(answer: PushAnswer): string {
  const { status, reason, timestamp } = answer;
  if (isTaken(answer)) return 'APNs took the push.';
  const http = status === null ? '' : ` (HTTP ${status})`;
  if (status === 200)
    return `APNs gave no apns-id${http}. APNs always gives one: this may be another server.`;
  if (reason === null)
    return `APNs gave no reason${http}. APNs always gives one: this may be another server.`;
  const since = timestamp === null ? '' : ` since ${timestamp}`;
  const meaning = Object.hasOwn(meanings, reason) ? ` ${meanings[reason]}` : '';
  return `APNs answered ${onOneLine(reason)}${http}${since}.${meaning}`;
}
