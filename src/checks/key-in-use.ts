import { type Finding, finding } from './finding.ts';

/** What was asked of a tenant for a client app key. What it refused changes nothing, and is none. */
export interface KeyRequest {
  readonly clientAppKey: string;
  readonly asked: 'set' | 'delete';
  /** False: the answer is missing, and the tenant may have done it. */
  readonly answered: boolean;
  /** ISO 8601 */
  readonly at: string;
}

/** Whether a tenant pushes with a key, as far as it is known. Keys are a promise. */
export interface KeyUse {
  /** Null: nobody knows. */
  readonly inUse: boolean | null;
  /** Who says so; null where nobody does. */
  readonly inUseFrom: 'tenant' | 'record' | null;
  /** ISO 8601; null where it is not ignored, not there, or ignored since nobody knows when. */
  readonly ignoredSince: string | null;
}

const unknown: KeyUse = { inUse: null, inUseFrom: null, ignoredSince: null };
const inUse: KeyUse = { inUse: true, inUseFrom: 'record', ignoredSince: null };
const deleted: KeyUse = { inUse: false, inUseFrom: 'record', ignoredSince: null };

/**
 * Which client app key a tenant pushes with: the one set last, while earlier ones are ignored. What it pushes with once any
 * key was deleted is unknown until the next set.
 * @param requests to one tenant, the earliest first; the last one of each key is enough
 * @param told the key that the tenant itself names as the latest; null where it does not say
 * @returns by key: those of the requests, and the one that the tenant names
 */
export function keysInUse(
  requests: readonly KeyRequest[],
  told: string | null = null,
): ReadonlyMap<string, KeyUse> {
  const keys = new Map<string, KeyUse>();
  for (const request of requests) {
    const own = request.clientAppKey;
    const before = keys.get(own) ?? unknown;
    for (const [key, use] of keys) if (key !== own) keys.set(key, otherAfter(request, use));
    keys.set(own, ownAfter(request, before));
  }
  if (told === null) return keys;
  const names = new Set([...keys.keys(), told]);
  return new Map([...names].map((key) => [key, toldUse(key === told, keys.get(key) ?? unknown)]));
}

function ownAfter({ asked, answered }: KeyRequest, before: KeyUse): KeyUse {
  if (answered) return asked === 'set' ? inUse : deleted;
  // Sent twice it is as in use as before; what was ignored or gone is so whether or not it was deleted.
  return before.inUse === (asked === 'set') ? before : unknown;
}

function otherAfter({ asked, answered, at }: KeyRequest, use: KeyUse): KeyUse {
  if (use.inUse === false && (asked === 'set' || use.ignoredSince === null)) return use;
  return asked === 'set' && answered ? { inUse: false, inUseFrom: 'record', ignoredSince: at } : unknown;
}

function toldUse(latest: boolean, { ignoredSince }: KeyUse): KeyUse {
  return { inUse: latest, inUseFrom: 'tenant', ignoredSince: latest ? null : ignoredSince };
}

/** A key that no request was about is not in use where another one is. @param key null: it is not known */
export function keyUse(keys: ReadonlyMap<string, KeyUse>, key: string | null): KeyUse {
  const used = [...keys.values()].find((use) => use.inUse === true);
  if (key === null || used === undefined) return keys.get(key ?? '') ?? unknown;
  return keys.get(key) ?? { ...used, inUse: false };
}

/** Whether setting a certificate for this key ends the pushes of another app that gets them now, or may get them. */
export function checkSilenced(keys: ReadonlyMap<string, KeyUse>, clientAppKey: string): Finding[] {
  const others = [...keys].filter(([key, use]) => key !== clientAppKey && use.inUse !== false);
  const sure = others.filter(([, use]) => use.inUse === true);
  const names = (sure.length > 0 ? sure : others).map(([key]) => key);
  if (names.length === 0) return [];
  const doubt =
    sure.length > 0 ? '' : ' Whether pushes go there now is not known; --refresh asks the tenant.';
  const get = names.length === 1 ? 'gets' : 'get';
  const message = `Sign-in pushes go to the app of the key set last. ${names.join(' and ')} ${get} none after this.`;
  return [
    finding('silences-other-app', message, `Go on once everybody has the app of ${clientAppKey}.${doubt}`),
  ];
}
