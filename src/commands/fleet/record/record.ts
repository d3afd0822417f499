import * as v from 'valibot';
import { instant, type ReadBy } from '../../../text/json.ts';

const place = {
  /** As in the fleet file. */
  name: v.string(),
  /** Origin. */
  tenant: v.string(),
  clientAppKey: v.string(),
};

/**
 * What was done last for a tenant's client app key. `sending`: the request went out and its answer is unknown, since the
 * process ended before it came; to send it again is harmless. Members that this version does not know are kept.
 */
const entry = v.looseObject({
  ...place,
  state: v.picklist(['set', 'deleted', 'sending']),
  /** Of what was set, or is being set; null: it was deleted, or is being deleted. */
  topic: v.nullable(v.string()),
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  fingerprint: v.nullable(v.string()),
  /** Of the certificate. */
  notAfter: v.nullable(instant),
  /** When it was set or deleted, or the request went out. */
  setAt: instant,
});
export type RecordEntry = ReadBy<typeof entry>;

/** No secret. Sorted by name, tenant and key; one entry for each pair of tenant and key. */
export interface FleetRecord {
  readonly entries: readonly RecordEntry[];
}

/** What identifies an entry: one key of one tenant. */
export interface RecordPlace {
  readonly tenant: string;
  readonly clientAppKey: string;
}

/** In the journal alone: what was begun was refused, and nothing had been done there before. */
const gone = v.looseObject({ ...place, state: v.literal('none') });

/** The entry in a value; null for anything else. */
export function entryIn(value: unknown): RecordEntry | null {
  return v.is(entry, value) ? value : null;
}

/** What a line of the journal changes: the entry of a place, or that it has none any more. */
export type RecordChange = RecordEntry | (RecordPlace & { readonly name: string; readonly state: 'none' });

/** The change in a value; null for anything else. */
export function changeIn(value: unknown): RecordChange | null {
  return entryIn(value) ?? (v.is(gone, value) ? value : null);
}

/** A text that is the same for one place only. */
export function placeKey({ tenant, clientAppKey }: RecordPlace): string {
  return `${tenant} ${clientAppKey}`;
}

/** The entries as the changes leave them, in order. */
export function withChanges(
  entries: readonly RecordEntry[],
  changes: Iterable<RecordChange>,
): readonly RecordEntry[] {
  const places = new Map(entries.map((entry) => [placeKey(entry), entry]));
  for (const change of changes) {
    if (change.state === 'none') places.delete(placeKey(change));
    else places.set(placeKey(change), change);
  }
  return inOrder(places.values());
}

/** Of a place that is in several of them, what was done last. */
export function joinRecords(records: readonly FleetRecord[]): FleetRecord {
  const entries = records.flatMap((record) => record.entries);
  if (records.length < 2) return { entries };
  return {
    entries: withChanges(
      [],
      entries.toSorted((a, b) => Date.parse(a.setAt) - Date.parse(b.setAt)),
    ),
  };
}

/** By name, tenant and key, the same on every machine. */
export function inOrder(entries: Iterable<RecordEntry>): readonly RecordEntry[] {
  const keyed = [...entries].map((item) => ({ item, key: `${item.name}\0${placeKey(item)}` }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}
