import type { Profiles } from '../../../auth/profile.ts';
import type { CertificateRecord } from '../../../auth/stored-schemas.ts';
import { daysLeft, defaultWarnDays } from '../../../checks/validity.ts';
import type { RenewState, Round } from './state.ts';

export type Stage = 'fresh' | 'requested' | 'packed' | 'verified' | 'set';

/** Whose certificate is renewed; null where nothing says it. */
interface Place {
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
  readonly bundleId: string;
}

/** What was set there, by this machine's records and by those of the directory, the latest first. */
export function recordsOf(
  { profiles }: Profiles,
  { rounds }: RenewState,
  { tenant, clientAppKey, bundleId }: Place,
): readonly CertificateRecord[] {
  return [
    ...Object.values(profiles).flatMap(({ certificates }) => certificates),
    ...rounds.flatMap(({ sets }) => sets),
  ]
    .filter((record) => tenant === null || record.tenant === tenant)
    .filter((record) =>
      clientAppKey === null ? record.topic === bundleId : record.clientAppKey === clientAppKey,
    )
    .sort((a, b) => (a.setAt < b.setAt ? 1 : -1));
}

/** Under which key the tenant keeps what is renewed, where the records agree on one. */
export function recordedKey(records: readonly CertificateRecord[]): string | null {
  const keys = [...new Set(records.map(({ clientAppKey }) => clientAppKey))];
  return keys.length === 1 ? (keys[0] ?? null) : null;
}

/** Where a renewal stands. */
export interface Standing {
  /** The one under way, or null. */
  readonly open: Round | null;
  /** The certificate in force, as far as it is known. */
  readonly known: CertificateRecord | null;
  /** With more days left than these nothing is to be done; null: it is whatever is left. */
  readonly bound: number | null;
  readonly isDue: boolean;
}

/**
 * Without a bound of its own the first renewal begins at once, and the next one when the usual warning would come. One that
 * was packed and never set is taken up again unless it is as good as over.
 */
export function standingOf(
  { rounds }: RenewState,
  records: readonly CertificateRecord[],
  { ifDaysLeft, now }: { readonly ifDaysLeft: number | null; readonly now: Date },
): Standing {
  const [known = null] = records;
  const last = rounds.at(-1) ?? null;
  const packed = last?.packed ?? null;
  const isDone = records.some(({ fingerprint }) => fingerprint === packed?.fingerprint);
  const least = Math.min(ifDaysLeft ?? defaultWarnDays, defaultWarnDays);
  const isOver = packed !== null && daysLeft(new Date(packed.notAfter), now) <= least;
  const bound = ifDaysLeft ?? (isDone ? defaultWarnDays : null);
  return {
    open: isDone || isOver ? null : last,
    known,
    bound,
    isDue: known === null || bound === null || daysLeft(new Date(known.notAfter), now) <= bound,
  };
}

/** How far the renewal under way has come. */
export function stageOf(round: Round | null): Stage {
  if (round === null || round.requestedAt === null) return 'fresh';
  if (round.packed === null) return 'requested';
  return round.verifiedAt === null ? 'packed' : 'verified';
}
