import type { Finding } from '../checks/finding.ts';
import { isExpired, isoDay } from '../checks/validity.ts';
import { latestProof, type PastRequest, type TenantHistory, unansweredFor } from './history.ts';
import {
  type FatalCode,
  isFatal,
  isRecorded,
  type RecordedCode,
  wordsOfRecorded,
} from './objections.ts';

/**
 * Whether pushes reach phones. `proven`: a push of this very certificate was approved,
 * and its app confirmed. `against`: something known speaks against it. Keys are a
 * promise.
 */
type Reach = 'proven' | 'against' | 'not-known';

/** A fact that speaks against it. The message is a sentence with a full stop. */
export interface Objection {
  readonly code: ObjectionCode;
  readonly message: string;
}

/** The code of a finding, or of another's word. */
export type ObjectionCode = FatalCode | 'apns-refused' | 'held-differs' | 'outcome-unknown';

/** The state of a target, as every report tells it. Keys are a promise. */
export interface Standing {
  readonly reach: Reach;
  /** Empty unless `reach` is `against`. */
  readonly against: readonly Objection[];
}

/** The certificate as a ledger knows it. Null: unknown. */
export interface KnownDates {
  /** ISO 8601 */
  readonly notBefore: string | null;
  /** ISO 8601 */
  readonly notAfter: string | null;
  readonly environments: readonly string[] | null;
  /** The environment that was asked for. */
  readonly environment: string | null;
  /** The objections that were known when it was set. */
  readonly against: readonly RecordedCode[];
}

interface JudgedFindings {
  /** Of the certificate at hand. */
  readonly findings?: readonly Finding[];
  /**
   * Of findings: whether the tenant is on this machine, where no issuer has to be
   * Apple's.
   */
  readonly isLocal?: boolean;
}

/** All that may be known of a target. An absent one is unknown. */
export interface StandingFacts extends JudgedFindings {
  readonly now: Date;
  /** Of a certificate that only the ledger knows. */
  readonly certificate?: KnownDates | null;
  /** APNs' answer; a stand-in in its place proves nothing. */
  readonly verification?: Answered | null;
  /** The tenant's topic compared with the expected one. */
  readonly held?: Told | null;
  /** Whether the tenant says that it has no client app key at all. */
  readonly isKeyless?: boolean;
  /** Whether a request for the key got no answer since. */
  readonly isUnanswered?: boolean;
  /** The last proof of this certificate. */
  readonly proof?: SeenPush | null;
}

interface Answered {
  readonly accepted: boolean;
  readonly explanation: string;
  readonly isApple: boolean;
}

interface Told {
  readonly topic: string | null;
  readonly outcome: 'same' | 'differs' | 'unknown';
}

/** The outcome of a sign-in by push. */
export interface SeenPush {
  readonly outcome: string;
  readonly appConfirmed: boolean | null;
}

/** The objection of a request whose outcome nobody knows, a set or a delete. */
export const unansweredRequest: Objection = {
  code: 'outcome-unknown',
  message:
    'The outcome of the last request for this key is unknown, so the tenant may not have the certificate.',
};

/** Judges where a target stands. */
export function standingOf(facts: StandingFacts): Standing {
  const against = [
    ...fromFindings(facts),
    ...fromLedger(facts),
    ...fromApns(facts),
    ...fromTenant(facts),
  ];
  if (against.length > 0) return { reach: 'against', against };
  const { proof } = facts;
  const isProven = proof?.outcome === 'approved' && proof.appConfirmed === true;
  return { reach: isProven ? 'proven' : 'not-known', against: [] };
}

/** The codes of the findings that a line of the ledger keeps as objections. */
export function recordedCodes(judged: JudgedFindings): readonly RecordedCode[] {
  return fromFindings(judged)
    .map(({ code }) => code)
    .filter(isRecorded);
}

function fromFindings({ findings = [], isLocal = false }: JudgedFindings): readonly Objection[] {
  return findings.flatMap(({ code, level, message }) => {
    if (!isFatal(code) || level === 'info') return [];
    const isRehearsed = isLocal && (code === 'issuer-not-apple' || code === 'practice-certificate');
    return isRehearsed ? [] : [{ code, message }];
  });
}

function fromLedger({ certificate, now }: StandingFacts): readonly Objection[] {
  if (certificate == null) return [];
  const { notBefore, notAfter } = certificate;
  const against: Objection[] = [];
  if (notAfter !== null && isExpired(new Date(notAfter), now))
    against.push({
      code: 'certificate-expired',
      message: `The certificate expired on ${isoDay(new Date(notAfter))}.`,
    });
  if (notBefore !== null && new Date(notBefore) > now)
    against.push({
      code: 'certificate-not-yet-valid',
      message: `The certificate is not valid before ${isoDay(new Date(notBefore))}.`,
    });
  const recorded = certificate.against.map((code) => ({ code, message: wordsOfRecorded(code) }));
  return [...against, ...fromEnvironments(certificate), ...recorded];
}

function fromEnvironments({ environments, environment }: KnownDates): readonly Objection[] {
  const isSandboxMeant = environment === 'sandbox';
  if (environments === null || environments.includes('production') || isSandboxMeant) return [];
  const message = 'The certificate works only with the sandbox, and nobody asked for that.';
  return [{ code: 'sandbox-only', message }];
}

function fromApns({ verification }: StandingFacts): readonly Objection[] {
  if (verification == null || verification.accepted || !verification.isApple) return [];
  return [{ code: 'apns-refused', message: verification.explanation }];
}

function fromTenant(facts: StandingFacts): readonly Objection[] {
  const { held, isKeyless = false, isUnanswered = false } = facts;
  const against: Objection[] = [];
  if (isKeyless)
    against.push({
      code: 'held-differs',
      message: 'The tenant says that no client app key is set.',
    });
  if (held?.outcome === 'differs' && !isKeyless)
    against.push({ code: 'held-differs', message: differenceIn(held) });
  if (isUnanswered) against.push(unansweredRequest);
  return against;
}

function differenceIn({ topic }: Told): string {
  return topic === null
    ? 'The tenant has no topic for this key.'
    : `The tenant has another topic for this key: ${topic}.`;
}

/** The time, and the tenant's word if it was asked. */
interface StandingWord {
  readonly now: Date;
  readonly held?: Told | null;
  readonly isKeyless?: boolean;
}

/** Where the certificate of a past set stands, by the ledger and the tenant's word. */
export function recordedStanding(
  history: TenantHistory,
  { line }: PastRequest,
  { now, held = null, isKeyless = false }: StandingWord,
): Standing {
  return standingOf({
    now,
    certificate: line,
    held,
    isKeyless,
    isUnanswered: unansweredFor(history, line.clientAppKey).length > 0,
    proof: latestProof(history, line),
  });
}

/** When a push proved a certificate, ISO 8601; null unless it is proven. */
export function provenAt(
  { reach }: Standing,
  proof: { readonly at: string } | null,
): string | null {
  return reach === 'proven' ? (proof?.at ?? null) : null;
}
