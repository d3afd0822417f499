import { byLevel } from '../../checks/check-push-identity.ts';
import { type Finding, stopsAt } from '../../checks/finding.ts';
import { checkSilenced, type KeyUse } from '../../checks/key-in-use.ts';
import { checkReplacement, daysLeft } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import { type JudgingOptions, warnDaysOf } from '../../settings/settings.ts';
import type { ReadBack } from '../../tenant/certificates.ts';
import type { FleetTenant } from './file/fleet.ts';
import { type JudgedCertificate, type JudgedCertificates, openFleetCertificates } from './fleet-tenant.ts';
import { keyUsesOf, latestKeys, type Settled, settleByWord, type Told } from './in-use.ts';
import type { FleetOptions, OpenedFleet } from './open-fleet.ts';
import { type FleetRecord, placeKey, type RecordEntry, readOwnRecords } from './record.ts';
import {
  countTenants,
  type FleetAction,
  type FleetReport,
  type FleetReportTenant,
  isUnfinished,
} from './report.ts';

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
  /** The key that a tenant itself names as the latest, by its address. */
  readonly latest?: ReadonlyMap<string, string>;
}

/**
 * What is to be done for each tenant, in their order: what the file declares, beside what the record says. Where the answer
 * to an earlier request is unknown, it is done again; and so is what is there already, where it is not, or will not be, for
 * sure what the tenant pushes with.
 */
