import { apnsTargetOf, requirePair, verifyIdentity } from '../../certificate/apns.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { lockFile } from '../../files/lock-file.ts';
import { requireReplaceable, requireRoomFor, writeSharedFile } from '../../files/write.ts';
import { wrote } from '../../report/findings.ts';
import { givenApns } from '../../settings/certificate.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { networkOf } from '../../settings/resolve.ts';
import { count, nearestName } from '../../text/phrasing.ts';
import { inJson } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { guess, quoted } from './file/faults.ts';
import type { Fleet } from './file/fleet.ts';
import { formatApplied, formatPlan, notePlan } from './format.ts';
import type { PlannedTenant } from './make-plan.ts';
import { isStdout, type OpenedFleet, openFleet, requireNoInput } from './open-fleet.ts';
import { type ApplyOptions, applyOptions } from './options.ts';
import { type Outcomes, prepareFleet, reportFleet } from './prepare-fleet.ts';
import { journalOf, settleRecord } from './record.ts';
import { changes, type FleetReport, isUnfinished } from './report.ts';
import { type ApplyLimits, carryOut, toDo } from './send-fleet.ts';
import { requireHeld, requireTrust } from './trust.ts';

/** Above the question, a longer plan shows only counts and warnings; `fleet plan` shows it all. */
const mostRows = 40;

const unavailable = 'The changes must be confirmed in a terminal';
const yesFacts = { option: '--yes' };

async function apply(options: ApplyOptions, context: Context): Promise<FleetReport> {
  const opened = await openFleet(options, context);
  if (options.yes !== true && !context.terminal.interactive)
    throw new CliError('prompt-unavailable', unavailable, { facts: yesFacts });
  const out = isStdout(options.out) ? null : options.out;
  if (out !== null) {
    requireNoInput(out, opened.declared, [opened.recordPath]);
    requireRoomFor(out);
  }
  const limits = limitsOf(options, opened.fleet);
  await requireTrust(opened.trust);
  for (const path of [opened.recordPath, journalOf(opened.recordPath), `${opened.recordPath}.lock`])
    requireHeld(path, opened.trust);
  const unlock = lockFile(opened.recordPath, {
    unlockable: `The record ${opened.recordPath} cannot be locked`,
    held: (holder) => `Another fleet apply${holder} is writing the record ${opened.recordPath}`,
  });
  try {
    requireReplaceable(opened.recordPath, `The record ${opened.recordPath} cannot be written`);
    const report = await applyLocked(opened, limits, options, context);
    if (out !== null) {
      await writeSharedFile(out, jsonOf(report), context.signal);
      context.terminal.note(wrote(out, 'report'), 'ok');
    }
    return report;
  } finally {
    unlock();
  }
}

async function applyLocked(
  opened: OpenedFleet,
  limits: ApplyLimits,
  options: ApplyOptions,
  context: Context,
): Promise<FleetReport> {
  const prepared = await prepareFleet(opened, null, options, context);
  const planned =
    options.verify === true
      ? await verifyFleet(prepared.planned, context, options)
      : prepared.planned;
  const report = (outcomes: Outcomes): FleetReport =>
    reportFleet(planned, outcomes, prepared.facts);
  const untouched = report(new Map());
  notePlan(planned, opened.declared, context);
  const jobs = toDo(planned, limits.all);
  if (untouched.counts.blocked > 0 || jobs.length === 0) return untouched;
  if (options.yes !== true) await confirm(untouched, jobs, context);
  // Settles the journal of a killed apply before a new one starts.
  settleRecord(opened.recordPath, prepared.record);
  return report(
    await carryOut({ ...prepared, planned }, opened.recordPath, limits, options, context),
  );
}

function jsonOf(report: FleetReport): string {
  return `${inJson(report)}\n`;
}

async function confirm(
  report: FleetReport,
  jobs: readonly PlannedTenant[],
  { prompt, terminal }: Context,
): Promise<void> {
  await terminal.present(report, (shown, style) => formatPlan(shown, style, mostRows));
  const deletes = jobs.filter(({ certificate }) => certificate === null).length;
  const sets = jobs.length - deletes;
  const words = [
    ...(sets > 0 ? [`set the certificate at ${count(sets, 'tenant')}`] : []),
    ...(deletes > 0 ? [`delete the certificate at ${count(deletes, 'tenant')}`] : []),
  ].join(' and ');
  const question = {
    message: `${words[0]?.toUpperCase()}${words.slice(1)}?`,
    unavailable,
    facts: yesFacts,
  };
  if (!(await prompt.confirm(question))) throw new CliError('interrupted', 'Nothing was sent');
}

function limitsOf(
  { concurrency, all = false, canary, maxFailures }: ApplyOptions,
  { tenants }: Fleet,
): ApplyLimits {
  const names = tenants.map(({ name }) => name);
  if (canary !== undefined && !names.includes(canary)) {
    const near = guess(nearestName(canary.slice(0, 100), names));
    throw new CliError(
      'usage',
      `The canary ${quoted(canary)} is not one of the selected tenants${near}`,
    );
  }
  return {
    concurrency: concurrency ?? applyOptions.concurrency.default,
    all,
    canary: canary ?? null,
    maxFailures: maxFailures ?? Number.POSITIVE_INFINITY,
  };
}

/** Asks APNs about each certificate to send, once. @throws {CliError} apns-unreachable and similar */
async function verifyFleet(
  planned: readonly PlannedTenant[],
  context: Context,
  options: GlobalOptions,
): Promise<readonly PlannedTenant[]> {
  const network = networkOf(options, {}, context);
  const apns = givenApns(
    { topic: undefined, environment: undefined, apnsHost: undefined },
    context.env,
  );
  const refusals = new Map<string, CliError | null>();
  for (const { tenant, certificate, action } of planned) {
    const { name, environment } = tenant.certificate ?? { name: '', environment: null };
    if (certificate === null || refusals.has(name) || !(changes(action) || action === 'same'))
      continue;
    const given = { ...apns, topic: certificate.topic, environment };
    const target = apnsTargetOf(certificate.identity, given);
    const pair = requirePair(certificate.identity);
    const { accepted, explanation } = await verifyIdentity(pair, target, network, context);
    const words = `APNs does not accept the certificate ${name}: ${explanation.replace(/\.$/, '')}`;
    refusals.set(name, accepted ? null : new CliError('tenant-refused', words));
  }
  return planned.map((item) => {
    const refusal = refusals.get(item.tenant.certificate?.name ?? '') ?? null;
    return refusal === null ? item : { ...item, action: 'blocked', error: refusal };
  });
}

export const command: CommandModule<ApplyOptions, FleetReport> = {
  work: apply,
  format: (report, style, { out }) => (out === '-' ? jsonOf(report) : formatApplied(report, style)),
  exitCode: ({ counts, ok }, _options, { signal }) => {
    if (signal.reason instanceof CliError) return signal.reason.exitCode;
    if (counts.blocked > 0) return 4;
    return ok ? 0 : 8;
  },
  atEnd: {
    did: ({ tenants }) => {
      const sent = tenants.filter((tenant) => tenant.sent === true);
      if (sent.length === 0) return null;
      return sent.every(({ action }) => action === 'delete' || action === 'absent')
        ? 'deleted'
        : 'set';
    },
    isUnknown: ({ tenants, counts: { blocked, failed, unanswered } }) =>
      blocked === 0 &&
      failed === unanswered &&
      tenants.every((tenant) => tenant.sent === null || !isUnfinished(tenant)),
  },
};
