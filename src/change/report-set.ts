import type { Verification } from '../certificate/ask-apns.ts';
import { findingsAfterwards } from '../checks/afterwards.ts';
import { isLoopback } from '../network/proxy.ts';
import type { Ownership } from '../report/ownership.ts';
import type { SentAs } from '../tenant/client.ts';
import type { PhoneCount } from '../tenant/enrolled-devices.ts';
import type { Held, LatestKey } from '../tenant/read-back.ts';
import { outcomes } from './answer-table.ts';
import { type SeenPush, type Standing, standingOf } from './judge-reach.ts';
import type { ReplacedCertificate, SetPlan } from './plan-set-from-ledger.ts';
import type { MissingAnswer, OneOutcome } from './run-and-await-outcome.ts';

/** The part of a plan that its report tells. */
type Planned = Pick<
  SetPlan,
  'tenant' | 'clientAppKey' | 'keyFrom' | 'topic' | 'fingerprint' | 'notAfter' | 'findings'
>;

/** The report of a set. Keys are a promise. */
export interface SetReport extends Planned, Ownership, Standing, Partial<MissingAnswer> {
  /** Null if the outcome is unknown: see `error`. */
  readonly sent: boolean | null;
  /** The form in which the tenant accepted the parameters; null if nothing was sent. */
  readonly sentAs: SentAs | null;
  readonly dryRun: boolean;
  /**
   * Whether the same certificate and topic were set last, and the tenant has not told
   * otherwise.
   */
  readonly unchanged: boolean;
  /** Null: the same, or none is known. */
  readonly replaces: ReplacedCertificate | null;
  /** The answer of APNs; null if it was not asked. */
  readonly verification: Verification | null;
  /** The key that the tenant says was set last before; only if it was asked. */
  readonly latest?: LatestKey;
  /** Whether the ledger has the outcome; only if something was sent. */
  readonly recorded?: boolean;
  /** The tenant's report after the set, if it was asked. */
  readonly held?: Held;
  /**
   * The iPhones that a replacement affects, if something is replaced; null if the tenant
   * does not say.
   */
  readonly phones?: PhoneCount | null;
}

/** The facts beside the plan, up to now. */
export interface SetFacts {
  readonly ownership: Ownership;
  readonly dryRun: boolean;
  readonly verification: Verification | null;
  /** Null: the tenant was not asked. */
  readonly latest: LatestKey | null;
  /** Undefined: nothing is replaced. */
  readonly phones?: PhoneCount | null | undefined;
  /** Null: nothing was sent. */
  readonly outcome?: OneOutcome | null;
  /** Undefined: the tenant was not asked afterwards. */
  readonly held?: Held | undefined;
  readonly now: Date;
  /** The last proof of this certificate for this key, or null. */
  readonly proof?: SeenPush | null;
}

export function reportSet(plan: SetPlan, facts: SetFacts): SetReport {
  const { dryRun, verification, latest, phones, outcome = null, held, ownership } = facts;
  const { tenant, clientAppKey, keyFrom, topic, fingerprint } = plan;
  const { notAfter, before } = plan;
  const missing = outcome?.missing ?? null;
  return {
    tenant,
    clientAppKey,
    keyFrom,
    topic,
    fingerprint,
    notAfter,
    owner: ownership.owner,
    ticket: ownership.ticket,
    team: ownership.team,
    sent: sentBy(outcome),
    sentAs: outcome?.sentAs ?? null,
    dryRun,
    unchanged: before.kind === 'same',
    replaces: before.kind === 'other' ? before.replaced : null,
    verification,
    ...(latest === null ? {} : { latest }),
    ...(phones === undefined ? {} : { phones }),
    ...missing,
    ...(outcome === null ? {} : { recorded: outcome.recorded }),
    ...(held === undefined ? {} : { held }),
    findings: sentBy(outcome) === true ? findingsAfterwards(plan.findings) : plan.findings,
    ...standingAfter(plan, facts),
  };
}

function standingAfter(
  { tenant, findings }: SetPlan,
  { now, verification, held, proof, outcome }: SetFacts,
): Standing {
  return standingOf({
    now,
    findings,
    isLocal: tenant === null || isLoopback(new URL(tenant).hostname),
    verification,
    held: held ?? null,
    isUnanswered: outcome?.missing != null,
    proof: proof ?? null,
  });
}

function sentBy(outcome: OneOutcome | null): boolean | null {
  if (outcome === null) return outcomes['not-done'].reported;
  return outcomes[outcome.missing === null ? 'done' : 'unknown'].reported;
}

/** The replaced certificate in words, with both topics where they differ. */
export function wordsForReplaced(
  { topic, notAfter, setAt }: ReplacedCertificate,
  newTopic: string | null,
): string {
  const topics =
    topic === newTopic ? '' : `; topic ${topic ?? 'unknown'}, now ${newTopic ?? 'none'}`;
  if (setAt === null) return `a certificate that is not on record${topics}`;
  const until = notAfter?.slice(0, 10) ?? 'an unknown date';
  return `the certificate valid until ${until}, set on ${setAt.slice(0, 10)}${topics}`;
}
