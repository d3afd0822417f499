import { refuse } from './reasons.ts';

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
const priorities = ['1', '5', '10'];
const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const longestCollapseId = 64;

/** A push's headers by name, each once. */
export type PushHeaders = Readonly<Record<string, string | undefined>>;

/** @param raw names and values alternating, as received @throws {ApnsRefusal} DuplicateHeaders */
export function readPushHeaders(raw: readonly string[]): PushHeaders {
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

/**
 * Checks what a push says about itself apart from its topic.
 * @throws {ApnsRefusal} BadMessageId, BadExpirationDate, BadPriority, BadCollapseId, InvalidPushType
 * @see https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
 */
export function checkPushHeaders(headers: PushHeaders): void {
  const isGiven = (name: string, judge: (value: string) => boolean): boolean => {
    const value = headers[name];
    return value === undefined || judge(value);
  };
  if (!isGiven('apns-id', (id) => uuid.test(id))) throw refuse('BadMessageId');
  if (!isGiven('apns-expiration', (date) => /^\d{1,15}$/.test(date))) throw refuse('BadExpirationDate');
  if (!isGiven('apns-priority', (priority) => priorities.includes(priority))) throw refuse('BadPriority');
  if (!isGiven('apns-collapse-id', (id) => Buffer.byteLength(id) <= longestCollapseId))
    throw refuse('BadCollapseId');
  if (!isGiven('apns-push-type', (type) => pushTypes.includes(type))) throw refuse('InvalidPushType');
}
