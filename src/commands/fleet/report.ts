import * as v from 'valibot';
import type { ObjectionCode, Standing } from '../../change/judge-reach.ts';
import type { Proof } from '../../change/prove-by-push.ts';
import type { KeyUse } from '../../checks/client-app-key-in-use.ts';
import type { FindingCode } from '../../checks/finding.ts';
import type { ErrorDocument } from '../../errors/advice.ts';
import type { Ownership } from '../../report/ownership.ts';
import type { Held } from '../../tenant/read-back.ts';
import { isObject, type ReadBy } from '../../text/json.ts';

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
