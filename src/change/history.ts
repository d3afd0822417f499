import { type KeyUse, keysInUse, type ReportedKey } from '../checks/client-app-key-in-use.ts';
import type { LedgerLine } from './ledger-line.ts';

/** A set or a delete, by what its lines tell in the end. */
export interface PastRequest {
  /** Of its first line, which `of` of the later ones repeats. */
  readonly id: string;
  /** Its last line. */
  readonly line: LedgerLine;
  /** A request that was only ever `sending` is unknown to whoever reads it. */
  readonly outcome: 'done' | 'unknown' | 'not-done';
  /** When the tenant answered, or the program gave up, or ended before that. ISO 8601 */
  readonly at: string;
}

/** All that ledgers know of a tenant. */
export interface TenantHistory {
  readonly tenant: string;
  /** Sets and deletes, the earliest first. */
  readonly requests: readonly PastRequest[];
  /** The last set or delete of each key that the tenant did. */
  readonly lastDone: ReadonlyMap<string, PastRequest>;
  /** Those whose outcome nobody knows, the earliest first. */
  readonly unanswered: readonly PastRequest[];
  /** The last line of a proof for each key and certificate, by `proofKey`. */
  readonly proofs: ReadonlyMap<string, LedgerLine>;
  /** The form in which the tenant last took parameters, or null. */
  readonly sentAs: string | null;
}

/** The history of each tenant, and the alerts that were sent. */
export interface History {
  readonly tenants: ReadonlyMap<string, TenantHistory>;
  /** The stages that were alerted, in days, by the certificate's fingerprint. */
  readonly alerts: ReadonlyMap<string, ReadonlySet<number>>;
}

interface MutableRequest {
  readonly id: string;
  line: LedgerLine;
  at: string;
}

interface MutableTenant {
  readonly requests: Map<string, MutableRequest>;
  readonly proofs: Map<string, LedgerLine>;
  sentAs: string | null;
}

/** Reads lines once. @param lines by `at`, then `id`, each id once */
export function historyOf(lines: Iterable<LedgerLine>): History {
  const tenants = new Map<string, MutableTenant>();
  const alerts = new Map<string, Set<number>>();
  for (const line of lines) {
    if (line.asked === 'alert') {
      addAlert(alerts, line);
      continue;
    }
    const tenant = tenants.get(line.tenant) ?? newTenant();
    tenants.set(line.tenant, tenant);
    if (line.asked === 'prove') tenant.proofs.set(proofKey(line), line);
    else addRequest(tenant, line);
  }
  const finished = [...tenants].map(([name, tenant]) => finishedTenant(name, tenant));
  return { tenants: new Map(finished.map((each) => [each.tenant, each])), alerts };
}

function newTenant(): MutableTenant {
  return {
    requests: new Map(),
    proofs: new Map(),
    sentAs: null,
  };
}

function addAlert(alerts: Map<string, Set<number>>, { fingerprint, outcome }: LedgerLine): void {
  if (fingerprint === null) return;
  const stages = alerts.get(fingerprint) ?? new Set();
  alerts.set(fingerprint, stages.add(Number(outcome)));
}

function addRequest(tenant: MutableTenant, line: LedgerLine): void {
  const id = line.of ?? line.id;
  const known = tenant.requests.get(id);
  if (line.outcome === 'done') tenant.sentAs = line.sentAs ?? tenant.sentAs;
  if (known === undefined) {
    tenant.requests.set(id, { id, line, at: line.at });
    return;
  }
  // The tenant's own answer stands, whatever somebody concluded from its word meanwhile.
  if (known.line.outcome === 'done' && !isSettlement(known.line)) return;
  known.line = line;
  if (!isSettlement(line)) known.at = line.at;
}

/**
 * Whether a line was written from what the tenant told later, about what happened before:
 * such an outcome has no form. It must not look later than what other keys got meanwhile.
 */
function isSettlement({ outcome, sentAs }: LedgerLine): boolean {
  return outcome === 'done' && sentAs === null;
}

function finishedTenant(
  tenant: string,
  { requests, proofs, sentAs }: MutableTenant,
): TenantHistory {
  const timed = [...requests.values()].map((request) => ({
    request: pastRequest(request),
    at: Date.parse(request.at),
  }));
  timed.sort((one, other) => one.at - other.at);
  const inOrder = timed.map(({ request }) => request);
  return {
    tenant,
    requests: inOrder,
    lastDone: lastDoneIn(inOrder),
    unanswered: unansweredIn(inOrder),
    proofs,
    sentAs,
  };
}

function lastDoneIn(requests: readonly PastRequest[]): ReadonlyMap<string, PastRequest> {
  const done = requests.filter(({ outcome }) => outcome === 'done');
  return new Map(done.map((request) => [request.line.clientAppKey, request]));
}

function pastRequest({ id, line, at }: MutableRequest): PastRequest {
  const { outcome } = line;
  const isKnown = outcome === 'done' || outcome === 'not-done';
  return { id, line, outcome: isKnown ? outcome : 'unknown', at };
}

