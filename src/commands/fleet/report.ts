import * as v from 'valibot';
import type { FindingCode } from '../../checks/finding.ts';
import type { KeyUse } from '../../checks/key-in-use.ts';
import { formatDay } from '../../report/fields.ts';
import type { Held } from '../../tenant/certificates.ts';
import type { ReadBy } from '../../text/json.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';

const textOrNull = v.nullable(v.string());

/** A failure of one tenant, as in the error document of a command. */
const failure = v.object({ code: v.string(), message: v.string(), hints: v.array(v.string()) });

const reportedTenant = v.object({
  name: v.string(),
  tenant: v.string(),
  /** Null where only a certificate that does not open knows it. */
  clientAppKey: textOrNull,
  /** Its name in the file; null: none is to be there. */
  certificate: textOrNull,
  action: v.picklist(['set', 'replace', 'same', 'delete', 'absent', 'blocked', 'unknown']),
  /** Null: the tenant may have taken it, and its answer is missing. */
  sent: v.nullable(v.boolean()),
  /** How often the request went out, where its answer is missing. */
  tries: v.nullish(v.number(), null),
  fingerprint: textOrNull,
  topic: textOrNull,
  notAfter: textOrNull,
  daysLeft: v.nullable(v.number()),
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

/** The report of `fleet plan` and `fleet apply`, which `fleet merge` reads again. Keys are a promise. */
export const fleetReport = v.object({
  file: v.string(),
  record: v.string(),
  /** `3/10`; null: all of it. */
  shard: textOrNull,
  /** `sha256:` and a hash of what the file runs and reads, and of where that goes; null: shards of several hashes, or of an earlier version. */
  trust: v.nullish(v.string(), null),
  tenants: v.array(reportedTenant),
  /** How many of each action, and how many were `sent`, `failed`, and are `unanswered`. */
  counts: v.record(v.string(), v.number()),
  ok: v.boolean(),
});

export type FleetReportTenant = ReadBy<typeof reportedTenant>;

export interface FleetReport extends Omit<ReadBy<typeof fleetReport>, 'counts'> {
  readonly counts: Readonly<Record<FleetAction | 'sent' | 'failed' | 'unanswered', number>>;
}

export type FleetAction = FleetReportTenant['action'];

/**
 * How long what a tenant has lasts, in this order of judgement:
 *
 * - `differs`: the tenant says that it holds another topic than the file declares, or holds one where none is declared;
 *   or what was set last is not what the file declares; or the tenant pushes with another key.
 * - `unknown`: a request went out and its answer never came; or the tenant holds what this record never set; or nobody
 *   knows which key it pushes with; or the record does not say until when it lasts.
 * - `never-set`: one is declared, and nothing was set, or what was set was deleted.
 * - `expired`, `expires-soon`, `valid`: by the end of what was set last. `valid`, too: none is declared, and none is there.
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

export interface FleetStatusTenant extends KeyUse {
  readonly name: string;
  readonly tenant: string;
  readonly clientAppKey: string | null;
  readonly state: FleetState;
  /** What the file declares, with the certificate's name in the file; null: nothing is to be there. */
  readonly expected: (FleetCertificateFacts & { readonly certificate: string }) | null;
  /** What was set last; null: nothing, or it was deleted, or the answer to the request is unknown. */
  readonly recorded: FleetCertificateFacts | null;
  /** What the tenant says it holds; null where it was not asked. */
  readonly held: Held | null;
  /** Of what was set last, negative once it has expired; null where nothing is known. */
  readonly daysLeft: number | null;
  /** Those that the tenant has besides, as far as it is known, and no name of the file declares: of one of its names alone. */
  readonly otherKeys: readonly OtherKey[];
}

interface OtherKey extends KeyUse {
  readonly clientAppKey: string;
}

/** `com.example.old is ignored since 3 Mar 2026`, of each key that the file does not declare. */
export function wordsForOthers({ otherKeys }: FleetStatusTenant): readonly string[] {
  return otherKeys.map(({ clientAppKey, inUse, ignoredSince }) => {
    const since = ignoredSince === null ? '' : ` since ${formatDay(new Date(ignoredSince))}`;
    const word = inUse === null ? 'may be in use' : inUse ? 'is in use' : `is ignored${since}`;
    return `${onOneLine(clientAppKey)} ${word}`;
  });
}

/** What is not known, or not known without opening the certificate, is null. */
export interface FleetCertificateFacts {
  readonly topic: string | null;
  readonly fingerprint: string | null;
  readonly notAfter: string | null;
}

/** Whether it was to be changed and was not. */
export function isUnfinished({ action, sent }: FleetReportTenant): boolean {
  return sent !== true && changes(action);
}

/** Whether an action sends something. */
export function changes(action: FleetAction): boolean {
  return action === 'set' || action === 'replace' || action === 'delete';
}

/** How many of each action, were sent, and failed, `unanswered` among them; what is blocked or unknown did not fail. */
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

/** A state in words, beside a tenant and beside a count. */
export const stateWords: Readonly<Record<FleetState, { readonly one: string; readonly many: string }>> = {
  expired: { one: 'expired', many: 'expired' },
  'expires-soon': { one: 'expires soon', many: 'expire soon' },
  differs: { one: 'differs', many: 'differ from the file' },
  'never-set': { one: 'never set', many: 'never set' },
  unknown: { one: 'unknown', many: 'unknown' },
  valid: { one: 'valid', many: 'valid' },
};

/** How many tenants are in each state, of the states that there are, the most urgent first. */
export function countStates(tenants: readonly FleetStatusTenant[]): ReadonlyMap<FleetState, number> {
  const numberOf = (state: FleetState): number => tenants.filter((tenant) => tenant.state === state).length;
  return new Map(states.map((state) => [state, numberOf(state)] as const).filter(([, number]) => number > 0));
}

/** Fewest days left first; one that needs somebody and has no date counts as none left, one that is fine comes last. */
export function byDaysLeft(tenants: readonly FleetStatusTenant[]): readonly FleetStatusTenant[] {
  return tenants.toSorted((one, other) => urgency(one) - urgency(other));
}

/** Days left, as they sort. */
export function urgency({ daysLeft, state }: FleetStatusTenant): number {
  return daysLeft ?? (state === 'valid' ? Number.MAX_SAFE_INTEGER : 0);
}

/** The answer first: `3 of 12 tenants need attention`. */
export function verdict({ tenants, warnDays }: FleetStatusReport): string {
  const needing = tenants.filter(({ state }) => state !== 'valid').length;
  if (tenants.length === 0) return 'There is no tenant';
  if (needing === 0) return `No push certificate ends within ${count(warnDays, 'day')}`;
  return `${needing} of ${count(tenants.length, 'tenant')} ${needing === 1 ? 'needs' : 'need'} attention`;
}

export function countsInWords(tenants: readonly FleetStatusTenant[]): string {
  return [...countStates(tenants)]
    .map(([state, number]) => `${number} ${stateWords[state][number === 1 ? 'one' : 'many']}`)
    .join(', ');
}

/** Why a tenant differs or is unknown; null where its state says all there is. */
export function reasonFor({
  state,
  expected,
  recorded,
  held,
  inUse,
  ignoredSince,
}: FleetStatusTenant): string | null {
  if (state === 'differs') {
    if (held?.outcome === 'differs')
      return `the tenant says that it holds ${onOneLine(held.topic ?? 'none')}`;
    if (expected === null) return 'none is declared, and one was set last';
    if (
      inUse !== false ||
      recorded === null ||
      (expected.topic !== null && recorded.topic !== expected.topic)
    )
      return `${onOneLine(recorded?.topic ?? 'another one')} was set last`;
    const since = ignoredSince === null ? '' : ` since ${formatDay(new Date(ignoredSince))}`;
    return `the tenant ignores this key${since}: it pushes with another one`;
  }
  if (state !== 'unknown') return null;
  if (recorded !== null)
    return recorded.notAfter === null
      ? 'the record does not say until when it lasts'
      : 'which key the tenant pushes with is not known: one was deleted, or an answer is missing';
  return held !== null && held.topic !== null
    ? 'the tenant holds what this record never set'
    : 'it was sent, and the answer never came';
}

/** Where the report is from: it never claims more. */
export function originOf({ tenants }: FleetStatusReport): string {
  const asked = tenants.filter(({ held }) => held !== null);
  if (asked.length === 0) return 'This is what the record says was set last; the tenants were not asked.';
  const told = asked.filter(({ held }) => held?.outcome !== 'unknown').length;
  return `The tenants were asked what they hold, and ${told} of ${asked.length} told; the dates are those of the record.`;
}

/** The items by key, in their order. */
export function grouped<Key, Item>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
