import {
  certificatesAt,
  keyUsesAt,
  latestProof,
  type PastRequest,
  type TenantHistory,
  withoutRepeats,
} from '../../change/history.ts';
import { provenAt, recordedStanding, type Standing } from '../../change/judge-reach.ts';
import { type KeyUse, keyUse } from '../../checks/client-app-key-in-use.ts';
import { daysLeft, type Validity, validityOf } from '../../checks/validity.ts';
import { type Ownership, ownershipOf } from '../../report/ownership.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import { compareHeld, type Held, type LatestKey } from '../../tenant/read-back.ts';
import type { TenantAnswers } from './refresh.ts';

/**
 * A certificate that the tenant should have: the one that was set last for a key. What
 * only the tenant told has neither fingerprint nor dates.
 */
export interface CertificateStatus extends KeyUse, Ownership, Standing {
  /** The profile that signs in there; null: none. */
  readonly profile: string | null;
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly topic: string | null;
  readonly fingerprint: string | null;
  /** ISO 8601 */
  readonly notAfter: string | null;
  /** ISO 8601 */
  readonly setAt: string | null;
  readonly daysLeft: number | null;
  readonly state: Validity | 'unknown';
  /** The environments that it serves; null: unknown. */
  readonly environments: readonly string[] | null;
  /** The environment that was asked for, or null. */
  readonly environment: string | null;
  /** When a push proved it, ISO 8601; null unless `reach` is `proven`. */
  readonly provenAt: string | null;
  /** The tenant's report, if it was asked. */
  readonly held?: Held;
  /** The iPhones enrolled at the tenant, if it was asked; null if it does not say. */
  readonly phones?: PhoneCount | null;
}

/** A request whose answer is missing. */
export interface RequestStatus extends KeyUse {
  readonly profile: string | null;
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly asked: 'set' | 'delete';
  readonly topic: string | null;
  readonly fingerprint: string | null;
  readonly notAfter: string | null;
  /** ISO 8601 */
  readonly at: string;
  /** Other than `unknown` if the tenant's report has just settled it. */
  readonly outcome: 'unknown' | 'done' | 'not-done';
}

/** The key that a tenant says was set last. */
interface TenantLatest {
  readonly tenant: string;
  readonly latest: LatestKey;
}

/** The report of `apns status`. Keys are a promise. */
export interface StatusReport {
  /**
   * Always `machine`: the dates come from the ledger, even if the tenant was asked, which
   * reports at most a topic.
   */
  readonly source: 'machine';
  /** The ledgers that were read in place of the machine's; none: that one. */
  readonly records: readonly string[];
  readonly warnDays: number;
  /** The only profile with the listed certificates; null: not one profile alone. */
  readonly profile: string | null;
  /** The number of certificates at other tenants, which are not listed. */
  readonly elsewhere: number;
  /** Fewest days left first. */
  readonly certificates: readonly CertificateStatus[];
  readonly requests: readonly RequestStatus[];
  /** Each tenant's word, if it was asked. */
  readonly latest?: readonly TenantLatest[];
  /**
   * Whether every certificate is valid for more than `warnDays` days, and no outcome is
   * unknown.
   */
  readonly ok: boolean;
}

/** The time and the bound that certificates are judged by. */
export interface StatusTerms {
  readonly now: Date;
  readonly warnDays: number;
}

/** A tenant with all that is known of it. */
export interface KnownTenant {
  readonly history: TenantHistory;
  /** The profile that signs in there; null: none. */
  readonly profile: string | null;
  /** Null: it was not asked. */
  readonly reported: TenantAnswers | null;
}

/** The certificates of a tenant, and the key that only the tenant told. */
export function certificatesOf(
  { history, profile, reported }: KnownTenant,
  { now, warnDays }: StatusTerms,
): readonly CertificateStatus[] {
  const { tenant } = history;
  const uses = keyUsesAt(history, reported?.latest);
  const known = certificatesAt(history).map((request): CertificateStatus => {
    const { line, at } = request;
    const { clientAppKey, topic, fingerprint, notAfter } = line;
    const end = notAfter === null ? null : new Date(notAfter);
    const answer = reported?.answers.get(clientAppKey);
    const held = answer === undefined ? null : compareHeld(answer, topic);
    const standing = recordedStanding(history, request, {
      now,
      held,
      isKeyless: reported?.latest.outcome === 'none',
    });
    const asked = held === null ? {} : { held, phones: reported?.phones ?? null };
    return {
      profile,
      tenant,
      clientAppKey,
      topic,
      fingerprint,
      notAfter,
      setAt: at,
      daysLeft: end === null ? null : daysLeft(end, now),
      state: end === null ? 'unknown' : validityOf(end, now, warnDays),
      environments: line.environments,
      environment: line.environment,
      ...ownershipOf(line),
      ...keyUse(uses, clientAppKey),
      ...standing,
      provenAt: provenAt(standing, latestProof(history, line)),
      ...asked,
    };
  });
  const latest = reported?.latest.clientAppKey ?? null;
  if (latest === null || known.some(({ clientAppKey }) => clientAppKey === latest)) return known;
  const unrecorded: CertificateStatus = {
    profile,
    tenant,
    clientAppKey: latest,
    topic: reported?.latest.topic ?? null,
    fingerprint: null,
    notAfter: null,
    setAt: null,
    daysLeft: null,
    state: 'unknown',
    environments: null,
    environment: null,
    owner: null,
    ticket: null,
    team: null,
    ...keyUse(uses, latest),
    reach: 'not-known',
    against: [],
    provenAt: null,
    phones: reported?.phones ?? null,
  };
  return [...known, unrecorded];
}

/**
 * The requests of a tenant without an answer, and those that its report has just settled.
 */
export function requestsOf({ history, profile, reported }: KnownTenant): readonly RequestStatus[] {
  const uses = keyUsesAt(history, reported?.latest);
  const statusOf = (request: PastRequest, outcome: RequestStatus['outcome']): RequestStatus => {
    const { clientAppKey, asked, topic, fingerprint, notAfter } = request.line;
    return {
      profile,
      tenant: history.tenant,
      clientAppKey,
      asked: asked === 'delete' ? 'delete' : 'set',
      topic,
      fingerprint,
      notAfter,
      at: request.at,
      outcome,
      ...keyUse(uses, clientAppKey),
    };
  };
  const settled = withoutRepeats((reported?.settled ?? []).map(({ request }) => request));
  const outcomes = new Map(
    (reported?.settled ?? []).map(({ request, outcome }) => [request, outcome]),
  );
  return [
    ...withoutRepeats(history.unanswered).map((request) => statusOf(request, 'unknown')),
    ...settled.map((request) => statusOf(request, outcomes.get(request) ?? 'unknown')),
  ];
}

/** The certificates that matter to nobody, since their tenant pushes with another key. */
export function ignoredIn(all: readonly CertificateStatus[]): ReadonlySet<CertificateStatus> {
  const used = all.filter(({ inUse }) => inUse === true);
  const tenants = new Set(used.map(({ tenant }) => tenant));
  return new Set(all.filter(({ tenant, inUse }) => inUse === false && tenants.has(tenant)));
}

/**
 * Whether all is well with each certificate that matters; the tenant's word alone is no
 * matter.
 */
export function areQuiet(all: readonly CertificateStatus[]): boolean {
  const ignored = ignoredIn(all);
  return all.every((certificate) => {
    const { state, fingerprint, reach } = certificate;
    if (fingerprint === null || ignored.has(certificate)) return true;
    return state === 'valid' && reach !== 'against';
  });
}
