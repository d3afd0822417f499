import { type KeyUse, keysInUse } from '../../checks/key-in-use.ts';
import type { ReadBack } from '../../tenant/certificates.ts';
import type { FleetTenant } from './file/fleet.ts';
import type { KeyedTenant } from './pool.ts';
import { type FleetRecord, placeKey, type RecordChange, type RecordEntry, withChanges } from './record.ts';
import { grouped } from './report.ts';

/** The keys of a tenant and their use, by the tenant's address. */
export type KeyUses = (tenant: string) => ReadonlyMap<string, KeyUse>;

/** @param answers of the tenants, by name */
export function keyUsesOf(
  { entries }: FleetRecord,
  tenants: readonly FleetTenant[],
  answers: ReadonlyMap<string, ReadBack>,
): KeyUses {
  const byTenant = grouped(entries, ({ tenant }) => tenant);
  /** The key that each tenant reports as the latest. */
  const latest = new Map<string, string>();
  for (const { name, tenant } of tenants) {
    const key = answers.get(name)?.latestKey ?? null;
    if (key !== null) latest.set(tenant, key);
  }
  const uses = new Map(
    [...new Set([...byTenant.keys(), ...latest.keys()])].map((tenant) => {
      const requests = (byTenant.get(tenant) ?? [])
        .toSorted((one, other) => Date.parse(one.setAt) - Date.parse(other.setAt))
        .map(({ clientAppKey, state, topic, setAt: at }) => {
          const asked = topic === null || state === 'deleted' ? 'delete' : 'set';
          return { clientAppKey, asked, answered: state !== 'sending', at } as const;
        });
      return [tenant, keysInUse(requests, latest.get(tenant) ?? null)];
    }),
  );
  return (tenant) => uses.get(tenant) ?? new Map();
}

/** A request without an answer that a tenant's report settled. */
export interface Settled {
  readonly entry: RecordEntry;
  readonly taken: boolean;
  readonly change: RecordChange;
}

/**
 * The record with the requests that the tenants' reports settle, and those requests. A renewal changes no topic, so a report of
 * topics cannot settle it.
 */
export function settleByWord(
  record: FleetRecord,
  keyed: readonly KeyedTenant[],
  answers: ReadonlyMap<string, ReadBack>,
): { readonly record: FleetRecord; readonly settled: readonly Settled[] } {
  const entries = new Map(record.entries.map((entry) => [placeKey(entry), entry]));
  const settled = keyed.flatMap(({ tenant: { name, tenant }, clientAppKey }) => {
    const answer = answers.get(name);
    const entry = entries.get(placeKey({ tenant, clientAppKey: clientAppKey ?? '' }));
    return entry === undefined || answer?.outcome !== 'told' ? [] : (settle(entry, answer.topic) ?? []);
  });
  if (settled.length === 0) return { record, settled };
  const changes = settled.map(({ change }) => change);
  return { record: { entries: withChanges(record.entries, changes) }, settled };
}

/** Null if the entry is settled, or the topic cannot tell. @param held the tenant's topic; null if it has none for the key */
function settle(entry: RecordEntry, held: string | null): Settled | null {
  const { name, tenant, clientAppKey, state, outcome: _, before, ...sent } = entry;
  if (state !== 'sending' || before === undefined) return null;
  const place = { name, tenant, clientAppKey };
  const earlier = before?.state === 'set' ? before.topic : null;
  if (earlier === sent.topic || (held !== sent.topic && held !== earlier)) return null;
  if (held === sent.topic)
    return { entry, taken: true, change: { ...place, ...sent, state: held === null ? 'deleted' : 'set' } };
  const change: RecordChange = before === null ? { ...place, state: 'none' } : { ...place, ...before };
  return { entry, taken: false, change };
}
