import { type KeyRequest, type KeyUse, keysInUse } from '../../checks/key-in-use.ts';
import type { ReadBack } from '../../tenant/certificates.ts';
import type { FleetTenant } from './file/fleet.ts';
import { type FleetRecord, type RecordChange, type RecordEntry, withChanges } from './record.ts';

/** Which key each tenant pushes with, by its address. */
export type KeyUses = (tenant: string) => ReadonlyMap<string, KeyUse>;

/** @param latest the key that a tenant itself names as the latest, by its address */
export function keyUsesOf({ entries }: FleetRecord, latest: ReadonlyMap<string, string>): KeyUses {
  const byTenant = new Map<string, RecordEntry[]>();
  for (const entry of entries) {
    const others = byTenant.get(entry.tenant);
    if (others === undefined) byTenant.set(entry.tenant, [entry]);
    else others.push(entry);
  }
  const known = new Map<string, ReadonlyMap<string, KeyUse>>();
  return (tenant) => {
    const before = known.get(tenant);
    if (before !== undefined) return before;
    const earliestFirst = (byTenant.get(tenant) ?? []).toSorted(
      (one, other) => Date.parse(one.setAt) - Date.parse(other.setAt),
    );
    const uses = keysInUse(earliestFirst.map(requestOf), latest.get(tenant) ?? null);
    known.set(tenant, uses);
    return uses;
  };
}

function requestOf({ clientAppKey, state, topic, setAt }: RecordEntry): KeyRequest {
  return {
    clientAppKey,
    asked: topic === null || state === 'deleted' ? 'delete' : 'set',
    answered: state !== 'sending',
    at: setAt,
  };
}

/** The key that each tenant names as the latest, by its address. @param answers by name */
export function latestKeys(
  tenants: readonly FleetTenant[],
  answers: ReadonlyMap<string, ReadBack>,
): ReadonlyMap<string, string> {
  return new Map(
    tenants.flatMap(({ name, tenant }) => {
      const latest = answers.get(name)?.latestKey ?? null;
      return latest === null ? [] : [[tenant, latest]];
    }),
  );
}

/**
 * The record, with what the tenants told about requests without an answer. Of one that changes no topic, as a renewal, a
 * tenant that tells topics cannot tell whether it took it.
 * @param places what stands on record of each name
 * @returns as well, what of it is settled
 */
export function settleByWord(
  record: FleetRecord,
  places: readonly (readonly [name: string, entry: RecordEntry | null])[],
  answers: ReadonlyMap<string, ReadBack>,
): { readonly record: FleetRecord; readonly settled: readonly Settled[] } {
  const settled = places.flatMap(([name, entry]) => {
    const answer = answers.get(name);
    return entry === null || answer?.outcome !== 'told' ? [] : (settle(entry, answer.topic) ?? []);
  });
  if (settled.length === 0) return { record, settled };
  const changes = settled.map(({ change }) => change);
  return { record: { entries: withChanges(record.entries, changes) }, settled };
}

export interface Settled {
  readonly entry: RecordEntry;
  readonly taken: boolean;
  readonly change: RecordChange;
}

/** Null: it needs no settling, or what the tenant holds cannot tell. @param held null: it holds none for the key */
function settle(entry: RecordEntry, held: string | null): Settled | null {
  const { name, tenant, clientAppKey, state, outcome: _, before, ...sent } = entry;
  if (state !== 'sending' || before === undefined) return null;
  const place = { name, tenant, clientAppKey };
  const earlier = before?.state === 'set' ? before.topic : null;
  if (earlier === sent.topic) return null;
  if (held === sent.topic)
    return { entry, taken: true, change: { ...place, ...sent, state: held === null ? 'deleted' : 'set' } };
  if (held !== earlier) return null;
  return {
    entry,
    taken: false,
    change: before === null ? { ...place, state: 'none' } : { ...place, ...before },
  };
}
