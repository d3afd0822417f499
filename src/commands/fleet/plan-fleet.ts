import { type KeySource, type OtherKey, otherKeyFor } from '../../change/client-app-key.ts';
import {
  type History,
  latestProof,
  type PastRequest,
  type TenantHistory,
  tenantHistory,
} from '../../change/history.ts';
import type { LedgerLine } from '../../change/ledger-line.ts';
import { checkPlace, losableFactsOf } from '../../change/plan-set-from-ledger.ts';
import { byLevel } from '../../checks/check-push-identity.ts';
import type { KeyUse } from '../../checks/client-app-key-in-use.ts';
import type { Finding } from '../../checks/finding.ts';
import { checkPractice } from '../../checks/issuer.ts';
import { checkReplacement } from '../../checks/replaced-certificate.ts';
import { CliError } from '../../errors/cli-error.ts';
import { isLoopback } from '../../network/proxy.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import type { ReadBack } from '../../tenant/read-back.ts';
import type { JudgedCertificate, JudgedCertificates } from './certificates.ts';
import type { FleetTenant } from './file/fleet.ts';
import { type Answers, KeyUses, lastRequest } from './key-history.ts';
import type { FleetAction } from './report.ts';

/** A tenant with its planned action. Plain data. */
export interface PlannedTenant {
  readonly tenant: FleetTenant;
  /** Null if only a certificate that does not open has it. */
  readonly clientAppKey: string | null;
  /** Null: there is no key. */
  readonly keyFrom: Extract<KeySource, 'given' | 'topic'> | null;
  /**
   * The key that speaks against the topic as the key; null if none does, or the file has
   * one.
   */
  readonly other: OtherKey | null;
  readonly action: FleetAction;
  /** The declared certificate. Null: the tenant must have none, or it does not open. */
  readonly judged: JudgedCertificate | null;
  /** The last request for the key that the tenant did, or may have done. */
  readonly previous: PastRequest | null;
  /** The last proof of this certificate for the key, or null. */
  readonly proof: LedgerLine | null;
  readonly findings: readonly Finding[];
  /** The reason for a block that is not a finding. */
  readonly error: CliError | null;
}

/** The facts that a plan compares the file with. */
export interface KnownOfFleet {
  readonly certificates: JudgedCertificates;
  readonly history: History;
  /**
   * The tenants' words. They have a topic at most: if it matches, the certificate on
   * record counts.
   */
  readonly answers: Answers;
  /** Whether findings block. */
  stops(findings: readonly Finding[]): boolean;
}

/** A row of the file, before its action is known. */
type Row = Omit<PlannedTenant, 'action'>;

/**
 * The action for each tenant, in file order. Repeats a request without an answer, and
 * sets a certificate again if the tenant does not, or may not, push with its key.
 */
export function planFleet(
  tenants: readonly FleetTenant[],
  known: KnownOfFleet,
): readonly PlannedTenant[] {
  const uses = new KeyUses(known.history, tenants, known.answers);
  const deletedKeys = keysToDelete(tenants);
  const names = new Map<string, string>();
  const planned = tenants.map((tenant): PlannedTenant => {
    const row = rowOf(tenant, known);
    const answer = known.answers.get(tenant.name) ?? null;
    const keys = keysAt(tenant, uses.at(tenant.url), deletedKeys);
    const item = judge(row, { ...keys, answer }, known);
    const error = errorIfDouble(row, names);
    if (error !== null) return { ...item, action: 'blocked', error };
    return { ...item, action: actionAfterAnswer(item, answer) };
  });
  return withKeysInUse(planned);
}

function placeKey({ url }: FleetTenant, clientAppKey: string): string {
  return `${url} ${clientAppKey}`;
}

/** The places that the file empties: a set that ends the use of one is no finding. */
function keysToDelete(tenants: readonly FleetTenant[]): ReadonlySet<string> {
  const places = tenants.flatMap((tenant) =>
    tenant.certificate === null && tenant.clientAppKey !== null
      ? placeKey(tenant, tenant.clientAppKey)
      : [],
  );
  return new Set(places);
}

function rowOf(tenant: FleetTenant, { certificates, history, answers }: KnownOfFleet): Row {
  const declared = tenant.certificate;
  const opening = declared === null ? null : certificates.get(declared.name);
  if (opening === undefined) throw new Error(`the certificate ${declared?.name} was not opened`);
  const judged = opening instanceof CliError ? null : opening;
  const clientAppKey = tenant.clientAppKey ?? judged?.topic ?? declared?.topic ?? null;
  const past = tenantHistory(history, tenant.url);
  const isDefault = tenant.clientAppKey === null && clientAppKey !== null;
  const latest = answers.get(tenant.name)?.latest;
  return {
    tenant,
    clientAppKey,
    keyFrom: sourceOf(tenant, clientAppKey),
    other: isDefault ? otherKeyFor(clientAppKey, past, latest) : null,
    judged,
    previous: clientAppKey === null ? null : lastRequest(past, clientAppKey),
    proof: proofOf(judged, clientAppKey, past),
    findings: [],
    error: opening instanceof CliError ? opening : null,
  };
}

function proofOf(
  judged: JudgedCertificate | null,
  clientAppKey: string | null,
  past: TenantHistory,
): LedgerLine | null {
  const fingerprint = judged?.fingerprint ?? null;
  if (clientAppKey === null || fingerprint === null) return null;
  return latestProof(past, { clientAppKey, fingerprint });
}

function sourceOf(tenant: FleetTenant, clientAppKey: string | null): PlannedTenant['keyFrom'] {
  if (clientAppKey === null) return null;
  return tenant.clientAppKey === null ? 'topic' : 'given';
}

