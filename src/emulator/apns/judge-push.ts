import type { ApnsEnvironment } from '../../pkcs12/model.ts';
import { isObject, parseJson } from '../../text/json.ts';
import { requirePushCertificate, requireTopic } from './client-certificate.ts';
import { checkPushHeaders, type PushHeaders, readPushHeaders } from './push-headers.ts';
import { refuse } from './reasons.ts';

/** A request to APNs, as received. */
export interface PushRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values alternating. */
  readonly rawHeaders: readonly string[];
  /** DER, or null if the connection presents none. */
  readonly certificate: Uint8Array | null;
  /** Null: longer than any push may be. */
  readonly body: Uint8Array | null;
}

/** A push for a device. */
export interface Push {
  readonly deviceToken: string;
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What is known of a device token. */
export interface KnownToken {
  /** The app's, or null before the first push: nothing else says whose token it is. */
  readonly topic: string | null;
  /** When a newer one replaced it. */
  readonly replacedAt: Date | null;
}

export interface Judge {
  readonly environment: ApnsEnvironment;
  now(): Date;
  /** @param deviceToken lower-case hex */
  findToken(deviceToken: string): KnownToken | null;
}

/** Bytes of a payload. @see https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification */
export const payloadLimits = { alert: 4096, voip: 5120 } as const;

/** The push in a request that APNs accepts. @throws {ApnsRefusal} */
export function judgePush(request: PushRequest, { environment, now, findToken }: Judge): Push {
  const deviceToken = requireDeviceToken(request);
  const certificate = requirePushCertificate(request.certificate, environment, now());
  const headers = readPushHeaders(request.rawHeaders);
  const topic = requireTopic(headers['apns-topic'], certificate);
  checkPushHeaders(headers);
  const payload = requirePayload(request.body, headers);
  const known = findToken(deviceToken);
  if (known === null) throw refuse('BadDeviceToken');
  if (known.replacedAt !== null) throw refuse('Unregistered', known.replacedAt);
  if (known.topic !== null && known.topic !== topic) throw refuse('DeviceTokenNotForTopic');
  return { deviceToken, topic, payload };
}

/** The last segment of `/3/device/TOKEN`, which may not be a token. @throws {ApnsRefusal} BadPath, MethodNotAllowed, MissingDeviceToken */
function requireDeviceToken({ method, path }: PushRequest): string {
  const match = /^\/3\/device(?:\/([^/?]*))?$/.exec(path);
  if (match === null) throw refuse('BadPath');
  if (method !== 'POST') throw refuse('MethodNotAllowed');
  const [, deviceToken = ''] = match;
  if (deviceToken === '') throw refuse('MissingDeviceToken');
  return deviceToken.toLowerCase();
}

/** @throws {ApnsRefusal} PayloadTooLarge, PayloadEmpty (also for anything but a dictionary) */
function requirePayload(body: PushRequest['body'], headers: PushHeaders): Push['payload'] {
  const limit = headers['apns-push-type'] === 'voip' ? payloadLimits.voip : payloadLimits.alert;
  if (body === null || body.length > limit) throw refuse('PayloadTooLarge');
  const payload = parseJson(body);
  if (!isObject(payload)) throw refuse('PayloadEmpty');
  return payload;
}
