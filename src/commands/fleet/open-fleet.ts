import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import type { Context, Environment } from '../../context.ts';
import { CliError, orNull } from '../../errors/cli-error.ts';
import { realPathOf, type Stats } from '../../files/directory.ts';
import { changeableByOthers } from '../../files/others.ts';
import { nameOf } from '../../files/read.ts';
import { readJudged } from '../../files/read-judged.ts';
import { defaultFleetFile } from '../../settings/defaults.ts';
import { table } from '../../settings/table.ts';
import { variable } from '../../settings/values.ts';
import {
  type Fleet,
  fleetCommand,
  formatShard,
  parseShard,
  type Shard,
  selectTenants,
  sourcesOf,
} from './file/fleet.ts';
import { readFleet } from './file/read-fleet.ts';
import type { FleetOptions } from './options.ts';
import { filesOfRecord, recordBeside } from './record-place.ts';
import {
  type Authorship,
  type FleetTrust,
  openTrust,
  requireNoLink,
  unknownAuthorship,
} from './trust.ts';

/** A fleet file that was read. */
export interface OpenedFleet {
  /** The whole file. */
  readonly wholeFleet: Fleet;
  /** With the selected tenants alone. */
  readonly fleet: Fleet;
  /** The file as given; `-` is stdin. */
  readonly file: string;
  readonly recordPath: string;
  /** `3/10`; null: the whole fleet. */
  readonly shard: string | null;
  readonly trust: FleetTrust;
}

/** In bytes: room for some 200,000 tenants. */
const fleetLimit = 64 * 1024 * 1024;

/**
 * Reads the fleet file and selects tenants by the options and the environment.
 * @throws {CliError} fleet-file-invalid, usage, and those of reading a file
 */
export async function openFleet(options: FleetOptions, context: Context): Promise<OpenedFleet> {
  const { file = defaultFleetFile, record, only = null, label = null } = options;
  const shard = givenShard(options, context.env);
  // Behind a link to a folder, `..` is not the folder that the path suggests.
  const directory = realPath(folderOf(file));
  const { bytes, judgment } = await readJudged(file, (opened) => authorshipOf(file, opened), {
    ...context,
    limit: fleetLimit,
    words: { facts: { init: fleetCommand('init', file) } },
  });
  const wholeFleet = readFleet(decode(bytes, file), { file, directory });
  const variables = new Set(
    sourcesOf(wholeFleet).flatMap((each) => ('env' in each ? [each.env] : [])),
  );
  for (const name of variables) context.secretVariables.push(name);
  const origin = {
    directory,
    authorship: judgment ?? unknownAuthorship,
    isTrusted: options.trust === true,
  };
  return {
    wholeFleet,
    fleet: selectTenants(wholeFleet, { only, label, shard }),
    file,
    recordPath: record ?? variable(context.env, table.record.variable) ?? recordBeside(file, shard),
    shard: shard === null ? null : formatShard(shard),
    trust: openTrust(wholeFleet, origin, context),
  };
}

function authorshipOf(file: string, opened: Stats): Authorship {
  const doubt = changeableByOthers(file, opened);
  return doubt === null ? { kind: 'own' } : { kind: 'doubtful', doubt };
}

/**
 * Without a byte-order mark.
 * @throws {CliError} fleet-file-invalid, if it is not UTF-8
 */
function decode(bytes: Uint8Array, file: string): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  throw new CliError('fleet-file-invalid', `${nameOf(file)} has 1 fault`, {
    lines: [`${nameOf(file)}:1:1: the file is not UTF-8`],
  });
}

/**
 * @throws {CliError} usage, also if only one variable of the pod is set: every pod would
 *   do all the work
 */
export function givenShard({ shard }: Pick<FleetOptions, 'shard'>, env: Environment): Shard | null {
  const given = shard ?? variable(env, 'MFA_CLI_SHARD');
  if (given !== undefined) {
    const name = shard === undefined ? 'MFA_CLI_SHARD' : '--shard';
    return parseShard(given, `${name} must be I/N, such as 0/10 for the first of ten shards`);
  }
  const index = variable(env, 'JOB_COMPLETION_INDEX');
  const total = variable(env, 'MFA_CLI_SHARDS');
  if (index === undefined && total === undefined) return null;
  if (index !== undefined && total !== undefined)
    return parseShard(
      `${index}/${total}`,
      'JOB_COMPLETION_INDEX must be a number below MFA_CLI_SHARDS',
    );
  throw new CliError(
    'usage',
    'JOB_COMPLETION_INDEX and MFA_CLI_SHARDS must both be set, or neither',
    {
      facts: {
        option: '--shard I/N',
        variable: index === undefined ? 'JOB_COMPLETION_INDEX' : 'MFA_CLI_SHARDS',
      },
    },
  );
}

/** Whether a report goes to stdout: as text without `--out`, as JSON if it is `-`. */
export function namesNoFile(out: string | undefined): out is '-' | undefined {
  return out === undefined || out === '-';
}

/**
 * Refuses to write a report over a file of the fleet, which cannot be restored, and
 * through a link in its folder: in a clone, a link is the word of whoever wrote the
 * repository, and so are the keys in the report.
 * @throws {CliError} usage, file-unwritable
 */
export function requireReportPlace(out: string, fleet: Fleet, usedPaths: readonly string[]): void {
  requireNoInput(out, fleet, usedPaths);
  requireNoLink(out, folderOf(fleet.file));
}

function folderOf(file: string): string {
  return file === '-' ? '.' : dirname(file);
}

/** @throws {CliError} usage, if `out` is a file of the fleet */
function requireNoInput(out: string, fleet: Fleet, usedPaths: readonly string[]): void {
  const own = [fleet.file, ...usedPaths.flatMap(filesOfRecord)];
  const named = sourcesOf(fleet).flatMap((each) => {
    if ('path' in each) return each.path;
    return 'file' in each ? each.file : [];
  });
  // Links are followed for the fleet's own files alone: the user may not have trusted the
  // others.
  const isOwn = own.some((path) => realPath(path) === realPath(out));
  if (isOwn || named.some((path) => path === resolve(out) || path === realPath(out)))
    throw new CliError('usage', `${out} belongs to the fleet, and would be overwritten`);
}

/** Of an opened pipe, such as `/dev/stdout`, the system has none. */
function realPath(path: string): string {
  return orNull(() => realPathOf(path)) ?? resolve(path);
}
