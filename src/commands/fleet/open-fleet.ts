import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import type { Context, Environment } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { realPathOf, type Stats, statsOf } from '../../files/directory.ts';
import { changeableByOthers, type Doubt } from '../../files/others.ts';
import { nameOf, readWhole } from '../../files/read.ts';
import type { GlobalOptions } from '../../settings/settings.ts';
import { variable } from '../../settings/variable.ts';
import { defaultFleetFile } from './commands.ts';
import { type Fleet, formatShard, parseShard, type Shard, selectTenants, sourcesOf } from './file/fleet.ts';
import { readFleet } from './file/read-fleet.ts';
import { recordBeside } from './record.ts';
import { type FleetTrust, openTrust } from './trust.ts';

export interface OpenedFleet {
  readonly fleet: Fleet;
  readonly declared: Fleet;
  readonly file: string;
  readonly recordPath: string;
  /** `3/10`; null: all of it. */
  readonly shard: string | null;
  readonly trust: FleetTrust;
}

/** Room for some 200,000 tenants, in bytes. */
const fleetLimit = 64 * 1024 * 1024;

/**
 * Reads the fleet file and selects the tenants that the options and the environment mean.
 * @throws {CliError} fleet-file-invalid, usage, and those of reading a file
 */
export async function openFleet(options: FleetOptions, context: Context): Promise<OpenedFleet> {
  const { file = defaultFleetFile, record, only = null, label = null } = options;
  const shard = givenShard(options, context.env);
  const folder = file === '-' ? '.' : dirname(file);
  // Where a link leads to a folder, its `..` is another than the path's words say.
  const directory = statsOf(folder) === null ? resolve(folder) : realPathOf(folder);
  let doubt: Doubt | null | undefined;
  const judge = (opened: Stats): void => {
    doubt = changeableByOthers(file, opened);
  };
  const bytes = await readWhole(file, fleetLimit, { ...context, judge }, { input: 'fleet' });
  const declared = readFleet(decode(bytes, file), { file, directory });
  const variables = new Set(sourcesOf(declared).flatMap((each) => ('env' in each ? [each.env] : [])));
  context.secretVariables.push(...variables);
  return {
    declared,
    fleet: selectTenants(declared, { only, label, shard }),
    file,
    recordPath: record ?? (await recordBeside(declared, context)),
    shard: shard === null ? null : formatShard(shard),
    trust: openTrust(declared, directory, doubt, options.trust === true, context),
  };
}

/** @throws {CliError} fleet-file-invalid, if it is no UTF-8 */
function decode(bytes: Uint8Array, file: string): string {
  // A byte-order mark goes.
  const text = new TextDecoder().decode(bytes);
  if (isUtf8(bytes)) return text;
  const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length;
  throw new CliError('fleet-file-invalid', `${nameOf(file)} has 1 fault`, {
    lines: [`${nameOf(file)}:${line}:1: this line is not UTF-8`],
  });
}

/**
 * Which part of the fleet is meant: `--shard`, else `MFA_CLI_SHARD`, else the number that Kubernetes gives a pod of an indexed
 * job, of `MFA_CLI_SHARDS`.
 * @throws {CliError} usage, also for half of the latter: every pod would do the work of all
 */
function givenShard({ shard }: FleetOptions, env: Environment): Shard | null {
  for (const [name, text] of [
    ['--shard', shard],
    ['MFA_CLI_SHARD', variable(env, 'MFA_CLI_SHARD')],
  ])
    if (text !== undefined) return parseShard(text, `${name} takes I/N, as 0/10 for the first of ten shards`);
  const names = ['JOB_COMPLETION_INDEX', 'MFA_CLI_SHARDS'];
  const values = names.map((name) => variable(env, name));
  if (values.every((value) => value === undefined)) return null;
  const missing = names.find((_, at) => values[at] === undefined);
  if (missing === undefined)
    return parseShard(values.join('/'), 'JOB_COMPLETION_INDEX counts from 0 to one less than MFA_CLI_SHARDS');
  throw new CliError(
    'usage',
    `${names.find((name) => name !== missing)} is set, but ${missing} is not: which part of the fleet is meant is not known`,
    { facts: { option: '--shard I/N', variable: missing } },
  );
}

export function isStdout(out: string | undefined): out is '-' | undefined {
  return out === undefined || out === '-';
}

/** What the fleet is made of cannot be made again. @throws {CliError} usage, if `out` is one of its files */
export function requireNoInput(out: string, fleet: Fleet, recordPaths: readonly string[]): void {
  const own = [fleet.file, ...recordPaths.flatMap((path) => [path, `${path}.journal`, `${path}.lock`])];
  const named = sourcesOf(fleet).flatMap((each) =>
    'path' in each ? each.path : 'file' in each ? each.file : [],
  );
  const target = identityOf(out);
  if (
    [...own, ...named].some((path) => resolve(path) === resolve(out)) ||
    // Nobody may have agreed to a look at what the file names.
    (target !== null && own.some((path) => identityOf(path) === target))
  )
    throw new CliError('usage', `${out} is a file of the fleet itself, and would be written over`);
}

/** Device and inode, which two names of one file share; null: nothing is there. */
function identityOf(path: string): string | null {
  const stats = statsOf(path);
  return stats === null ? null : `${stats.dev} ${stats.ino}`;
}

export interface FleetOptions extends GlobalOptions {
  readonly file?: string;
  readonly record?: string;
  readonly only?: readonly string[];
  readonly label?: readonly string[];
  readonly shard?: string;
  readonly trust?: boolean;
}
