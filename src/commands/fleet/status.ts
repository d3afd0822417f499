import type { Context } from '../../context.ts';
import { warnDaysOf } from '../../delivery/judging.ts';
import { CliError } from '../../errors/cli-error.ts';
import { addExamples } from '../../settings/options.ts';
import type { Style } from '../../terminal/style.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule, Declaration } from '../command.ts';
import { addFleetOptions, type FleetOptions } from './fleet-options.ts';
import { openFleet } from './open-fleet.ts';
import { readOwnRecords } from './own-record.ts';
import type { FleetStatusReport } from './report.ts';
import { type FleetFormat, formatFleetStatus, formatOf } from './status/formats.ts';
import { verdict } from './status/summary.ts';
import { fleetStatus, withKeys } from './tenant-status.ts';
import { isStdout, requireNoInput, writeStatus } from './write-status.ts';

export interface FleetStatusOptions extends Omit<FleetOptions, 'record'> {
  readonly record?: readonly string[];
  readonly warnDays?: string;
  readonly format?: FleetFormat;
  readonly out?: string;
  readonly refresh?: boolean;
}

export const declaration: Declaration = {
  words: ['fleet', 'status'],
  summary: 'show how long what each tenant was given lasts',
  options(command) {
    addFleetOptions(command, '--record <file...>')
      .option(
        '--warn-days <days>',
        'exit 4 with this many days left or fewer; default: what the fleet file says, else 30',
      )
      .addOption(
        command
          .createOption(
            '--format <format>',
            'what to print; default: what the name in --out ends with, else table',
          )
          .choices(['table', 'html', 'ics', 'csv', 'prometheus', 'github']),
      )
      .option('--out <file>', 'write it there, over what was there')
      .option('--refresh', 'sign in to the tenants and ask what they hold');
    addExamples(
      command,
      'mfa-cli fleet status',
      'mfa-cli fleet status --out fleet.html',
      'mfa-cli fleet status --format ics --out push-certificates.ics --warn-days 45',
      'mfa-cli fleet status --label region=eu --format github',
      'mfa-cli fleet status --record record-*.json --out fleet.html',
      'mfa-cli fleet status --refresh --out fleet.html --json',
    );
  },
};

async function status(options: FleetStatusOptions, outer: Context): Promise<FleetStatusReport> {
  const { out } = options;
  requireOneResult(options, outer.terminal.flags.json);
  const { record: given, ...others } = options;
  const { fleet, declared, recordPath, context } = await openFleet(others, outer);
  const paths = given ?? [recordPath];
  if (out !== undefined) await requireNoInput(out, declared, paths);
  const warnDays = warnDaysOf(options, fleet.warnDays);
  const record = await readOwnRecords(paths, declared, context);
  // What speaks with a tenant is loaded only where one is asked.
  const asking = options.refresh === true ? await import('./ask-tenants.ts') : null;
  const answers = await asking?.askTenants(withKeys(fleet.tenants, record), options, context);
  const facts = { recordPath: paths.join(', '), now: context.now(), warnDays, answers };
  const report = fleetStatus(fleet, record, facts);
  // The table says it itself.
  const isTable = isStdout(out) && formatIn(options) === 'table' && !context.terminal.flags.json;
  if (!isTable) asking?.warnOfDifferences(report, context);
  if (!isStdout(out)) await writeStatus(out, report, formatIn(options), context);
  return report;
}

/** @throws {CliError} usage, where two documents would go to stdout, or a document goes where --json was meant to */
function requireOneResult({ format, out }: FleetStatusOptions, json: boolean): void {
  if (!json) return;
  const facts = { command: 'mfa-cli fleet status' };
  if (isStdout(out)) {
    if (format === undefined && out === undefined) return;
    throw new CliError('usage', '--json and --format exclude each other without --out FILE', { facts });
  }
  if (format === undefined && formatOf(out) === undefined)
    throw new CliError('usage', '--json goes to standard output, and what goes to --out has no --format', {
      facts,
    });
}

function formatIn({ format, out }: FleetStatusOptions): FleetFormat {
  return format ?? (out === undefined ? undefined : formatOf(out)) ?? 'table';
}

function format(report: FleetStatusReport, style: Style, options: FleetStatusOptions, now: Date) {
  const { out } = options;
  if (!isStdout(out)) return `Wrote ${onOneLine(out)}: ${verdict(report)}.\n`;
  const wanted = formatIn(options);
  const text = formatFleetStatus(report, wanted, style, now);
  return wanted === 'table' ? text : Buffer.from(text);
}

export const command: CommandModule<FleetStatusOptions, FleetStatusReport> = {
  work: status,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
