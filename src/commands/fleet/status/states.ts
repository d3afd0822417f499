import {
  type History,
  latestProof,
  type PastRequest,
  type TenantHistory,
  tenantHistory,
} from '../../../change/history.ts';
import { provenAt, type Standing, standingOf } from '../../../change/judge-reach.ts';
import type { LedgerLine } from '../../../change/ledger-line.ts';
import type { KeyUse } from '../../../checks/client-app-key-in-use.ts';
import { daysLeft, validityOf } from '../../../checks/validity.ts';
import type { Ownership } from '../../../report/ownership.ts';
import { compareHeld, type Held, type ReadBack } from '../../../tenant/read-back.ts';
import type { Fleet, FleetTenant } from '../file/fleet.ts';
import { type Answers, type KeyedTenant, KeyUses, lastRequest } from '../key-history.ts';
import type {
  FleetCertificateFacts,
  FleetState,
  FleetStatusReport,
  FleetStatusTenant,
} from '../report.ts';

/** The facts of a status. */
export interface StatusFacts {
  readonly recordPath: string;
  readonly now: Date;
  readonly warnDays: number;
  readonly history: History;
  /** Of the tenants that were asked. */
  readonly answers: Answers;
}

/**
 * How long each tenant's certificate lasts, and whether it is the declared one: from the
 * file, what is known, and the tenants' reports. Opens no certificate: that takes
 * secrets, which a monitoring job does not have.
 */
export function fleetStatus(
  fleet: Fleet,
  keyed: readonly KeyedTenant[],
  facts: StatusFacts,
): FleetStatusReport {
  const { history, answers, recordPath, warnDays } = facts;
  const uses = new KeyUses(history, fleet.tenants, answers);
  const tenants = keyed.map((each) => tenantStatus(each, uses, facts));
  const ok = tenants.every(({ state }) => state === 'valid');
  return { file: fleet.file, record: recordPath, warnDays, tenants, ok };
}

/**
 * Each tenant with the client app key of its certificate. If the file has none, it is the
 * last that the tenant got, of those that no other row names: first by the fleet's own
 * record, else by any.
 */
export function withKeys(
  { tenants }: Fleet,
  wholeFleet: Fleet,
  { history, inRecord }: Pick<KnownKeys, 'history' | 'inRecord'>,
): readonly KeyedTenant[] {
  const named = new Map<string, Set<string>>();
  for (const tenant of wholeFleet.tenants) {
    const key = declaredKey(tenant);
    if (key === null) continue;
    const keys = named.get(tenant.url) ?? new Set();
    named.set(tenant.url, keys.add(key));
  }
  return tenants.map((tenant) => {
    const others = named.get(tenant.url) ?? new Set();
    const clientAppKey = declaredKey(tenant) ?? lastKey(tenant, { history, inRecord, others });
    return { tenant, clientAppKey };
  });
}

function declaredKey({ clientAppKey, certificate }: FleetTenant): string | null {
  return clientAppKey ?? certificate?.topic ?? null;
}

interface KnownKeys {
  readonly history: History;
  /** The ids of the requests in the fleet's own record. */
  readonly inRecord: ReadonlySet<string>;
  /** The keys that other rows name. */
  readonly others: ReadonlySet<string>;
}

function lastKey({ url }: FleetTenant, { history, inRecord, others }: KnownKeys): string | null {
  const requests = tenantHistory(history, url).requests.filter(
    ({ line, outcome }) => outcome !== 'not-done' && !others.has(line.clientAppKey),
  );
  const recorded = requests.findLast(({ id }) => inRecord.has(id));
  return (recorded ?? requests.at(-1))?.line.clientAppKey ?? null;
}

function tenantStatus(
  { tenant, clientAppKey }: KeyedTenant,
  keyUses: KeyUses,
  { history, answers, now, warnDays }: StatusFacts,
): FleetStatusTenant {
  const past = tenantHistory(history, tenant.url);
  const last = clientAppKey === null ? null : lastRequest(past, clientAppKey);
  const answer = answers.get(tenant.name);
  const expected = expectedOf(tenant);
  const recorded = recordedOf(last);
  const held = answer === undefined ? null : heldOf(answer, expected, recorded);
  const use = keyUses.of(tenant.url, clientAppKey);
  const end = recorded?.notAfter == null ? null : new Date(recorded.notAfter);
  const seen = { expected, recorded, held, inUse: use.inUse };
  const standing = standingAt(tenant, last, { past, held, now });
  const byDate = end === null ? 'unknown' : validityOf(end, now, warnDays);
  const isAgainst = byDate === 'valid' && standing.reach === 'against';
  return {
    name: tenant.name,
    tenant: tenant.url,
    clientAppKey,
    state: disagreement(seen, last?.outcome === 'unknown') ?? (isAgainst ? 'differs' : byDate),
    expected,
    recorded,
    deletedAt: deletionOf(last),
    held,
    daysLeft: end === null ? null : daysLeft(end, now),
    ...ownershipAt(tenant, recorded === null ? null : (last?.line ?? null)),
    ...use,
    ...standing,
    provenAt: provenAt(standing, last === null ? null : latestProof(past, last.line)),
  };
}

