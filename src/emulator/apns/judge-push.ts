import { Malformed } from '../../pkcs12/asn1.ts';
import { readCertificate } from '../../pkcs12/certificate.ts';
import type { ApnsEnvironment, Certificate, CertificateKind } from '../../pkcs12/model.ts';
import { isObject, parseJson } from '../../text/json.ts';

export interface PushRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values alternating. */
  readonly rawHeaders: readonly string[];
  /** DER; null: the connection has no certificate. */
  readonly certificate: Uint8Array | null;
  /** The header, which is used if there is no certificate. */
  readonly authorization: string | null;
  /** Null: longer than the longest valid push. */
  readonly body: Uint8Array | null;
}

export interface Push {
  readonly deviceToken: string;
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface KnownToken {
  /** The app's topic; null before the first push, which shows the token's app. */
  readonly topic: string | null;
  /** The time of its replacement by a newer token. */
  readonly replacedAt: Date | null;
}

export interface Judge {
  readonly environment: ApnsEnvironment;
  now(): Date;
  /** @param deviceToken lower-case hex */
  findToken(deviceToken: string): KnownToken | null;
  /** The topics of a provider token; null: all. @throws {ApnsRefusal} */
  topicsFor(authorization: string | null, now: Date): readonly string[] | null;
}

/**
 * Maximum bytes of a payload.
 * @see https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification
 */
export const payloadLimits = { alert: 4096, voip: 5120 } as const;

/** The push in a valid request. @throws {ApnsRefusal} */
export function judgePush(request: PushRequest, judge: Judge): Push {
  const deviceToken = requireDeviceToken(request);
  const allowed = allowedTopics(request, judge);
  const headers = readPushHeaders(request.rawHeaders);
  const topic = requireTopic(headers['apns-topic'], allowed);
  for (const { name, reason, isValid } of headerRules) {
    const value = headers[name];
    if (value !== undefined && !isValid(value)) throw refuse(reason);
  }
  const payload = requirePayload(request.body, headers);
  const known = judge.findToken(deviceToken);
  if (known === null) throw refuse('BadDeviceToken');
  if (known.replacedAt !== null) throw refuse('Unregistered', known.replacedAt);
  if (known.topic !== null && known.topic !== topic) throw refuse('DeviceTokenNotForTopic');
  return { deviceToken, topic, payload };
}

/**
 * The last segment of `/3/device/TOKEN`; its form is not checked.
 * @throws {ApnsRefusal} BadPath, MethodNotAllowed, MissingDeviceToken
 */
function requireDeviceToken({ method, path }: PushRequest): string {
  const match = /^\/3\/device(?:\/([^/?]*))?$/.exec(path);
  if (match === null) throw refuse('BadPath');
  if (method !== 'POST') throw refuse('MethodNotAllowed');
  const [, deviceToken = ''] = match;
  if (deviceToken === '') throw refuse('MissingDeviceToken');
  return deviceToken.toLowerCase();
}

/**
 * @throws {ApnsRefusal} PayloadTooLarge, PayloadEmpty (also if it is not a dictionary)
 */
function requirePayload(body: PushRequest['body'], headers: PushHeaders): Push['payload'] {
  const limit = headers['apns-push-type'] === 'voip' ? payloadLimits.voip : payloadLimits.alert;
  if (body === null || body.length > limit) throw refuse('PayloadTooLarge');
  const payload = parseJson(body);
  if (!isObject(payload)) throw refuse('PayloadEmpty');
  return payload;
}

const pushTypes = [
  'alert',
  'background',
  'complication',
  'controls',
  'fileprovider',
  'liveactivity',
  'location',
  'mdm',
  'pushtotalk',
  'voip',
  'widgets',
];
const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

interface HeaderRule {
  readonly name: string;
  /** Of the refusal of other values. */
  readonly reason: Reason;
  isValid(value: string): boolean;
}

/**
 * The valid headers of a push except its topic, and the reason for which APNs refuses
 * others.
 * @see https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
 */
const headerRules: readonly HeaderRule[] = [
  {
    name: 'apns-id',
    reason: 'BadMessageId',
    isValid: (id) => uuid.test(id),
  },
  {
    name: 'apns-expiration',
    reason: 'BadExpirationDate',
    isValid: (date) => /^\d{1,15}$/.test(date),
  },
  {
    name: 'apns-priority',
    reason: 'BadPriority',
    isValid: (priority) => ['1', '5', '10'].includes(priority),
  },
  {
    name: 'apns-collapse-id',
    reason: 'BadCollapseId',
    isValid: (id) => Buffer.byteLength(id) <= 64,
  },
  {
    name: 'apns-push-type',
    reason: 'InvalidPushType',
    isValid: (type) => pushTypes.includes(type),
  },
];

type PushHeaders = Readonly<Record<string, string | undefined>>;

/**
 * @param raw names and values alternating, as received
 * @throws {ApnsRefusal} DuplicateHeaders
 */
function readPushHeaders(raw: readonly string[]): PushHeaders {
  const headers: Record<string, string> = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? '';
    if (!name.startsWith('apns-')) continue;
    if (Object.hasOwn(headers, name)) throw refuse('DuplicateHeaders');
    headers[name] = raw[i + 1] ?? '';
  }
  return headers;
}

