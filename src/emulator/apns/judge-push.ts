import { Malformed } from '../../pkcs12/asn1.ts';
import { readCertificate } from '../../pkcs12/certificate.ts';
import type { ApnsEnvironment, Certificate, CertificateKind } from '../../pkcs12/model.ts';
import { isObject, parseJson } from '../../text/json.ts';

interface PushRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values alternating. */
  readonly rawHeaders: readonly string[];
  /** DER, or null if the connection presents none. */
  readonly certificate: Uint8Array | null;
  /** The header, which counts where there is no certificate. */
  readonly authorization: string | null;
  /** Null: longer than any push may be. */
  readonly body: Uint8Array | null;
}

export interface Push {
  readonly deviceToken: string;
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

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
  /** The topics of a provider token; null: all. @throws {ApnsRefusal} */
  topicsFor(authorization: string | null, now: Date): readonly string[] | null;
}

/** Bytes of a payload. @see https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification */
export const payloadLimits = { alert: 4096, voip: 5120 } as const;

/** The push in a request that APNs accepts. @throws {ApnsRefusal} */
export function judgePush(request: PushRequest, judge: Judge): Push {
  const deviceToken = requireDeviceToken(request);
  const allowed = allowedTopics(request, judge);
  const headers = readPushHeaders(request.rawHeaders);
  const topic = requireTopic(headers['apns-topic'], allowed);
  for (const [name, reason, isGood] of headerRules) {
    const value = headers[name];
    if (value !== undefined && !isGood(value)) throw refuse(reason);
  }
  const payload = requirePayload(request.body, headers);
  const known = judge.findToken(deviceToken);
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

const pushTypes = [
  ...['alert', 'background', 'complication', 'controls', 'fileprovider', 'liveactivity'],
  ...['location', 'mdm', 'pushtotalk', 'voip', 'widgets'],
];
const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * What a push may say about itself apart from its topic, and the reason for which APNs refuses all else.
 * @see https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
 */
const headerRules: readonly (readonly [name: string, Reason, isGood: (value: string) => boolean])[] = [
  ['apns-id', 'BadMessageId', (id) => uuid.test(id)],
  ['apns-expiration', 'BadExpirationDate', (date) => /^\d{1,15}$/.test(date)],
  ['apns-priority', 'BadPriority', (priority) => ['1', '5', '10'].includes(priority)],
  ['apns-collapse-id', 'BadCollapseId', (id) => Buffer.byteLength(id) <= 64],
  ['apns-push-type', 'InvalidPushType', (type) => pushTypes.includes(type)],
];

/** A push's headers by name, each once. */
type PushHeaders = Readonly<Record<string, string | undefined>>;

/** @param raw names and values alternating, as received @throws {ApnsRefusal} DuplicateHeaders */
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

/** The push's identifier, if a header gives one. */
export function pushIdOf(raw: readonly string[]): string | null {
  const id = raw[raw.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'apns-id') + 1];
  return id !== undefined && uuid.test(id) ? id : null;
}

const noPushKinds: readonly CertificateKind[] = ['distribution', 'development', 'other'];

/** The topics that a client may push to, and the one it means where it names none. */
interface Allowed {
  /** Null: whatever. */
  readonly topics: readonly string[] | null;
  readonly usual: string | null;
}

/** By the connection's certificate; without one, by the token in the header. @throws {ApnsRefusal} */
function allowedTopics(
  { certificate: der, authorization }: PushRequest,
  { environment, now, topicsFor }: Judge,
): Allowed {
  if (der === null) return { topics: topicsFor(authorization, now()), usual: null };
  const { topics } = requirePushCertificate(der, environment, now());
  return { topics, usual: topics.length === 1 ? (topics[0] ?? null) : null };
}

/** The connection's push certificate. @throws {ApnsRefusal} BadCertificate, BadCertificateEnvironment */
function requirePushCertificate(der: Uint8Array, environment: ApnsEnvironment, now: Date): Certificate {
  const certificate = read(der);
  const served = certificate === null ? [] : servedBy(certificate);
  const isPush = certificate !== null && served.length > 0;
  if (!isPush || now < certificate.notBefore || now > certificate.notAfter) throw refuse('BadCertificate');
  if (!served.includes(environment)) throw refuse('BadCertificateEnvironment');
  return certificate;
}

/** The environments that take pushes with it; none: it is no push certificate. */
export function servedBy({ kind, environments }: Certificate): readonly ApnsEnvironment[] {
  if (noPushKinds.includes(kind)) return [];
  // Certificates for other things than apps (MDM, passes, websites) are not marked for an environment.
  return environments.length === 0 ? ['production'] : environments;
}

function read(der: Uint8Array): Certificate | null {
  try {
    return readCertificate(der).certificate;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** The topic of a push. @throws {ApnsRefusal} MissingTopic, BadTopic, TopicDisallowed */
function requireTopic(asked: string | undefined, { topics, usual }: Allowed): string {
  if (asked === undefined && usual !== null) return usual;
  if (asked === undefined || asked === '') throw refuse('MissingTopic');
  if (!/^[A-Za-z0-9.-]+$/.test(asked)) throw refuse('BadTopic');
  if (topics?.includes(asked) === false) throw refuse('TopicDisallowed');
  return asked;
}

/** Every known reason of APNs, with its HTTP status. @see https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns */
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
  /** Null: the reason comes when the connection ends (GOAWAY). */
  readonly status: number | null;
  /** With 410: since when the device token has been invalid. */
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

export const mostScripted = 1000;

interface ScriptedAnswer {
  readonly reason: string;
  /** Null: it comes when the connection ends. */
  readonly status: number | null;
}

/** Answers for the next pushes regardless of their content, for what no push can provoke by itself. */
export type ScriptedAnswers = ReturnType<typeof createScriptedAnswers>;

export function createScriptedAnswers(now: () => Date) {
  let left: ScriptedAnswer[] = [];
  return {
    /** Those to come, the next one first. */
    left: (): readonly ScriptedAnswer[] => left,
    /** @param times for how many pushes; 0 removes all scripted answers @returns whether there was room for them */
    add(reason: string, status: number | null, times: number): boolean {
      if (times === 0) left = [];
      if (left.length + times > mostScripted) return false;
      left.push(...Array.from({ length: times }, () => ({ reason, status })));
      return true;
    },
    next(): ApnsRefusal | null {
      const answer = left.shift();
      if (answer === undefined) return null;
      return new ApnsRefusal(answer.reason, answer.status, answer.status === 410 ? now() : null);
    },
  };
}
