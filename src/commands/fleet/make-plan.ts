import { byLevel } from '../../checks/check-push-identity.ts';
import type { Finding } from '../../checks/finding.ts';
import { checkSilenced } from '../../checks/key-in-use.ts';
import { checkPractice } from '../../checks/purpose.ts';
import { checkReplacement } from '../../checks/validity.ts';
import { CliError } from '../../errors/cli-error.ts';
import { isLoopback } from '../../network/proxy.ts';
import type { ReadBack } from '../../tenant/certificates.ts';
import type { FleetTenant } from './file/fleet.ts';
import type { JudgedCertificate, JudgedCertificates } from './fleet-tenant.ts';
import { keyUsesOf } from './in-use.ts';
import { type FleetRecord, placeKey, type RecordEntry } from './record.ts';
import type { FleetAction } from './report.ts';

export interface PlannedTenant {
  readonly tenant: FleetTenant;
  /** Null where only a certificate that does not open knows it. */
  readonly clientAppKey: string | null;
  readonly action: FleetAction;
  /** Null: none is to be there, or it does not open. */
  readonly certificate: JudgedCertificate | null;
  /** The entry of this tenant and key in the record. */
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
  const usesOf = keyUsesOf(record, tenants, answers);
  /** The keys that are to be deleted, and are silenced by nothing else. */
  const going = new Set(
    tenants.flatMap(({ tenant, certificate, clientAppKey }) =>
      certificate === null && clientAppKey !== null ? placeKey({ tenant, clientAppKey }) : [],
    ),
  );
  const names = new Map<string, string>();
  /** Tenants that lose a key. */
  const losing = new Set<string>();

  const judge = (tenant: FleetTenant, base: Omit<PlannedTenant, 'action'>): PlannedTenant => {
    const { certificate, clientAppKey, previous, error } = base;
    if (error !== null) return { ...base, action: error.code === 'fleet-untrusted' ? 'unknown' : 'blocked' };
    if (certificate === null)
      return { ...base, action: previous === null || previous.state === 'deleted' ? 'absent' : 'delete' };
    const keysUsed = usesOf(tenant.tenant);
    const staying = [...keysUsed].filter(([key]) => !going.has(placeKey({ ...tenant, clientAppKey: key })));
    const isRemote = !isLoopback(new URL(tenant.tenant).hostname);
    const findings = byLevel([
      ...(isRemote ? checkPractice(certificate.identity) : []),
      ...findingsFor(certificate, previous),
      ...(clientAppKey === null ? [] : checkSilenced(new Map(staying), clientAppKey)),
    ]);
    const unsent = stops(findings) ? null : unsendable(certificate, clientAppKey);
    if (stops(findings) || unsent !== null) return { ...base, findings, error: unsent, action: 'blocked' };
    const inUse = keysUsed.get(clientAppKey ?? '')?.inUse === true;
    return { ...base, findings, action: actionFor(certificate, previous, inUse) };
  };

  const planned = tenants.map((tenant): PlannedTenant => {
    const declared = tenant.certificate;
    const judged = declared === null ? null : certificates.get(declared.name);
    if (judged === undefined) throw new Error(`the certificate ${declared?.name} was not opened`);
    const [certificate, error] = judged instanceof CliError ? [null, judged] : [judged, null];
    const clientAppKey = tenant.clientAppKey ?? certificate?.topic ?? declared?.topic ?? null;
    const place = clientAppKey === null ? null : placeKey({ tenant: tenant.tenant, clientAppKey });
    const previous = recorded.get(place ?? '') ?? null;
    const item = judge(tenant, { tenant, clientAppKey, certificate, previous, findings: [], error });
    // Where certificates name the topics, only now it shows that two tenants are one.
    const other = place === null ? undefined : names.get(place);
    if (other !== undefined) {
      const message = `${other} and ${tenant.name} are the same tenant with the same client app key, ${clientAppKey}`;
      return { ...item, action: 'blocked', error: new CliError('usage', message) };
    }
    if (place !== null) names.set(place, tenant.name);
    const action = actionHolding(item, answers.get(tenant.name));
    if (action === 'delete') losing.add(tenant.tenant);
    return { ...item, action };
  });
  // Whether the key that a tenant pushes with outlives the deletion of another is not known: it is set after it.
  return planned.map((item) =>
    item.action === 'same' && losing.has(item.tenant.tenant) ? { ...item, action: 'set' } : item,
  );
}

/** Those of the certificate, and whether it is older than what was set last. */
function findingsFor(
  { identity, findings }: JudgedCertificate,
  previous: RecordEntry | null,
): readonly Finding[] {
  const { fingerprint = null, notAfter = null } = previous ?? {};
  if (fingerprint === null || notAfter === null) return findings;
  const end = new Date(notAfter);
  return [...checkReplacement(identity, { now: end, previous: { fingerprint, notAfter: end } }), ...findings];
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

/** The action after a tenant told what it holds. */
function actionHolding(
  { certificate, action, previous }: PlannedTenant,
  answer: ReadBack | undefined,
): FleetAction {
  if (answer?.outcome !== 'told' || action === 'blocked') return action;
  const { topic: held } = answer;
  if (certificate === null) return held === null ? 'absent' : 'delete';
  if (held === null) return 'set';
  const isRecorded = previous?.state === 'set' && action !== 'replace';
  return held === certificate.topic && isRecorded ? action : 'replace';
}

/** Whether a request was sent whose answer never came. */
export function isUnanswered({ previous }: PlannedTenant): boolean {
  return previous?.state === 'sending';
}
