import * as v from 'valibot';
import {
  type Objection,
  type ObjectionCode,
  type Standing,
  unansweredRequest,
} from '../../change/judge-reach.ts';
import type { Proof } from '../../change/prove-by-push.ts';
import { mainObjection, wordsAgainst } from '../../change/reach-words.ts';
import type { KeyUse } from '../../checks/client-app-key-in-use.ts';
import type { FindingCode } from '../../checks/finding.ts';
import type { ErrorDocument } from '../../errors/advice.ts';
import type { Ownership } from '../../report/ownership.ts';
import type { Held } from '../../tenant/read-back.ts';
import { isObject, type ReadBy } from '../../text/json.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';

const textOrNull = v.nullable(v.string());
const isText = (value: unknown): boolean => typeof value === 'string';

/** A failure of one tenant, as in the error document of a command. */
const failure = v.object({ code: v.string(), message: v.string(), hints: v.array(v.string()) });

const reportedTenant = v.object({
  name: v.string(),
  tenant: v.string(),
  /** Null if only a certificate that does not open has it. */
  clientAppKey: textOrNull,
  /** The file, or the topic as the default; null: there is no key. */
  keyFrom: v.nullable(v.picklist(['given', 'topic'])),
  /** Its name in the file; null: the tenant must have none. */
  certificate: textOrNull,
  action: v.picklist(['set', 'replace', 'same', 'delete', 'absent', 'blocked', 'unknown']),
  /** Null: the tenant may have done it, and no answer says so. */
  sent: v.nullable(v.boolean()),
  /** How often the request was sent, if its outcome is unknown. */
  tries: v.nullable(v.number()),
  fingerprint: textOrNull,
  topic: textOrNull,
  notAfter: textOrNull,
  daysLeft: v.nullable(v.number()),
  reach: v.picklist(['proven', 'against', 'not-known']),
  against: v.array(v.object({ code: v.custom<ObjectionCode>(isText), message: v.string() })),
  /** Null: nothing failed. */
  error: v.nullable(failure),
  findings: v.array(
    v.object({
      code: v.custom<FindingCode>((code) => typeof code === 'string'),
      level: v.picklist(['error', 'warning', 'info']),
      message: v.string(),
      hint: v.string(),
    }),
  ),
});

/**
 * The report of `fleet plan` and `fleet apply`, which `fleet merge` reads again. Keys are
 * a promise.
 */
export const fleetReport = v.object({
  file: v.string(),
  record: v.string(),
  /** `3/10`; null: the whole fleet. */
  shard: textOrNull,
  /**
   * `sha256:` and the hash of all sources in the file and their hosts; null: shards with
   * several hashes.
   */
  trust: v.nullable(v.string()),
  /**
   * The plan that was saved, or carried out; null: none was, as a tenant is blocked or
   * unknown.
   */
  plan: v.exactOptional(
    v.nullable(v.object({ file: v.string(), hash: v.string(), validUntil: v.string() })),
  ),
  /** The canary's sign-in by push, if there was one. */
  proof: v.exactOptional(v.custom<Proof>(isObject)),
  /** Why the tenants after the canary were not begun. */
  error: v.exactOptional(v.custom<ErrorDocument['error']>(isObject)),
  tenants: v.array(reportedTenant),
  /** The number of tenants per action, and of those `sent`, `failed` and `unanswered`. */
  counts: v.record(v.string(), v.number()),
  ok: v.boolean(),
});

/** A plan that was saved, or carried out. */
export type ReportedPlan = NonNullable<FleetReport['plan']>;

export type FleetReportTenant = ReadBy<typeof reportedTenant>;

export interface FleetReport extends Omit<ReadBy<typeof fleetReport>, 'counts'> {
  readonly counts: Readonly<Record<FleetAction | 'sent' | 'failed' | 'unanswered', number>>;
}

export type FleetAction = FleetReportTenant['action'];

/**
 * The state of a tenant, the first that applies:
 *
 * - `differs`: the tenant reports another topic than the file declares, or one if the
 *   file declares none; or the certificate set last is not the declared one; or the
 *   tenant pushes with another key; or something speaks against the pushes of a
 *   certificate that would be valid.
 * - `unknown`: the outcome of the last request is unknown; or the tenant holds a
 *   certificate that is not on record; or the key in use is unknown; or the record has no
 *   expiry date.
 * - `never-set`: the file declares one, and the record has none, or its deletion.
 * - `expired`, `expires-soon`, `valid`: by the expiry date. Also `valid`: the file
 *   declares none, and the tenant has none.
 */
