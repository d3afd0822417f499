import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { nameOf, readWhole, requireOneStdin } from '../../files/read.ts';
import type { CommandModule } from '../command.ts';
import { formatApplied, formatPlan } from './format.ts';
import { kindOf, mergeReports, type NamedReport, readReport } from './merge-reports.ts';
import type { FleetReport } from './report.ts';

interface MergeOptions {
  readonly reports: readonly string[];
}

/** A hundred thousand tenants take a quarter of it, in bytes. */
const limit = 256 * 1024 * 1024;

async function merge({ reports: paths }: MergeOptions, context: Context): Promise<FleetReport> {
  requireOneStdin(paths);
  const reports: NamedReport[] = [];
  for (const path of paths) {
    const text = Buffer.from(await readWhole(path, limit, context)).toString('utf8');
    reports.push(readReport(text, nameOf(path)));
  }
  if (reports.length === 0) throw new CliError('usage', 'No report was given');
  return mergeReports(reports);
}

export const command: CommandModule<MergeOptions, FleetReport> = {
  work: merge,
  format: (report, style) => (kindOf(report) === 'plan' ? formatPlan : formatApplied)(report, style),
  exitCode({ counts, ok }) {
    if (counts.blocked > 0) return 4;
    return ok ? 0 : 8;
  },
};
