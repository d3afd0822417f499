import type { PlannedTenant } from './make-plan.ts';
import type { FleetRecord, RecordChange, RecordEntry } from './record.ts';

/** The same instants never come twice for a tenant, nor one that is earlier than what is on record: their order counts. */
export function stampsAfter({ entries }: FleetRecord, now: () => Date): (item: PlannedTenant) => string {
  const latest = new Map<string, number>();
  for (const { tenant, setAt } of entries)
    latest.set(tenant, Math.max(latest.get(tenant) ?? 0, Date.parse(setAt)));
  return ({ tenant: { tenant } }) => {
    const stamp = Math.max(now().getTime(), (latest.get(tenant) ?? 0) + 1);
    latest.set(tenant, stamp);
    return new Date(stamp).toISOString();
  };
}

function placeOf({ tenant, clientAppKey }: PlannedTenant) {
  return { name: tenant.name, tenant: tenant.tenant, clientAppKey: clientAppKey ?? '' };
}

export function doneEntry(item: PlannedTenant, setAt: string): RecordEntry {
  const { topic = null, fingerprint = null, notAfter = null } = item.certificate ?? {};
  const state = item.certificate === null ? 'deleted' : 'set';
  return { ...placeOf(item), state, topic, fingerprint, notAfter, setAt };
}

export function sendingEntry(
  item: PlannedTenant,
  setAt: string,
  outcome: NonNullable<RecordEntry['outcome']>,
): RecordEntry {
  const before = beforeOf(item);
  return {
    ...doneEntry(item, setAt),
    state: 'sending',
    outcome,
    ...(before === undefined ? {} : { before }),
  };
}

/** What stands there if the request is not taken; undefined: an earlier one of another kind has no answer either. */
function beforeOf({ previous, certificate }: PlannedTenant): RecordEntry['before'] {
  if (previous === null) return null;
  const { state, topic, fingerprint, notAfter, setAt, before } = previous;
  if (state !== 'sending') return { state, topic, fingerprint, notAfter, setAt };
  return topic === (certificate?.topic ?? null) ? before : undefined;
}

/** What the record said before: nothing has changed. */
export function entryBefore(item: PlannedTenant): RecordChange {
  return item.previous ?? { ...placeOf(item), state: 'none' };
}
