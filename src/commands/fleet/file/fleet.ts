import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { CliError } from '../../../errors/cli-error.ts';
import type { ApnsEnvironment } from '../../../pkcs12/model.ts';
import { defaultFleetFile } from '../../../settings/defaults.ts';
import { nearestName } from '../../../text/nearest-name.ts';
import { guess, quoted } from './faults.ts';

/** A valid fleet file: the push certificate that each tenant must have. */
export interface Fleet {
  readonly file: string;
  readonly warnDays: number | null;
  /** By name, including those that no tenant uses. */
  readonly certificates: ReadonlyMap<string, FleetCertificate>;
  /**
   * In file order. Names are unique, and so are the pairs of tenant and client app key.
   */
  readonly tenants: readonly FleetTenant[];
}

export interface FleetCertificate {
  readonly name: string;
  readonly p12: P12Source;
  /** Null: the file opens without a password. */
  readonly password: SecretSource | null;
  /** Null: the bundle ID of the certificate. */
  readonly topic: string | null;
  /**
   * SHA-256 of the leaf's DER, 64 lower-case hex, which the certificate must have; null:
   * any.
   */
  readonly fingerprint: string | null;
  /** The environment that the certificate must serve; null: any. */
  readonly environment: ApnsEnvironment | null;
  /** In free text, or null. */
  readonly owner: string | null;
  /** In free text, or null. */
  readonly ticket: string | null;
}

/**
 * A .p12: an absolute path, with the path as written in the file, or the variable that
 * holds it in base64.
 */
export type P12Source =
  | { readonly path: string; readonly written: string }
  | { readonly env: string };

/**
 * The place of a secret: a variable, an absolute path, or the stdout of a program that
 * runs without a shell.
 */
export type SecretPlace =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly [string, ...string[]] };

/** The place of a secret by the file, with the path or the program as written there. */
export type SecretSource =
  | { readonly env: string }
  | (Exclude<SecretPlace, { readonly env: string }> & { readonly written: string });

export interface FleetTenant {
  /** Letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  /** Origin, lower case: `https://abc1234.id.cyberark.cloud`. */
  readonly url: string;
  /** Null: the tenant must have none. */
  readonly certificate: FleetCertificate | null;
  /** Null: the topic, which is in the certificate if the file does not name it. */
  readonly clientAppKey: string | null;
  readonly signIn: SignIn;
  readonly labels: Readonly<Record<string, string>>;
}

/** The session for the tenant: a profile of this machine, a service user, or a token. */
export type SignIn =
  | { readonly profile: string }
  | {
      readonly clientId: string;
      readonly clientSecret: SecretSource;
      readonly appId: string | null;
      readonly scope: string | null;
      readonly platformToken: boolean;
    }
  | { readonly token: SecretSource };

/**
 * The path of a fleet's file for people: as written, unless that is another file from
 * this directory.
 */
export function pathFromHere(path: string, written: string): string {
  return resolve(written) === path ? written : relative('', path);
}

/**
 * The words of a fleet command for that file: `mfa-cli fleet plan --file fleets/eu.yaml`.
 */
export function fleetCommand(word: string, file: string): readonly string[] {
  const option = file === defaultFleetFile ? [] : ['--file', file];
  return ['mfa-cli', 'fleet', word, ...option];
}

/** Everything outside the file that the certificates and tenants of a fleet use. */
export function sourcesOf({ certificates, tenants }: Fleet): readonly (P12Source | SecretSource)[] {
  return [
    ...[...certificates.values()].flatMap(({ p12, password }) =>
      password === null ? [p12] : [p12, password],
    ),
    ...tenants.flatMap(({ signIn }) =>
      'profile' in signIn ? [] : ['token' in signIn ? signIn.token : signIn.clientSecret],
    ),
  ];
}

/** One of several machines or processes that share the tenants of a fleet. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** More shards than anyone has machines. */
const maxShards = 100_000;

/**
 * The shard of a tenant, from 0. It depends only on the name and the number of shards, so
 * that adding a tenant moves no other.
 */
export function shardOf(name: string, count: number): number {
  // 48 bits of SHA-256 spread evenly over the shards.
  return createHash('sha256').update(name).digest().readUIntBE(0, 6) % count;
}

/**
 * `3/10` is the fourth of ten.
 * @param sentence the error for anything but a shard
 * @throws {CliError} usage
 */
export function parseShard(text: string, sentence: string): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index < shard.count && shard.count <= maxShards) return shard;
  throw new CliError('usage', sentence);
}

export function formatShard({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** The selected tenants of a fleet; null: all. */
export interface Selection {
  readonly only: readonly string[] | null;
  /** `KEY=VALUE`; a tenant must have all of them. */
  readonly label: readonly string[] | null;
  readonly shard: Shard | null;
}

/**
 * The fleet with the selected tenants, in file order. A shard may have none of them.
 * @throws {CliError} usage: a name that the fleet does not have, or labels that no tenant
 *   has
 */
export function selectTenants(fleet: Fleet, { only, label, shard }: Selection): Fleet {
  const names = only === null ? null : new Set(only);
  if (names !== null) requireNames(names, fleet);
  const labels = (label ?? []).map(parseLabel);
  const chosen = fleet.tenants.filter(
    (tenant) =>
      (names?.has(tenant.name) ?? true) &&
      labels.every(
        ([key, value]) => Object.hasOwn(tenant.labels, key) && tenant.labels[key] === value,
      ),
  );
  if (chosen.length === 0 && labels.length > 0)
    throw new CliError(
      'usage',
      `No tenant ${names === null ? '' : 'of --only '}has the label ${(label ?? []).join(' and ')}`,
    );
  const tenants =
    shard === null
      ? chosen
      : chosen.filter(({ name }) => shardOf(name, shard.count) === shard.index);
  return { ...fleet, tenants };
}

function requireNames(names: ReadonlySet<string>, { tenants }: Fleet): void {
  const known = new Set(tenants.map(({ name }) => name));
  for (const name of names) {
    if (known.has(name)) continue;
    const near = nearestName(name.slice(0, 100), [...known]);
    throw new CliError('usage', `The fleet has no tenant ${quoted(name)}${guess(near)}`);
  }
}

function parseLabel(text: string): readonly [key: string, value: string] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return [key, value];
  throw new CliError('usage', `--label must be KEY=VALUE, but ${quoted(text)} has no =`);
}
