import { type KeyUse, keysInUse, type ToldKey } from '../../checks/key-in-use.ts';
import type { ReadBack } from '../../tenant/read-back.ts';
import type { FleetTenant } from './file/fleet.ts';
import type { KeyedTenant } from './pool.ts';
import {
  type FleetRecord,
  placeKey,
  type RecordChange,
  type RecordEntry,
  withChanges,
} from './record.ts';
import { grouped } from './report.ts';

/** The keys of a tenant and their use, by the tenant's address. */
type KeyUses = (tenant: string) => ReadonlyMap<string, KeyUse>;

/** @param answers of the tenants, by name */
export function keyUsesOf(
  { entries }: FleetRecord,
  tenants: readonly FleetTenant[],
  answers: ReadonlyMap<string, ReadBack>,
): KeyUses {
  const byTenant = grouped(entries, ({ tenant }) => tenant);
  /** The key that each tenant reports as the latest. */
  const latest = new Map<string, ToldKey>();
  for (const { name, tenant } of tenants) {
    const told = answers.get(name)?.latest;
    if (told !== undefined && told.outcome !== 'unknown') latest.set(tenant, told);
  }
  const uses = new Map(
    [...new Set([...byTenant.keys(), ...latest.keys()])].map((tenant) => {
      const requests = (byTenant.get(tenant) ?? [])
        .toSorted((one, other) => Date.parse(one.setAt) - Date.parse(other.setAt))
        .map(({ clientAppKey, state, topic, setAt: at }) => {
          const asked = topic === null || state === 'deleted' ? 'delete' : 'set';
          return { clientAppKey, asked, answered: state !== 'sending', at } as const;
        });
      return [tenant, keysInUse(requests, latest.get(tenant))];
    }),
  );
  return (tenant) => uses.get(tenant) ?? new Map();
}

/**
 * The record with the requests without an answer settled by the tenants' reports. A renewal changes no topic, so a report of
 * topics cannot settle it.
 */
export function settleByWord(
  { entries }: FleetRecord,
  keyed: readonly KeyedTenant[],
  answers: ReadonlyMap<string, ReadBack>,
): FleetRecord {
  const places = new Map(entries.map((entry) => [placeKey(entry), entry]));
  const changes = keyed.flatMap(({ tenant: { name, tenant }, clientAppKey }) => {
    const answer = answers.get(name);
    const entry = places.get(placeKey({ tenant, clientAppKey: clientAppKey ?? '' }));
    return entry === undefined || answer?.outcome !== 'told'
      ? []
      : (settle(entry, answer.topic) ?? []);
  });
  return { entries: withChanges(entries, changes) };
}

/** Null if the entry is settled, or the topic cannot tell. @param held the tenant's topic; null if it has none for the key */
function settle(entry: RecordEntry, held: string | null): RecordChange | null {
  const { name, tenant, clientAppKey, state, outcome: _, before, ...sent } = entry;
  if (state !== 'sending' || before === undefined) return null;
  const place = { name, tenant, clientAppKey };
  const earlier = before?.state === 'set' ? before.topic : null;
  if (earlier === sent.topic || (held !== sent.topic && held !== earlier)) return null;
  if (held === sent.topic) return { ...place, ...sent, state: held === null ? 'deleted' : 'set' };
  return before === null ? { ...place, state: 'none' } : { ...place, ...before };
}
