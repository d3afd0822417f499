/**
 * What was done last for a tenant's client app key. `sending`: the request went out and its answer is unknown, since the
 * process ended before it came; to send it again is harmless.
 */
export interface RecordEntry {
  /** As in the fleet file. */
  readonly name: string;
  /** Origin. */
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly state: 'set' | 'deleted' | 'sending';
  /** Of what was set, or is being set; null: it was deleted, or is being deleted. */
  readonly topic: string | null;
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  readonly fingerprint: string | null;
  /** Of the certificate, ISO 8601. */
  readonly notAfter: string | null;
  /** When it was set or deleted, or the request went out; ISO 8601. */
  readonly setAt: string;
}

/** No secret. Sorted by name, tenant and key; one entry for each pair of tenant and key. */
export interface FleetRecord {
  readonly entries: readonly RecordEntry[];
}