/** The push's identifier in its headers, or null. */
export function pushIdOf(raw: readonly string[]): string | null {
  const index = raw.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'apns-id');
  const id = raw[index + 1];
  return index >= 0 && id !== undefined && uuid.test(id) ? id : null;
}

const noPushKinds: readonly CertificateKind[] = ['distribution', 'development', 'other'];

interface AllowedTopics {
  /** Null: all. */
  readonly topics: readonly string[] | null;
  /** The topic of a push that names none; null: it must name one. */
  readonly fallback: string | null;
}

/**
 * The topics of the connection's certificate; without one, of the token in the header.
 * @throws {ApnsRefusal}
 */
function allowedTopics(
  { certificate: der, authorization }: PushRequest,
  { environment, now, topicsFor }: Judge,
): AllowedTopics {
  if (der === null) return { topics: topicsFor(authorization, now()), fallback: null };
  const { topics } = requirePushCertificate(der, environment, now());
  const [first = null] = topics;
  return { topics, fallback: topics.length === 1 ? first : null };
}

function requirePushCertificate(
  der: Uint8Array,
  environment: ApnsEnvironment,
  now: Date,
): Certificate {
  const certificate = readOrNull(der);
  const served = certificate === null ? [] : servedBy(certificate);
  const isPush = certificate !== null && served.length > 0;
  if (!isPush || now < certificate.notBefore || now > certificate.notAfter)
    throw refuse('BadCertificate');
  if (!served.includes(environment)) throw refuse('BadCertificateEnvironment');
  return certificate;
}

/** The environments that accept the certificate; none: it is not a push certificate. */
export function servedBy({ kind, environments }: Certificate): readonly ApnsEnvironment[] {
  if (noPushKinds.includes(kind)) return [];
  // Certificates for purposes other than apps (MDM, passes, websites) name no
  // environment.
  return environments.length === 0 ? ['production'] : environments;
}

function readOrNull(der: Uint8Array): Certificate | null {
  try {
    return readCertificate(der).certificate;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** The topic of a push. @throws {ApnsRefusal} MissingTopic, BadTopic, TopicDisallowed */
function requireTopic(topic: string | undefined, { topics, fallback }: AllowedTopics): string {
  if (topic === undefined && fallback !== null) return fallback;
  if (topic === undefined || topic === '') throw refuse('MissingTopic');
  if (!/^[A-Za-z0-9.-]+$/.test(topic)) throw refuse('BadTopic');
  if (topics?.includes(topic) === false) throw refuse('TopicDisallowed');
  return topic;
}

/**
 * Every known reason of APNs, with its HTTP status; one has two spellings.
 * @see https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns
 */
export const reasons = {
  BadCollapseId: 400,
  BadDeviceToken: 400,
  BadExpirationDate: 400,
  BadMessageId: 400,
  BadPriority: 400,
  BadTopic: 400,
  DeviceTokenNotForTopic: 400,
  DuplicateHeaders: 400,
  IdleTimeout: 400,
  InvalidPushType: 400,
  MissingDeviceToken: 400,
  MissingTopic: 400,
  PayloadEmpty: 400,
  TopicDisallowed: 400,
  BadCertificate: 403,
  BadCertificateEnvironment: 403,
  ExpiredProviderToken: 403,
  Forbidden: 403,
  InvalidProviderToken: 403,
  MissingProviderToken: 403,
  UnrelatedKeyIdInToken: 403,
  BadEnvironmentKeyIdInToken: 403,
  BadEnvironmentKeyInToken: 403,
  BadPath: 404,
  MethodNotAllowed: 405,
  ExpiredToken: 410,
  Unregistered: 410,
  PayloadTooLarge: 413,
  TooManyProviderTokenUpdates: 429,
  TooManyRequests: 429,
  InternalServerError: 500,
  ServiceUnavailable: 503,
  Shutdown: 503,
} as const;
type Reason = keyof typeof reasons;

export class ApnsRefusal extends Error {
  override readonly name = 'ApnsRefusal';
  readonly reason: string;
  /** Null: the connection ends with the reason (GOAWAY). */
  readonly status: number | null;
  /** With 410: the time at which the device token became invalid. */
  readonly since: Date | null;

  constructor(reason: string, status: number | null, since: Date | null = null) {
    super(reason);
    this.reason = reason;
    this.status = status;
    this.since = since;
  }
}

export function refuse(reason: Reason, since: Date | null = null): ApnsRefusal {
  return new ApnsRefusal(reason, reasons[reason], since);
}
