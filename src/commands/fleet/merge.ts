import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { nameOf, readWhole, requireOneStdin } from '../../files/read.ts';
import { manyTenants, readJson } from '../../text/json.ts';
import type { CommandModule } from '../command.ts';
import { parseShard } from './file/fleet.ts';
import { formatApplied, formatPlan } from './format.ts';
import type { MergeOptions } from './options.ts';
import { countTenants, type FleetReport, fleetReport, isUnfinished } from './report.ts';

/** In bytes: 100,000 tenants take a quarter of it. */
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

/** Its counts are not believed: those of all are counted anew. */
type ReadReport = Omit<FleetReport, 'counts'>;

interface NamedReport {
  readonly name: string;
  readonly report: ReadReport;
}

/** The report of a shard from the text of its file. @throws {CliError} file-unreadable */
function readReport(text: string, name: string): NamedReport {
  const read = readJson(fleetReport, text, manyTenants);
  if (read === null)
    throw new CliError(
      'file-unreadable',
      `${name} is not the report of fleet plan or apply (--json)`,
    );
  return { name, report: read };
}

/**
 * Merges the reports of all shards into one, with the tenants by name: the reports do not
 * have the file's order.
 * @throws {CliError} usage: a shard is missing or appears twice; the number of shards or
 *   the fleets differ; a tenant is in two
 */
function mergeReports(reports: readonly NamedReport[]): FleetReport {
  requireAllShards(reports);
  requireOneFleet(reports);
  const tenants = reports
    .flatMap(({ report }) => report.tenants)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const double = tenants.find(({ name }, index) => name === tenants[index + 1]?.name);
  if (double !== undefined)
    throw new CliError('usage', `The tenant ${double.name} is reported twice`);
  const counts = countTenants(tenants);
  const trust = reports[0]?.report.trust ?? null;
  const one = (key: 'file' | 'record'): string =>
    [...new Set(reports.map(({ report }) => report[key]))].join(', ');
  return {
    file: one('file'),
    record: one('record'),
    shard: null,
    trust: reports.every(({ report }) => report.trust === trust) ? trust : null,
    tenants,
    counts,
    ok: reports.every(({ report }) => report.ok) && (isPlan(counts) || !tenants.some(isUnfinished)),
  };
}

function requireAllShards(reports: readonly NamedReport[]): void {
  const seen = new Map<number, string>();
  let total = 0;
  let first = '';
  for (const { name, report } of reports) {
    const { index, count } = parseShard(report.shard ?? '', `${name} is not the report of a shard`);
    if (total === 0) {
      total = count;
      first = name;
    }
    if (count !== total)
      throw new CliError(
        'usage',
        `${name} is one of ${count} shards, but ${first} is one of ${total}`,
      );
    const other = seen.get(index);
    if (other !== undefined)
      throw new CliError(
        'usage',
        `${other} and ${name} are both the report of shard ${index}/${total}`,
      );
    seen.set(index, name);
  }
  const missing = Array.from({ length: total }, (_, index) => index).filter(
    (index) => !seen.has(index),
  );
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  if (missing.length > 0)
    throw new CliError('usage', `No report was given for shard ${missing[0]}/${total}${more}`);
}

function requireOneFleet(reports: readonly NamedReport[]): void {
  const [first] = reports;
  const stranger = reports.find(
    ({ report }) => fleetOf(report) !== fleetOf(first?.report ?? report),
  );
  if (stranger === undefined) return;
  const other = `${stranger.name} is for the fleet ${stranger.report.file}`;
  const message = `${other}, but ${first?.name} is for ${first?.report.file}`;
  throw new CliError('usage', message);
}

/** Whether nothing was attempted. */
function isPlan({ sent, failed, unanswered }: FleetReport['counts']): boolean {
  return sent + failed + unanswered === 0;
}

/** Machines may keep the file in different directories. */
function fleetOf({ file }: ReadReport): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}

export const command: CommandModule<MergeOptions, FleetReport> = {
  work: merge,
  format: (report, style) =>
    (report.ok && isPlan(report.counts) && report.tenants.some(isUnfinished)
      ? formatPlan
      : formatApplied)(report, style),
  exitCode: ({ counts, ok }) => {
    if (counts.unknown > 0) return 2;
    if (counts.blocked > 0) return 4;
    return ok ? 0 : 8;
  },
};
