import { settledMemory } from '../../change/refresh/settle-past-requests.ts';
import { defaultWarnDays } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { writeSharedFile } from '../../files/write.ts';
import { wrote } from '../../report/findings.ts';
import { createStyle, type Style } from '../../terminal/style.ts';
import { harmless } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { noteNewer, noteSettled, readFleetMemory } from './fleet-memory.ts';
import { settledByAnswers } from './key-history.ts';
import { namesNoFile, openFleet, requireReportPlace } from './open-fleet.ts';
import type { FleetStatusOptions } from './options.ts';
import type { FleetStatusReport } from './report.ts';
import { type FleetFormat, formatOf, formats } from './status/formats.ts';
import { fleetStatus, withKeys } from './status/states.ts';
import { verdict } from './status/status-words.ts';
import { requireTrust } from './trust.ts';

async function status(options: FleetStatusOptions, context: Context): Promise<FleetStatusReport> {
  const { record: given, out, refresh = false } = options;
  const opened = await openFleet({ ...options, record: undefined }, context);
  const { fleet, wholeFleet } = opened;
  const paths = given ?? [opened.recordPath];
  if (!namesNoFile(out)) requireReportPlace(out, wholeFleet, paths);
  const { json } = context.terminal.flags;
  requireOneResult(options, json);
  const format = formatIn(options);
  if (refresh) await requireTrust(opened.trust);

  const memory = await readFleetMemory(paths, opened, context);
  const keyed = withKeys(fleet, wholeFleet, memory);
  noteNewer(keyed, memory, context);
  // Load the tenant client only if a tenant is asked.
  const asking = refresh ? await import('./ask-tenants.ts') : null;
  const answers = (await asking?.askTenants(keyed, options, context)) ?? new Map();
  const settled = settledByAnswers(memory.history, keyed, answers);
  await noteSettled(settled, memory, context);
  const report = fleetStatus(fleet, keyed, {
    recordPath: paths.join(', '),
    now: context.now(),
    warnDays: options.warnDays ?? fleet.warnDays ?? defaultWarnDays,
    history: settledMemory(memory, settled).history,
    answers,
  });
  // The table shows the differences itself.
  if (!namesNoFile(out) || format !== 'table' || json) asking?.warnOfDifferences(report, context);
  if (!namesNoFile(out)) await writeReport(report, { out, format }, context);
  return report;
}

interface Page {
  readonly out: string;
  readonly format: FleetFormat;
}

async function writeReport(
  report: FleetStatusReport,
  { out, format }: Page,
  { now, signal }: Context,
): Promise<void> {
  const style = await createStyle(false, Number.POSITIVE_INFINITY, false);
  const text = formats[format].write(harmless(report), style, now());
  await writeSharedFile(out, text, signal);
}

function formatIn({ format, out = '' }: FleetStatusOptions): FleetFormat {
  return format ?? formatOf(out);
}

/** @throws {CliError} usage: two documents for stdout */
function requireOneResult({ format, out }: FleetStatusOptions, json: boolean): void {
  if (json && namesNoFile(out) && (format ?? out) !== undefined)
    throw new CliError('usage', '--json and --format cannot be used together without --out FILE', {
      facts: { command: ['mfa-cli', 'fleet', 'status'] },
    });
}

function format(report: FleetStatusReport, style: Style, options: FleetStatusOptions, now: Date) {
  const { out } = options;
  const name = formatIn(options);
  if (!namesNoFile(out))
    return `${style.mark('ok', wrote(out, formats[name].title))}\n${verdict(report)}.\n`;
  const text = formats[name].write(report, style, now);
  return name === 'table' ? text : Buffer.from(text);
}

export const command: CommandModule<FleetStatusOptions, FleetStatusReport, string | Uint8Array> = {
  work: status,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
  atEnd: {
    ledger: ({ record }, options) => options.record?.[0] ?? record,
    did: () => null,
    isUnknown: ({ tenants }) =>
      tenants.every(({ state }) => state === 'valid' || state === 'unknown'),
    dues: ({ tenants }) =>
      tenants.flatMap(({ name, tenant, clientAppKey, recorded, daysLeft: left }) => {
        const fingerprint = recorded?.fingerprint ?? null;
        if (fingerprint === null || left === null || clientAppKey === null) return [];
        const place = { tenant, clientAppKey };
        return [{ fingerprint, daysLeft: left, tenant: name, place }];
      }),
  },
};
