import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { statsOf } from '../../files/directory.ts';
import { writeSharedFile } from '../../files/write.ts';
import { createStyle } from '../../terminal/style.ts';
import { harmless } from '../../text/printable.ts';
import type { Fleet, FleetTenant, SecretSource } from './file/fleet.ts';
import type { FleetStatusReport } from './report.ts';
import { type FleetFormat, formatFleetStatus } from './status/formats.ts';

/** Writes the report over what is there: a page is made again every night. @throws {CliError} file-unwritable, interrupted */
export async function writeStatus(
  out: string,
  report: FleetStatusReport,
  format: FleetFormat,
  { now, signal }: Pick<Context, 'now' | 'signal'>,
): Promise<void> {
  const style = await createStyle(false, Number.POSITIVE_INFINITY, false);
  await writeSharedFile(out, formatFleetStatus(harmless(report), format, style, now()), signal);
}

/** Whether `--out` names standard output, as its absence does. */
export function isStdout(out: string | undefined): out is '-' | undefined {
  return out === undefined || out === '-';
}

/** What the fleet is made of cannot be made again. @throws {CliError} usage, if `out` is one of its files */
export async function requireNoInput(
  out: string,
  fleet: Fleet,
  recordPaths: readonly string[],
): Promise<void> {
  const certificates = [...fleet.certificates.values()].flatMap(({ p12, password }) => [
    ...('path' in p12 ? [p12.path] : []),
    ...pathsOf(password),
  ]);
  const records = recordPaths.flatMap((path) => [path, `${path}.journal`, `${path}.lock`]);
  const few = [fleet.file, ...records, ...certificates];
  const target = identityOf(out);
  const identities = target === null ? [] : few.map(identityOf);
  // Thousands of tenants have thousands of files: their names have to do.
  const paths = [...few, ...fleet.tenants.flatMap(secretPaths)].map((path) => resolve(path));
  if (paths.includes(resolve(out)) || identities.includes(target))
    throw new CliError('usage', `${out} is a file of the fleet itself, and would be written over`);
}

function secretPaths({ signIn }: FleetTenant): readonly string[] {
  if ('profile' in signIn) return [];
  return pathsOf('token' in signIn ? signIn.token : signIn.clientSecret);
}

function pathsOf(source: SecretSource | null): readonly string[] {
  return source !== null && 'file' in source ? [source.file] : [];
}

/** The same for two names of one file; null: nothing is there. */
function identityOf(path: string): string | null {
  const stats = statsOf(path);
  return stats === null ? null : `${stats.dev} ${stats.ino}`;
}