export type FleetState = 'valid' | 'expires-soon' | 'expired' | 'never-set' | 'differs' | 'unknown';

/** The report of `fleet status`. Keys are a promise. */
export interface FleetStatusReport {
  readonly file: string;
  readonly record: string;
  readonly warnDays: number;
  readonly tenants: readonly FleetStatusTenant[];
  readonly ok: boolean;
}

export interface FleetStatusTenant extends KeyUse, Ownership, Standing {
  readonly name: string;
  readonly tenant: string;
  readonly clientAppKey: string | null;
  readonly state: FleetState;
  /**
   * The certificate that the file declares, with its name there; null: the tenant must
   * have none.
   */
  readonly expected: (FleetCertificateFacts & { readonly certificate: string }) | null;
  /**
   * The certificate set last; null: none is on record, it was deleted, or the outcome is
   * unknown.
   */
  readonly recorded: FleetCertificateFacts | null;
  /** When it was deleted, ISO 8601; null: it was not, or the record does not know. */
  readonly deletedAt: string | null;
  /** The tenant's report; null if it was not asked. */
  readonly held: Held | null;
  /** Of the certificate set last, negative once it has expired; null if unknown. */
  readonly daysLeft: number | null;
  /** When a push proved it, ISO 8601; null unless `reach` is `proven`. */
  readonly provenAt: string | null;
}

/** Null: unknown, or known only from the certificate itself. */
export interface FleetCertificateFacts {
  readonly topic: string | null;
  readonly fingerprint: string | null;
  readonly notAfter: string | null;
}

/** Whether a planned change was not made. */
export function isUnfinished({ action, sent }: FleetReportTenant): boolean {
  return sent !== true && changes(action);
}

/**
 * The tenants that have their certificate, or may have it, whose pushes will not or may
 * not reach phones.
 */
export function unreached(tenants: readonly FleetReportTenant[]): readonly FleetReportTenant[] {
  return tenants.filter(
    ({ action, sent, reach }) => reach === 'against' && (sent !== false || action === 'same'),
  );
}

/** Whether an action sends something. */
export function changes(action: FleetAction): boolean {
  return action === 'set' || action === 'replace' || action === 'delete';
}

/**
 * The tenants per action, and those that were sent or failed, `unanswered` included.
 * Blocked and unknown ones did not fail.
 */
export function countTenants(tenants: readonly FleetReportTenant[]): FleetReport['counts'] {
  const actions = { set: 0, replace: 0, same: 0, delete: 0, absent: 0, blocked: 0, unknown: 0 };
  const counts = { ...actions, sent: 0, failed: 0, unanswered: 0 };
  for (const { action, sent, error } of tenants) {
    counts[action]++;
    if (sent === true) counts.sent++;
    if (sent === null) counts.unanswered++;
    if (error !== null && action !== 'blocked' && action !== 'unknown') counts.failed++;
  }
  return counts;
}

export const states = [
  'expired',
  'expires-soon',
  'differs',
  'never-set',
  'unknown',
  'valid',
] as const satisfies readonly FleetState[];

/** A state in words, for one tenant and for a count. */
export const stateWords: Readonly<
  Record<FleetState, { readonly one: string; readonly many: string }>
> = {
  expired: { one: 'expired', many: 'expired' },
  'expires-soon': { one: 'expires soon', many: 'expire soon' },
  differs: { one: 'differs', many: 'differ' },
  'never-set': { one: 'not on record', many: 'not on record' },
  unknown: { one: 'unknown', many: 'unknown' },
  valid: { one: 'valid', many: 'valid' },
};

/** The number of tenants in each state, without empty states, the most urgent first. */
export function countStates(
  tenants: readonly FleetStatusTenant[],
): ReadonlyMap<FleetState, number> {
  const numberOf = (state: FleetState): number =>
    tenants.filter((tenant) => tenant.state === state).length;
  return new Map(
    states.map((state) => [state, numberOf(state)] as const).filter(([, number]) => number > 0),
  );
}

