import type { Profiles } from '../../auth/profile.ts';
import { latestRecord } from '../../auth/profiles.ts';
import {
  isSame,
  type OpenRequest,
  openRequests,
  requestsTo,
  withDeleted,
  withoutRequest,
  withSet,
} from '../../auth/requests.ts';
import { keysInUse } from '../../checks/key-in-use.ts';
import type { Held, ReadBack } from '../../tenant/certificates.ts';

/** A request whose answer is missing, and whether what a tenant tells shows that it was done. */
export interface SettledRequest {
  readonly request: OpenRequest;
  readonly done: boolean;
}

/**
 * What a tenant tells of the key of a request whose answer is missing: whether it was done, or null where that does not show.
 * A set of the topic that the key had before never shows.
 */
export function settledBy(request: OpenRequest, told: ReadBack, profiles: Profiles): boolean | null {
  const { tenant, clientAppKey, asked, topic } = request;
  const isOnly = openRequests(profiles).filter((other) => isSame(other, request)).length === 1;
  if (told.outcome === 'unknown' || !isOnly) return null;
  if (asked === 'delete') return told.topic === null;
  const previous = latestRecord(profiles, tenant, clientAppKey);
  if (previous !== null) return previous.topic === topic ? null : told.topic === topic;
  if (told.topic !== topic) return false;
  // It may have been there before; but a key that is in use now, after another one was, has been set since.
  const before = keysInUse(
    requestsTo(profiles, tenant).filter((other) => other.clientAppKey !== clientAppKey),
  );
  const wasOther = [...before.values()].some(({ inUse }) => inUse === true);
  return wasOther && told.latestKey === clientAppKey ? true : null;
}

/** The record with what was settled. */
export function withSettled(profiles: Profiles, settled: readonly SettledRequest[]): Profiles {
  return settled.reduce((all, { request: { profile, ...request }, done }) => {
    const { tenant, clientAppKey, topic, fingerprint, notAfter, at } = request;
    if (!done) return withoutRequest(all, profile, request);
    if (request.asked === 'delete') return withDeleted(all, profile, request);
    if (topic === null || fingerprint === null || notAfter === null) return all;
    return withSet(all, profile, { tenant, clientAppKey, topic, fingerprint, notAfter, setAt: at });
  }, profiles);
}

/** What the tenant said, in the few words that a table has for it. */
export function wordsForHeld({ outcome, topic }: Held): string {
  if (outcome === 'same') return 'the same topic';
  if (outcome === 'unknown') return 'unknown';
  return topic === null ? 'none' : `another topic: ${topic}`;
}
