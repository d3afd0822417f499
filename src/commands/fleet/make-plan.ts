import { byLevel } from '../../checks/check-push-identity.ts';
import type { Finding } from '../../checks/finding.ts';
import { checkSilenced, type KeyUse } from '../../checks/key-in-use.ts';
import { checkPractice } from '../../checks/purpose.ts';
import { checkReplacement } from '../../checks/validity.ts';
import { CliError } from '../../errors/cli-error.ts';
import { isLoopback } from '../../network/proxy.ts';
import type { ReadBack } from '../../tenant/certificates.ts';
import type { FleetTenant } from './file/fleet.ts';
import type { JudgedCertificate, JudgedCertificates } from './fleet-tenant.ts';
import { keyUsesOf, latestKeys } from './in-use.ts';
import { type FleetRecord, placeKey, type RecordEntry } from './record.ts';
import type { FleetAction } from './report.ts';

export interface PlannedTenant {
  readonly tenant: FleetTenant;
  /** Null where only a certificate that does not open knows it. */
  readonly clientAppKey: string | null;
  readonly action: FleetAction;
  /** Null: none is to be there, or it does not open. */
  readonly certificate: JudgedCertificate | null;
  /** What the record says of this tenant and key. */
  readonly previous: RecordEntry | null;
  readonly findings: readonly Finding[];
  /** Why it is blocked, where that is no finding. */
  readonly error: CliError | null;
}

/** What a plan compares with what the file declares. */
interface Known {
  readonly certificates: JudgedCertificates;
  /** Whether findings block. */
  stops(findings: readonly Finding[]): boolean;
  /** What the tenants say that they hold, by name. They tell a topic at most: the right one counts as what is on record. */
  readonly answers?: ReadonlyMap<string, ReadBack>;
}

/**
 * What is to be done for each tenant, in their order: what the file declares, beside what the record says. Where the answer
 * to an earlier request is unknown, it is done again; and so is what is there already, where it is not, or will not be, for
 * sure what the tenant pushes with.
 */
export function planFleet(
  tenants: readonly FleetTenant[],
  record: FleetRecord,
  { certificates, stops, answers = new Map() }: Known,
): readonly PlannedTenant[] {
  const recorded = new Map(record.entries.map((entry) => [placeKey(entry), entry]));
  const going = new Set(
    tenants.flatMap(({ tenant, certificate, clientAppKey }) =>
      certificate === null && clientAppKey !== null ? placeKey({ tenant, clientAppKey }) : [],
    ),
  );
  const usesOf = keyUsesOf(record, latestKeys(tenants, answers));
  const planned = tenants.map((tenant) =>
    planTenant(tenant, recorded, { certificates, stops }, usesOf(tenant.tenant), going),
  );
  return setAgain(blockDoubles(planned).map((item) => holding(item, answers.get(item.tenant.name))));
}

/** Whether the key that a tenant pushes with outlives the deletion of another is not known: it is set after it. */
function setAgain(planned: readonly PlannedTenant[]): readonly PlannedTenant[] {
  const losing = new Set(planned.flatMap(({ tenant, action }) => (action === 'delete' ? tenant.tenant : [])));
  if (losing.size === 0) return planned;
  return planned.map((item) =>
    item.action === 'same' && losing.has(item.tenant.tenant) ? { ...item, action: 'set' } : item,
  );
}