/**
 * From the last to the first: what was done later for a key settles what had no answer
 * before.
 */
function unansweredIn(requests: readonly PastRequest[]): readonly PastRequest[] {
  const done = new Set<string>();
  const unanswered: PastRequest[] = [];
  for (const request of requests.toReversed()) {
    const { clientAppKey } = request.line;
    if (request.outcome === 'done') done.add(clientAppKey);
    if (request.outcome === 'unknown' && !done.has(clientAppKey)) unanswered.push(request);
  }
  return unanswered.reverse();
}

/**
 * Of requests that asked the same of a key, the last alone: a set that was tried three
 * times is one to tell.
 */
export function withoutRepeats(requests: readonly PastRequest[]): readonly PastRequest[] {
  const last = new Map(requests.map((request) => [contentOf(request), request]));
  return requests.filter((request) => last.get(contentOf(request)) === request);
}

function contentOf({ line }: PastRequest): string {
  return JSON.stringify([line.tenant, line.clientAppKey, line.asked, line.fingerprint]);
}

/** Of a tenant that is not known yet. */
export const noHistory: TenantHistory = finishedTenant('', newTenant());

/** The history of a tenant; an empty one if nothing is known of it. */
export function tenantHistory({ tenants }: History, tenant: string): TenantHistory {
  return tenants.get(tenant) ?? finishedTenant(tenant, newTenant());
}

/** The last set or delete of a key that the tenant did, or null. */
export function lastDone(history: TenantHistory, clientAppKey: string): PastRequest | null {
  return history.lastDone.get(clientAppKey) ?? null;
}

/** The last set of a key that the tenant did, unless it was deleted since; or null. */
export function lastSet(history: TenantHistory, clientAppKey: string): PastRequest | null {
  const request = lastDone(history, clientAppKey);
  return request?.line.asked === 'set' ? request : null;
}

/**
 * The certificates that the tenant should have: the last set of each key that was not
 * deleted since; the earliest first.
 */
export function certificatesAt({ requests, lastDone }: TenantHistory): readonly PastRequest[] {
  return requests.filter(
    (request) =>
      request.line.asked === 'set' && lastDone.get(request.line.clientAppKey) === request,
  );
}

/**
 * The certificate that the tenant got last, of those that it should have, for a key or
 * any; or null.
 */
export function latestCertificate(
  history: TenantHistory,
  clientAppKey: string | null = null,
): PastRequest | null {
  if (clientAppKey !== null) return lastSet(history, clientAppKey);
  return certificatesAt(history).at(-1) ?? null;
}

/** The requests of a key whose outcome a later one will settle, or nobody knows. */
export function unansweredFor(
  { unanswered }: TenantHistory,
  clientAppKey: string,
): readonly PastRequest[] {
  return unanswered.filter(({ line }) => line.clientAppKey === clientAppKey);
}

/**
 * The use of each key at the tenant, as far as anybody knows.
 * @param reported the latest key, as the tenant reports it
 */
export function keyUsesAt(
  history: TenantHistory,
  reported?: ReportedKey,
): ReadonlyMap<string, KeyUse> {
  const unanswered = new Set(history.unanswered);
  // The last of each key decides; all of them would be too many to compare with each
  // other.
  const deciding = history.requests.filter(
    (request) =>
      unanswered.has(request) || history.lastDone.get(request.line.clientAppKey) === request,
  );
  const requests = deciding.map(({ line, outcome, at }) => ({
    clientAppKey: line.clientAppKey,
    asked: line.asked === 'delete' ? ('delete' as const) : ('set' as const),
    answered: outcome === 'done',
    at,
  }));
  return keysInUse(requests, reported);
}

/** The certificate and the key that a proof covers. */
export interface Proven {
  readonly clientAppKey: string;
  readonly fingerprint: string | null;
}

function proofKey({ clientAppKey, fingerprint }: Proven): string {
  return JSON.stringify([clientAppKey, fingerprint]);
}

/** The last proof of a certificate for a key, whatever came out; or null. */
export function latestProof({ proofs }: TenantHistory, proven: Proven): LedgerLine | null {
  return proofs.get(proofKey(proven)) ?? null;
}

/** Whether a hook has got the alert of a certificate's stage, in days. */
export function isAlerted({ alerts }: History, fingerprint: string, stage: number): boolean {
  return alerts.get(fingerprint)?.has(stage) === true;
}

/** A request without an answer, and what became of it by the tenant's word. */
export interface Settlement {
  readonly request: PastRequest;
  readonly outcome: 'done' | 'not-done';
}

/** A history as it is once requests are settled. */
export function settledHistory(
  history: TenantHistory,
  settlements: readonly Settlement[],
): TenantHistory {
  if (settlements.length === 0) return history;
  const outcomes = new Map(settlements.map(({ request, outcome }) => [request, outcome]));
  const requests = history.requests.map((request) => {
    const outcome = outcomes.get(request);
    return outcome === undefined ? request : { ...request, outcome };
  });
  return {
    ...history,
    requests,
    lastDone: lastDoneIn(requests),
    unanswered: unansweredIn(requests),
  };
}
