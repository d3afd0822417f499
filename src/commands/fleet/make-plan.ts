import { byLevel } from '../../checks/check-push-identity.ts';
import { checkReplacement } from '../../checks/earlier.ts';
import type { Finding } from '../../checks/finding.ts';
import { checkPractice } from '../../checks/issuer.ts';
import { checkSilenced } from '../../checks/key-in-use.ts';
import { CliError } from '../../errors/cli-error.ts';
import { isLoopback } from '../../network/proxy.ts';
import type { ReadBack } from '../../tenant/read-back.ts';
import type { FleetTenant } from './file/fleet.ts';
import type { JudgedCertificate, JudgedCertificates } from './fleet-tenant.ts';
import { keyUsesOf } from './in-use.ts';
import { type FleetRecord, placeKey, type RecordEntry } from './record.ts';
import type { FleetAction } from './report.ts';

export interface PlannedTenant {
  readonly tenant: FleetTenant;
  /** Null if only a certificate that does not open has it. */
  readonly clientAppKey: string | null;
  readonly action: FleetAction;
  /** Null: the tenant must have none, or it does not open. */
  readonly certificate: JudgedCertificate | null;
  /** The entry of this tenant and key in the record. */
  readonly previous: RecordEntry | null;
  readonly findings: readonly Finding[];
  /** The reason for a block that is not a finding. */
  readonly error: CliError | null;
}

/** The facts that a plan compares with the file. */
interface Known {
  readonly certificates: JudgedCertificates;
  /** Whether findings block. */
  stops(findings: readonly Finding[]): boolean;
  /** The tenants' reports, by name. They have a topic at most: if it matches, the recorded certificate counts. */
  readonly answers?: ReadonlyMap<string, ReadBack>;
}

/**
 * The action for each tenant, in file order, from the file and the record. Repeats a request without an answer, and sets a
 * certificate again if the tenant does not, or may not, push with its key.
 */
export function planFleet(
  tenants: readonly FleetTenant[],
  record: FleetRecord,
  { certificates, stops, answers = new Map() }: Known,
): readonly PlannedTenant[] {
  const recorded = new Map(record.entries.map((entry) => [placeKey(entry), entry]));
  const usesOf = keyUsesOf(record, tenants, answers);
  /** The keys to delete: silencing these is no finding. */
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
    if (error !== null)
      return { ...base, action: error.code === 'fleet-untrusted' ? 'unknown' : 'blocked' };
    if (certificate === null)
      return {
        ...base,
        action: previous === null || previous.state === 'deleted' ? 'absent' : 'delete',
      };
    const keysUsed = usesOf(tenant.tenant);
    const staying = [...keysUsed].filter(
      ([key]) => !going.has(placeKey({ ...tenant, clientAppKey: key })),
    );
    const isRemote = !isLoopback(new URL(tenant.tenant).hostname);
    const findings = byLevel([
      ...(isRemote ? checkPractice(certificate.identity) : []),
      ...findingsFor(certificate, previous),
      ...(clientAppKey === null ? [] : checkSilenced(new Map(staying), clientAppKey)),
    ]);
    const unsent = stops(findings) ? null : unsendable(certificate, clientAppKey);
    if (stops(findings) || unsent !== null)
      return { ...base, findings, error: unsent, action: 'blocked' };
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
    const item = judge(tenant, {
      tenant,
      clientAppKey,
      certificate,
      previous,
      findings: [],
      error,
    });
    // If the topics come from the certificates, two tenants may turn out to be the same only here.
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
  // Deleting a key may end the use of another one, so set that one again afterwards.
  return planned.map((item) =>
    item.action === 'same' && losing.has(item.tenant.tenant) ? { ...item, action: 'set' } : item,
  );
}

/** The certificate's findings, and whether it is older than the one set last. */
function findingsFor(
  { identity, findings }: JudgedCertificate,
  previous: RecordEntry | null,
): readonly Finding[] {
  const { fingerprint = null, notAfter = null } = previous ?? {};
  if (fingerprint === null || notAfter === null) return findings;
  const end = new Date(notAfter);
  return [
    ...checkReplacement(identity, { now: end, previous: { fingerprint, notAfter: end } }),
    ...findings,
  ];
}

/** Why a certificate cannot be sent, even with `--force`. */
function unsendable(
  { fingerprint, topic }: JudgedCertificate,
  clientAppKey: string | null,
): CliError | null {
  if (fingerprint === null)
    return new CliError(
      'usage',
      'A file without a certificate cannot be sent, not even with --force',
    );
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

export function isUnanswered({ previous }: PlannedTenant): boolean {
  return previous?.state === 'sending';
}