/**
 * If the topics come from the certificates, two rows may turn out to be the same tenant
 * and key only here. Null if there is no other row: then the name is noted.
 * @param names of the places so far
 */
function errorIfDouble({ tenant, clientAppKey }: Row, names: Map<string, string>): CliError | null {
  if (clientAppKey === null) return null;
  const place = placeKey(tenant, clientAppKey);
  const other = names.get(place);
  if (other === undefined) {
    names.set(place, tenant.name);
    return null;
  }
  const what = `the same tenant with the same client app key, ${clientAppKey}`;
  return new CliError('usage', `${other} and ${tenant.name} are ${what}`);
}

/** The uses of the keys of a tenant. */
interface TenantKeys {
  readonly keyUses: ReadonlyMap<string, KeyUse>;
  /** Those that the file does not delete. */
  readonly staying: ReadonlyMap<string, KeyUse>;
  /** The tenant's own word about the key; null: it was not asked. */
  readonly answer: ReadBack | null;
}

function keysAt(
  tenant: FleetTenant,
  keyUses: ReadonlyMap<string, KeyUse>,
  deletedKeys: ReadonlySet<string>,
): Omit<TenantKeys, 'answer'> {
  const staying = [...keyUses].filter(([key]) => !deletedKeys.has(placeKey(tenant, key)));
  return { keyUses, staying: new Map(staying) };
}

function judge(row: Row, keys: TenantKeys, { stops }: KnownOfFleet): PlannedTenant {
  const { judged, previous, error } = row;
  if (error !== null)
    return { ...row, action: error.code === 'fleet-untrusted' ? 'unknown' : 'blocked' };
  if (judged === null) return { ...row, action: isGone(previous) ? 'absent' : 'delete' };
  const findings = findingsFor(row, judged, keys);
  if (stops(findings)) return { ...row, findings, action: 'blocked' };
  const unsendable = errorIfUnsendable(judged, row.clientAppKey);
  if (unsendable !== null) return { ...row, findings, error: unsendable, action: 'blocked' };
  const isInUse = keys.keyUses.get(row.clientAppKey ?? '')?.inUse === true;
  return { ...row, findings, action: actionFor(judged, previous, isInUse) };
}

/** Whether nothing was set, or it was deleted. */
function isGone(previous: PastRequest | null): boolean {
  if (previous === null) return true;
  return previous.outcome === 'done' && previous.line.asked === 'delete';
}

/** The certificate's findings, and those that depend on the tenant. */
function findingsFor(
  { tenant, clientAppKey, other, previous }: Row,
  { identity, topic, findings }: JudgedCertificate,
  { staying, answer }: TenantKeys,
): readonly Finding[] {
  const lastSet = previous?.line.asked === 'set' ? previous : null;
  const isRemote = !isLoopback(new URL(tenant.url).hostname);
  return byLevel([
    ...(isRemote && identity !== null ? checkPractice(identity) : []),
    ...(identity === null ? [] : replacementOf(identity, lastSet)),
    ...findings,
    ...checkPlace(
      { clientAppKey, other, topic, losable: losableFactsOf(identity?.certificate ?? null) },
      { keyUses: staying, previous: lastSet, reported: answer },
    ),
  ]);
}

function replacementOf(identity: PushIdentity, lastSet: PastRequest | null): readonly Finding[] {
  const { fingerprint = null, notAfter = null } = lastSet?.line ?? {};
  if (fingerprint === null || notAfter === null) return [];
  return checkReplacement(identity, { previous: { fingerprint, notAfter: new Date(notAfter) } });
}

/** Why a certificate cannot be sent, even with `--force`. */
function errorIfUnsendable(
  { fingerprint, topic }: JudgedCertificate,
  clientAppKey: string | null,
): CliError | null {
  if (fingerprint === null)
    return new CliError(
      'usage',
      'A file without a certificate cannot be sent, not even with --force',
    );
  if (topic === null || clientAppKey === null)
    return new CliError('usage', 'The certificate has no topic, and neither does the fleet file');
  return null;
}

function actionFor(
  { fingerprint, topic }: JudgedCertificate,
  previous: PastRequest | null,
  isInUse: boolean,
): FleetAction {
  if (previous === null || isGone(previous)) return 'set';
  const { line, outcome } = previous;
  if (line.fingerprint !== fingerprint || line.topic !== topic) return 'replace';
  return outcome === 'done' && isInUse ? 'same' : 'set';
}

/**
 * The action once the tenant has told what it holds; the planned one stays if it did not
 * tell, or confirms the certificate on record.
 */
function actionAfterAnswer(
  { judged, action, previous }: PlannedTenant,
  answer: ReadBack | null,
): FleetAction {
  if (answer?.outcome !== 'told' || action === 'blocked') return action;
  const { topic: held } = answer;
  if (judged === null) return held === null ? 'absent' : 'delete';
  if (held === null) return 'set';
  const isSet = previous?.outcome === 'done' && previous.line.asked === 'set';
  return held === judged.topic && isSet ? action : 'replace';
}

/** Deleting a key may end the use of another one, which is set again afterwards. */
function withKeysInUse(planned: readonly PlannedTenant[]): readonly PlannedTenant[] {
  const deletes = planned.filter(({ action }) => action === 'delete');
  const urls = new Set(deletes.map(({ tenant }) => tenant.url));
  return planned.map((item) =>
    item.action === 'same' && urls.has(item.tenant.url) ? { ...item, action: 'set' } : item,
  );
}

/** Whether the last request for the key got no answer. */
export function isUnanswered({ previous }: PlannedTenant): boolean {
  return previous?.outcome === 'unknown';
}
