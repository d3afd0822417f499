import { spelledOut } from '../text/printable.ts';
import { type Finding, finding } from './finding.ts';

/** A request to a tenant for a client app key, unless the tenant refused it. */
export interface KeyRequest {
  readonly clientAppKey: string;
  readonly asked: 'set' | 'delete';
  /** False: the answer is missing, and the request may have succeeded. */
  readonly answered: boolean;
  /** ISO 8601 */
  readonly at: string;
}

/** Whether a tenant pushes with a key. Keys are a promise. */
export interface KeyUse {
  /** Null: unknown. */
  readonly inUse: boolean | null;
  /** The source of `inUse`; null if unknown. */
  readonly inUseFrom: 'tenant' | 'record' | null;
  /**
   * ISO 8601; null: it is not ignored, or the tenant lacks it, or the time is unknown.
   */
  readonly ignoredSince: string | null;
}

/** A tenant's word about the key that was set last. `none`: it has no key. */
export interface ReportedKey {
  readonly outcome: 'told' | 'none' | 'unknown';
  readonly clientAppKey: string | null;
}

const unknownAnswer: ReportedKey = { outcome: 'unknown', clientAppKey: null };

const unknown: KeyUse = { inUse: null, inUseFrom: null, ignoredSince: null };
const inUse: KeyUse = { inUse: true, inUseFrom: 'record', ignoredSince: null };
const deleted: KeyUse = { inUse: false, inUseFrom: 'record', ignoredSince: null };

/**
 * Finds the client app key that a tenant pushes with: the key set last. The tenant
 * ignores earlier keys. After a delete, the key is unknown until the next set.
 * @param requests to one tenant, earliest first; the last one of each key is enough
 * @param reported the latest key according to the tenant
 * @returns the use of each key in the requests, and of `reported`
 */
export function keysInUse(
  requests: readonly KeyRequest[],
  reported: ReportedKey = unknownAnswer,
): ReadonlyMap<string, KeyUse> {
  const keys = new Map<string, KeyUse>();
  for (const request of requests) {
    const own = request.clientAppKey;
    const before = keys.get(own) ?? unknown;
    for (const [key, use] of keys) if (key !== own) keys.set(key, otherAfter(request, use));
    keys.set(own, ownAfter(request, before));
  }
  return reported.outcome === 'unknown' ? keys : withReported(reported.clientAppKey, keys);
}

/** @param latest the key set last, by the tenant; null: it has none */
function withReported(
  latest: string | null,
  keys: ReadonlyMap<string, KeyUse>,
): ReadonlyMap<string, KeyUse> {
  const uses = new Map<string, KeyUse>();
  for (const [key, use] of keys) uses.set(key, reportedUse(key === latest, use));
  if (latest !== null && !keys.has(latest)) uses.set(latest, reportedUse(true, unknown));
  return uses;
}

function ownAfter({ asked, answered }: KeyRequest, before: KeyUse): KeyUse {
  if (answered) return asked === 'set' ? inUse : deleted;
  // A repeated set keeps a key in use, and a delete keeps an unused key unused, whether
  // or not the request succeeded.
  return before.inUse === (asked === 'set') ? before : unknown;
}

function otherAfter({ asked, answered, at }: KeyRequest, use: KeyUse): KeyUse {
  if (use.inUse === false && (asked === 'set' || use.ignoredSince === null)) return use;
  return asked === 'set' && answered
    ? { inUse: false, inUseFrom: 'record', ignoredSince: at }
    : unknown;
}

function reportedUse(isLatest: boolean, { ignoredSince }: KeyUse): KeyUse {
  return { inUse: isLatest, inUseFrom: 'tenant', ignoredSince: isLatest ? null : ignoredSince };
}

/**
 * The use of a key. A key without requests is unused if another one is in use.
 * @param key null: unknown
 */
export function keyUse(keys: ReadonlyMap<string, KeyUse>, key: string | null): KeyUse {
  const used = [...keys.values()].find((use) => use.inUse === true);
  if (key === null || used === undefined) return keys.get(key ?? '') ?? unknown;
  return keys.get(key) ?? { ...used, inUse: false };
}

/**
 * Checks whether a set for this key stops the pushes to another app that gets them now or
 * may get them.
 * @param likelier the key that the app may have in place of one that nobody gave; null:
 * none
 */
export function checkSilenced(
  keys: ReadonlyMap<string, KeyUse>,
  clientAppKey: string,
  likelier: string | null,
): Finding[] {
  const others = [...keys].filter(([key, use]) => key !== clientAppKey && use.inUse !== false);
  const used = others.filter(([, use]) => use.inUse === true);
  const isKnown = used.length > 0;
  const names = (isKnown ? used : others).map(([key]) => `"${key}"`).join(' and ');
  if (names === '') return [];
  const message =
    `After this, sign-in pushes go only to the app of the client app key that is set, no ` +
    `longer to ${names}.`;
  const hints = [`Set it once all users have the new app ("${clientAppKey}").`];
  if (likelier !== null)
    hints.push(
      'No client app key was given, so mfa-cli uses the topic. ' +
        `If the app is registered as "${likelier}", use that client app key.`,
    );
  if (!isKnown) hints.push('Add --refresh to ask the tenant which client app key is in use.');
  return [finding('silences-other-app', message, { hint: hints.join(' ') })];
}

/** A sentence about a key that does not look like itself; null: it does. */
export function oddityOf(clientAppKey: string): string | null {
  const shown = spelledOut(clientAppKey);
  if (shown !== clientAppKey) return `The client app key "${shown}" contains control characters`;
  return shown === shown.trim()
    ? null
    : `The client app key "${shown}" begins or ends with a space`;
}