export function planFleet(
  tenants: readonly FleetTenant[],
  record: FleetRecord,
  { certificates, stops, latest = new Map() }: Known,
): readonly PlannedTenant[] {
  const recorded = new Map(record.entries.map((entry) => [placeKey(entry), entry]));
  const going = new Set(
    tenants.flatMap(({ tenant, certificate, clientAppKey }) =>
      certificate === null && clientAppKey !== null ? placeKey({ tenant, clientAppKey }) : [],
    ),
  );
  const usesOf = keyUsesOf(record, latest);
  const planned = tenants.map((tenant) =>
    planTenant(tenant, recorded, { certificates, stops }, usesOf(tenant.tenant), going),
  );
  return setAgain(blockDoubles(planned));
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
  { certificates, stops }: Omit<Known, 'latest'>,
  uses: ReadonlyMap<string, KeyUse>,
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
  const staying = [...uses].filter(([key]) => !going.has(placeKey({ ...tenant, clientAppKey: key })));
  const findings = byLevel([
    ...findingsFor(certificate, previous),
    ...(clientAppKey === null ? [] : checkSilenced(new Map(staying), clientAppKey)),
  ]);
  if (stops(findings)) return { ...base, findings, action: 'blocked' };
  const error = unsendable(certificate, clientAppKey);
  const inUse = uses.get(clientAppKey ?? '')?.inUse === true;
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

/**
 * The plan, after the tenants were asked what they hold: only the topic, so what holds the right one is as the record says.
 * @param answers by the tenant's name
 */
export function planHeld(
  planned: readonly PlannedTenant[],
  answers: ReadonlyMap<string, ReadBack>,
): readonly PlannedTenant[] {
  return setAgain(
    planned.map((item) => {
      const answer = answers.get(item.tenant.name);
      if (answer?.outcome !== 'told' || item.action === 'blocked') return item;
      return { ...item, action: actionHolding(item, answer.topic) };
    }),
  );
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

export interface Outcome {
  /** Null: it may have been taken, and its answer is missing. */
  readonly sent: boolean | null;
  readonly error: CliError | null;
}

export type Outcomes = ReadonlyMap<PlannedTenant, Outcome>;

/** What a report needs beside the plan. */
export interface ReportFacts extends Pick<FleetReport, 'file' | 'record' | 'shard' | 'trust'> {
  readonly now: Date;
}

/** The report of a plan, or, with its outcomes, of what was applied. */
export function reportFleet(
  planned: readonly PlannedTenant[],
  outcomes: Outcomes | null,
  { file, record, shard, trust, now }: ReportFacts,
): FleetReport {
  const tenants = planned.map((item) => reportTenant(item, outcomes?.get(item) ?? null, now));
  const unfinished = outcomes === null ? [] : tenants.filter(isUnfinished);
  const failed = tenants.some(({ action, error }) => action === 'blocked' || error !== null);
  return {
    file,
    record,
    shard,
    trust,
    tenants,
    counts: countTenants(tenants),
    ok: !failed && unfinished.length === 0,
  };
}

function reportTenant(
  { tenant, clientAppKey, action, certificate, findings, error }: PlannedTenant,
  outcome: Outcome | null,
  now: Date,
): FleetReportTenant {
  const { fingerprint = null, topic = null, notAfter = null } = certificate ?? {};
  const failure = outcome?.error ?? error;
  return {
    name: tenant.name,
    tenant: tenant.tenant,
    clientAppKey,
    certificate: tenant.certificate?.name ?? null,
    action,
    sent: outcome === null ? false : outcome.sent,
    tries: outcome?.error?.facts.tries ?? null,
    fingerprint,
    topic,
    notAfter,
    daysLeft: notAfter === null ? null : daysLeft(new Date(notAfter), now),
    error:
      failure === null ? null : { code: failure.code, message: failure.lines[0], hints: hintsFor(failure) },
    findings,
  };
}

export interface PlanOptions extends FleetOptions, JudgingOptions {}

export interface PreparedFleet {
  readonly record: FleetRecord;
  readonly planned: readonly PlannedTenant[];
  readonly facts: ReportFacts;
  /** The plan, after the tenants were asked what they hold. @param answers by the tenant's name */
  refreshed(answers: ReadonlyMap<string, ReadBack>): {
    readonly planned: readonly PlannedTenant[];
    readonly settled: readonly Settled[];
  };
}

/**
 * Reads the record, opens each certificate once, and plans. Where the file is not to be used, nothing that it names is run or
 * read: what is not known then is action `unknown`.
 * @param refusal why the file is not to be used, or null
 * @throws {CliError} usage (a record of another fleet), file-unreadable, fleet-untrusted, interrupted
 */
export async function prepareFleet(
  opened: OpenedFleet,
  refusal: CliError | null,
  options: PlanOptions,
  context: Context,
): Promise<PreparedFleet> {
  const { fleet, file, recordPath, shard, trust } = opened;
  const warnDays = warnDaysOf(options, fleet.warnDays);
  const now = context.now();
  const record = await readOwnRecords([recordPath], opened, context).catch((error: unknown) => {
    if (refusal === null || !(error instanceof CliError) || error.code !== 'fleet-untrusted') throw error;
    return null;
  });
  const certificates =
    refusal === null
      ? await openFleetCertificates(fleet.tenants, { now, warnDays }, context)
      : new Map([...fleet.certificates.keys()].map((name) => [name, refusal]));
  const known = { certificates, stops: (findings: readonly Finding[]) => stopsAt(findings, options) };
  const planned = planFleet(fleet.tenants, record ?? { entries: [] }, known);
  return {
    record: record ?? { entries: [] },
    planned:
      record === null ? planned.map((item) => ({ ...item, action: 'unknown', error: refusal })) : planned,
    facts: { file, record: recordPath, shard, trust: trust.hash, now },
    refreshed(answers) {
      const told = planned.flatMap(({ tenant: { name, tenant }, previous: entry }): readonly Told[] => {
        const answer = answers.get(name);
        return answer === undefined ? [] : [{ tenant, entry, answer }];
      });
      const now = settleByWord(record ?? { entries: [] }, told);
      const again = planFleet(fleet.tenants, now.record, { ...known, latest: latestKeys(told) });
      return { planned: planHeld(again, answers), settled: now.settled };
    },
  };
}