/** By state and, of one state, fewest days left first. */
export function mostUrgentFirst(
  tenants: readonly FleetStatusTenant[],
): readonly FleetStatusTenant[] {
  const rank = ({ state }: FleetStatusTenant): number => states.indexOf(state);
  return tenants.toSorted((one, other) => rank(one) - rank(other) || urgency(one) - urgency(other));
}

/** Days left, for sorting; without a date 0 or, of a valid tenant, infinitely many. */
export function urgency({ daysLeft, state }: FleetStatusTenant): number {
  return daysLeft ?? (state === 'valid' ? Number.MAX_SAFE_INTEGER : 0);
}

/** The answer first: `3 of 12 tenants need attention`. */
export function verdict({ tenants, warnDays }: FleetStatusReport): string {
  const needing = tenants.filter(({ state }) => state !== 'valid').length;
  if (tenants.length === 0) return 'No tenants';
  if (needing === 0) return `No push certificate expires within ${count(warnDays, 'day')}`;
  return `${needing} of ${count(tenants.length, 'tenant')} ${needing === 1 ? 'needs' : 'need'} attention`;
}

export function countsInWords(tenants: readonly FleetStatusTenant[]): string {
  return [...countStates(tenants)]
    .map(([state, number]) => `${number} ${stateWords[state][number === 1 ? 'one' : 'many']}`)
    .join(', ');
}

/**
 * Why a tenant is not well, as sentences without the last period; null if its state says
 * it all.
 */
export function reasonFor(tenant: FleetStatusTenant): string | null {
  const objection = untoldObjection(tenant);
  const doubt =
    objection === null ? null : `${objection.message.replace(/\.$/, '')} [${objection.code}]`;
  const reasons = [differenceFrom(tenant), doubt].filter((reason) => reason !== null);
  return reasons.length === 0 ? null : reasons.join('. ');
}

/** The first objection that the state and the difference do not tell; or null. */
export function untoldObjection({ against }: FleetStatusTenant): Objection | null {
  return mainObjection(against.filter(({ code }) => !toldByState.has(code)));
}

const toldByState: ReadonlySet<ObjectionCode> = new Set([
  'certificate-expired',
  'held-differs',
  'outcome-unknown',
]);

/** How the tenant differs from the file, or why that is unknown; or null. */
export function differenceFrom(tenant: FleetStatusTenant): string | null {
  const { state, expected, recorded, held, inUse, ignoredSince, deletedAt } = tenant;
  if (state === 'differs') {
    if (held?.outcome === 'differs')
      return `the tenant reports ${onOneLine(held.topic ?? 'no topic')}`;
    if (expected === null) return 'the file declares none, but one was set';
    if (recorded === null || (expected.topic !== null && recorded.topic !== expected.topic))
      return `${onOneLine(recorded?.topic ?? 'another one')} was set last`;
    if (expected.fingerprint !== null && recorded.fingerprint !== expected.fingerprint)
      return 'another certificate was set last';
    if (inUse !== false) return null;
    return ignoredSince === null
      ? 'the tenant pushes with another key'
      : `the tenant has pushed with another key since ${ignoredSince.slice(0, 10)}`;
  }
  if (state === 'never-set') {
    if (held?.outcome === 'differs') return 'the tenant reports no topic';
    return deletedAt === null ? null : `it was deleted on ${deletedAt.slice(0, 10)}`;
  }
  if (state !== 'unknown') return null;
  if (recorded !== null && recorded.notAfter === null) return 'the record has no expiry date';
  if (recorded !== null)
    return 'the key in use is unknown: one was deleted, or an answer is missing';
  const isUnanswered = tenant.against.some(({ code }) => code === 'outcome-unknown');
  const topic = held?.topic ?? null;
  if (topic !== null && !isUnanswered)
    return 'the tenant holds a certificate that is not on record';
  if (expected === null) return 'the outcome of the last request is unknown';
  const told =
    topic === null
      ? ''
      : ` (it reports ${onOneLine(topic)}, as an earlier certificate may have as well)`;
  const words = wordsAgainst([unansweredRequest], { subject: 'pushes' }) ?? '';
  return `${words.replace(/\.$/, '')}${told}`;
}

/** The items grouped by key, in their order. */
export function grouped<Key, Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
