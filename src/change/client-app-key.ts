import type { LatestKey } from '../tenant/read-back.ts';
import { certificatesAt, type TenantHistory } from './history.ts';

/**
 * Where the client app key of a set comes from: an option, a variable, a profile or a
 * file; the ledger; the tenant's own word; or the topic, which is the default of mfa-cli
 * alone.
 */
export type KeySource = 'given' | 'ledger' | 'tenant' | 'topic';

/** A key of the tenant besides the topic, which the app may be registered with. */
export interface OtherKey {
  readonly clientAppKey: string;
  readonly keyFrom: 'ledger' | 'tenant';
  /** Null: not known. */
  readonly topic: string | null;
}

/**
 * The key that speaks against the topic as the key: by the tenant's word, else by the
 * ledger, and first of all one that has this topic.
 * @param latest the key by the tenant's own word; undefined: it was not asked
 * @returns null if none does
 */
export function otherKeyFor(
  topic: string,
  history: TenantHistory,
  latest: LatestKey | undefined,
): OtherKey | null {
  const known = [...reportedKeys(latest), ...recordedKeys(history)];
  const likeliest = known.find((key) => key.topic === topic) ?? known[0] ?? null;
  return likeliest?.clientAppKey === topic ? null : likeliest;
}

function reportedKeys(latest: LatestKey | undefined): readonly OtherKey[] {
  if (latest?.outcome !== 'told') return [];
  const { clientAppKey, topic } = latest;
  return [{ clientAppKey, keyFrom: 'tenant', topic }];
}

/** The latest first. */
function recordedKeys(history: TenantHistory): readonly OtherKey[] {
  return certificatesAt(history)
    .map(({ line }): OtherKey => {
      const { clientAppKey, topic } = line;
      return { clientAppKey, keyFrom: 'ledger', topic };
    })
    .reverse();
}
