import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { nameOf, readWhole } from '../../../files/read.ts';
import { maxDays, maxSeconds } from '../../../settings/values.ts';
import { instant, isObject, manyTenants, parseJson, positiveInteger } from '../../../text/json.ts';
import { planOptions } from '../options.ts';
import type { FleetAction } from '../report.ts';

/**
 * The changes that a fleet apply would make, to be approved and then made. Plain data: no
 * secret, no path, and nothing else that differs between machines.
 */
export interface SavedPlan {
  readonly version: 1;
  /** ISO 8601 */
  readonly validUntil: string;
  /** `sha256:` and the hash of all sources in the fleet file and their hosts. */
  readonly trust: string;
  readonly selection: PlannedSelection;
  readonly terms: PlannedTerms;
  /** The programs that the fleet file runs, by their first word. */
  readonly programs: readonly PlannedProgram[];
  /** By name. */
  readonly targets: readonly PlannedTarget[];
}

/** The selected tenants. Null: all. */
export interface PlannedSelection {
  readonly only: readonly string[] | null;
  /** `KEY=VALUE` */
  readonly label: readonly string[] | null;
  /** `3/10` */
  readonly shard: string | null;
}

/** How the changes are judged, and done. */
export interface PlannedTerms {
  readonly failOn: 'error' | 'warning';
  readonly force: boolean;
  readonly warnDays: number;
  readonly all: boolean;
  readonly concurrency: number;
  /** Null: no limit. */
  readonly maxFailures: number | null;
  /** The name of a tenant; null: none. */
  readonly canary: string | null;
  /** Whether the others wait for a proof of the canary. */
  readonly prove: boolean;
  /** Null: the signed-in user. */
  readonly proveUser: string | null;
  /** In seconds; null: there is no proof. */
  readonly proveTimeout: number | null;
  /** The program that runs at the end, and its arguments; null: none. */
  readonly hook: readonly string[] | null;
}

export interface PlannedProgram {
  /** As it stands in the fleet file. */
  readonly program: string;
  /** Of its arguments, which are not shown: SHA-256, 64 lower-case hex. */
  readonly arguments: string;
}

/** A key of a tenant, and its change. Null: it has none. */
export interface PlannedTarget {
  readonly name: string;
  /** The tenant's URL. */
  readonly tenant: string;
  readonly clientAppKey: string | null;
  /** The name of the certificate in the fleet file. */
  readonly certificate: string | null;
  readonly action: FleetAction;
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  readonly fingerprint: string | null;
  readonly topic: string | null;
  readonly environment: string | null;
  readonly owner: string | null;
  readonly ticket: string | null;
  /** The id of the ledger's last line about a set or a deletion of this key. */
  readonly lastLine: string | null;
}

/** In milliseconds. */
const day = 86_400_000;
export const longestValidity = 14 * day;

const textOrNull = v.nullable(v.string());
const texts = v.nullable(v.array(v.string()));

/** A number that the option takes. */
const upTo = (most: number) => v.pipe(positiveInteger, v.maxValue(most));

const schema = v.strictObject({
  version: v.literal(1),
  validUntil: instant,
  trust: v.string(),
  selection: v.strictObject({ only: texts, label: texts, shard: textOrNull }),
  terms: v.strictObject({
    failOn: v.picklist(['error', 'warning']),
    force: v.boolean(),
    warnDays: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(maxDays)),
    all: v.boolean(),
    concurrency: upTo(planOptions.concurrency.most),
    maxFailures: v.nullable(upTo(planOptions.maxFailures.most)),
    canary: textOrNull,
    prove: v.boolean(),
    proveUser: textOrNull,
    proveTimeout: v.nullable(upTo(maxSeconds)),
    hook: texts,
  }),
  programs: v.array(v.strictObject({ program: v.string(), arguments: v.string() })),
  targets: v.array(
    v.strictObject({
      name: v.string(),
      tenant: v.string(),
      clientAppKey: textOrNull,
      certificate: textOrNull,
      action: v.picklist(['set', 'replace', 'same', 'delete', 'absent']),
      fingerprint: textOrNull,
      topic: textOrNull,
      environment: textOrNull,
      owner: textOrNull,
      ticket: textOrNull,
      lastLine: textOrNull,
    }),
  ),
});

/** In bytes: room for some 100,000 tenants. */
const limit = 64 * 1024 * 1024;

/** @throws {CliError} file-unreadable: it is no plan; and those of reading a file */
export async function readSavedPlan(path: string, context: Context): Promise<SavedPlan> {
  const bytes = await readWhole(path, limit, context);
  return decodeSavedPlan(bytes, nameOf(path));
}

/** @param name of the file, for messages @throws {CliError} file-unreadable */
export function decodeSavedPlan(given: string | Uint8Array, name: string): SavedPlan {
  const value = parseJson(given, manyTenants);
  const version = isObject(value) ? value.version : undefined;
  if (typeof version === 'number' && version !== 1)
    throw new CliError(
      'file-unreadable',
      `${name} is a plan of version ${version}, and this mfa-cli reads version 1`,
    );
  const read = v.safeParse(schema, value);
  if (read.success) return read.output;
  throw new CliError('file-unreadable', `${name} is not a plan of fleet plan --out`);
}

/** The file of a plan. */
export function encodeSavedPlan(plan: SavedPlan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/**
 * `sha256:` and the hash of a plan's canonical form: JSON without blanks, the keys of
 * each object in the order of their UTF-16 units.
 */
export function hashOfPlan(plan: SavedPlan): string {
  return `sha256:${createHash('sha256').update(canonical(plan)).digest('hex')}`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(',')}}`;
}