/** @param going the keys that are to be deleted, and are silenced by nothing else */
function planTenant(
  tenant: FleetTenant,
  recorded: ReadonlyMap<string, RecordEntry>,
  { certificates, stops }: Omit<Known, 'answers'>,
  keysUsed: ReadonlyMap<string, KeyUse>,
  going: ReadonlySet<string>,
): PlannedTenant {
  const declared = tenant.certificate;
  const judged = declared === null ? null : certificates.get(declared.name);
  if (judged === undefined) throw new Error(`the certificate ${declared?.name} was not opened`);
  const certificate = judged instanceof CliError ? null : judged;
  const clientAppKey = tenant.clientAppKey ?? certificate?.topic ?? declared?.topic ?? null;
  const previous =
    clientAppKey === null ? null : (recorded.get(placeKey({ tenant: tenant.tenant, clientAppKey })) ?? null);
  const base = { tenant, clientAppKey, certificate, previous, findings: [], error: null };
  if (judged instanceof CliError)
    return { ...base, action: judged.code === 'fleet-untrusted' ? 'unknown' : 'blocked', error: judged };
  if (certificate === null)
    return { ...base, action: previous === null || previous.state === 'deleted' ? 'absent' : 'delete' };
  const staying = [...keysUsed].filter(([key]) => !going.has(placeKey({ ...tenant, clientAppKey: key })));
  const isRemote = !isLoopback(new URL(tenant.tenant).hostname);
  const findings = byLevel([
    ...(isRemote ? checkPractice(certificate.identity) : []),
    ...findingsFor(certificate, previous),
    ...(clientAppKey === null ? [] : checkSilenced(new Map(staying), clientAppKey)),
  ]);
  if (stops(findings)) return { ...base, findings, action: 'blocked' };
  const error = unsendable(certificate, clientAppKey);
  const inUse = keysUsed.get(clientAppKey ?? '')?.inUse === true;
  return {
    ...base,
    findings,
    error,
    action: error === null ? actionFor(certificate, previous, inUse) : 'blocked',
  };
}

/** Those of the certificate, and whether it is older than what was set last. */
function findingsFor(
  { identity, findings }: JudgedCertificate,
  previous: RecordEntry | null,
): readonly Finding[] {
  const { fingerprint = null, notAfter = null } = previous ?? {};
  if (fingerprint === null || notAfter === null) return findings;
  const facts = { now: new Date(notAfter), previous: { fingerprint, notAfter: new Date(notAfter) } };
  const replacement = checkReplacement(identity, facts);
  return replacement.length === 0 ? findings : [...replacement, ...findings];
}

/** Only `--force` can lead here: what cannot be sent, not even so. */
function unsendable({ fingerprint, topic }: JudgedCertificate, clientAppKey: string | null): CliError | null {
  if (fingerprint === null)
    return new CliError('usage', 'A file without a certificate cannot be sent, not even by force');
  return topic === null || clientAppKey === null
    ? new CliError('usage', 'The certificate names no topic, and neither does the fleet file')
    : null;
}

function actionFor(
  { fingerprint, topic }: JudgedCertificate,
  previous: RecordEntry | null,
  inUse: boolean,
): FleetAction {
  if (previous === null || previous.state === 'deleted') return 'set';
  if (previous.fingerprint !== fingerprint || previous.topic !== topic) return 'replace';
  return previous.state === 'set' && inUse ? 'same' : 'set';
}

/** Where certificates name the topics, only now it shows that two tenants are one. */
function blockDoubles(planned: readonly PlannedTenant[]): readonly PlannedTenant[] {
  const first = new Map<string, string>();
  return planned.map((item) => {
    const { tenant, clientAppKey } = item;
    if (clientAppKey === null) return item;
    const key = placeKey({ tenant: tenant.tenant, clientAppKey });
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, tenant.name);
      return item;
    }
    const message = `${other} and ${tenant.name} are the same tenant with the same client app key, ${clientAppKey}`;
    return { ...item, action: 'blocked', error: new CliError('usage', message) };
  });
}

function holding(item: PlannedTenant, answer: ReadBack | undefined): PlannedTenant {
  if (answer?.outcome !== 'told' || item.action === 'blocked') return item;
  return { ...item, action: actionHolding(item, answer.topic) };
}

function actionHolding({ certificate, action, previous }: PlannedTenant, held: string | null): FleetAction {
  if (certificate === null) return held === null ? 'absent' : 'delete';
  if (held === null) return 'set';
  const isRecorded = previous?.state === 'set' && action !== 'replace';
  return held === certificate.topic && isRecorded ? action : 'replace';
}

/** Whether a request was sent whose answer never came. */
export function isUnanswered({ previous }: PlannedTenant): boolean {
  return previous?.state === 'sending';
}