interface SeenAt {
  readonly past: TenantHistory;
  readonly held: Held | null;
  readonly now: Date;
}

/**
 * Whether the certificate set last reaches phones, as far as the ledger and the tenant
 * tell.
 */
function standingAt(
  { certificate }: FleetTenant,
  last: PastRequest | null,
  { past, held, now }: SeenAt,
): Standing {
  const line = last?.line.asked === 'set' && certificate !== null ? last.line : null;
  const meant = certificate?.environment ?? null;
  return standingOf({
    now,
    certificate: line === null ? null : { ...line, environment: meant ?? line.environment },
    held,
    isUnanswered: last?.outcome === 'unknown',
    proof: line === null ? null : latestProof(past, line),
  });
}

/** Whose the certificate is: by the ledger, which has what was set, else by the file. */
function ownershipAt({ certificate }: FleetTenant, line: LedgerLine | null): Ownership {
  return {
    owner: line?.owner ?? certificate?.owner ?? null,
    ticket: line?.ticket ?? certificate?.ticket ?? null,
    team: line?.team ?? null,
  };
}

function expectedOf({ certificate }: FleetTenant): FleetStatusTenant['expected'] {
  if (certificate === null) return null;
  return {
    certificate: certificate.name,
    topic: certificate.topic,
    fingerprint: certificate.fingerprint,
    notAfter: null,
  };
}

function deletionOf(last: PastRequest | null): string | null {
  return last?.outcome === 'done' && last.line.asked === 'delete' ? last.at : null;
}

/**
 * The certificate set last; null: none is on record, it was deleted, or the outcome is
 * unknown.
 */
function recordedOf(last: PastRequest | null): FleetCertificateFacts | null {
  if (last === null || last.outcome !== 'done' || last.line.asked !== 'set') return null;
  const { topic, fingerprint, notAfter } = last.line;
  return { topic, fingerprint, notAfter };
}

/** Compared with the file or, if it has no topic, with the topic set last. */
function heldOf(
  answer: ReadBack,
  expected: FleetCertificateFacts | null,
  recorded: FleetCertificateFacts | null,
): Held {
  if (expected === null) return compareHeld(answer, null);
  const wanted = expected.topic ?? recorded?.topic ?? null;
  if (wanted !== null || answer.outcome === 'unknown') return compareHeld(answer, wanted);
  // The expected topic is unknown; no topic at all differs from the file.
  return { topic: answer.topic, outcome: answer.topic === null ? 'differs' : 'unknown' };
}

type Seen = Pick<FleetStatusTenant, 'expected' | 'recorded' | 'held'> & Pick<KeyUse, 'inUse'>;

/**
 * The state if it does not depend on a date; null: the certificate set last is in place.
 * @param isUnanswered the last request got no answer
 */
function disagreement(
  { expected, recorded, held, inUse }: Seen,
  isUnanswered: boolean,
): FleetState | null {
  const isNew = recorded === null && !isUnanswered;
  if (held?.outcome === 'differs') return isNew && held.topic === null ? 'never-set' : 'differs';
  if (expected === null) {
    if (held?.outcome === 'same' || isNew) return 'valid';
    return isUnanswered ? 'unknown' : 'differs';
  }
  if (isUnanswered) return 'unknown';
  // Another machine set it: the certificate and its expiry date are unknown.
  if (recorded === null) return held === null || held.topic === null ? 'never-set' : 'unknown';
  if (expected.topic !== null && recorded.topic !== expected.topic) return 'differs';
  const isOther = expected.fingerprint !== null && recorded.fingerprint !== expected.fingerprint;
  if (isOther) return 'differs';
  if (inUse === true) return null;
  return inUse === false ? 'differs' : 'unknown';
}
