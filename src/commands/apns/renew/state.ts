import { basename, join } from 'node:path';
import * as v from 'valibot';
import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { readOwnFile, requireOwnDirectory } from '../../../files/own-file.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { instant, members, membersOf, parseJson } from '../../../text/json.ts';

/** A file within the directory. */
const fileName = v.pipe(
  v.string(),
  v.check((name) => name !== '' && name !== '..' && basename(name) === name, 'no file name'),
);
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const packed = members({
  /** The .p12. */
  file: fileName,
  /** SHA-256 of its certificate. */
  fingerprint: sha256,
  notAfter: instant,
  at: instant,
});

const set = members({
  tenant: v.string(),
  clientAppKey: v.string(),
  topic: v.string(),
  fingerprint: sha256,
  notAfter: instant,
  setAt: instant,
});

const round = members({
  begunAt: instant,
  /** What its files are called, without their endings. */
  name: fileName,
  /** SHA-256 of the SubjectPublicKeyInfo of its key. */
  publicKey: sha256,
  /** Null until key and request are written. */
  requestedAt: v.nullable(instant),
  packed: v.nullable(packed),
  /** When APNs accepted what is packed. */
  verifiedAt: v.nullable(instant),
  /** To whom what is packed was given. */
  sets: v.array(set),
});

const state = members({
  version: v.literal(1),
  bundleId: v.string(),
  teamId: v.string(),
  rounds: v.array(round),
});

/** One renewal, from its key to the tenants that have its certificate. */
export type Round = v.InferOutput<typeof round>;

/** The renewals of one app in a directory, the last one being the one under way. No secret. */
export type RenewState = v.InferOutput<typeof state>;

export function stateFileIn(directory: string): string {
  return join(directory, 'mfa-renew.json');
}

interface Names {
  readonly bundleId: string;
  readonly teamId: string;
  readonly directory: string;
}

/**
 * The renewals so far; an empty list if the file or its directory does not exist.
 * @throws {CliError} usage (those of another app), file-unreadable (no state, or of a newer version, or others may write it)
 */
export function readState({ bundleId, teamId, directory }: Names): RenewState {
  requireOwnDirectory(directory);
  const path = stateFileIn(directory);
  const text = readOwnFile(path);
  if (text === null) return { version: 1, bundleId, teamId, rounds: [] };
  const found = decode(text, path);
  for (const [what, theirs, ours] of [
    ['app', found.bundleId, bundleId],
    ['team', found.teamId, teamId],
  ] as const)
    if (theirs !== ours)
      throw new CliError('usage', `${directory} holds the renewals of the ${what} ${theirs}, not ${ours}`, {
        facts: { option: '--dir DIR' },
      });
  return found;
}

function decode(text: string, path: string): RenewState {
  const broken = (what: string): CliError =>
    new CliError('file-unreadable', `${path} is not the state of a renewal: ${what}`, {
      facts: { renewal: path },
    });
  const document = parseJson(text);
  if (document === undefined) throw broken('it is not JSON');
  const { version } = membersOf(document) ?? {};
  if (typeof version === 'number' && version > 1)
    throw new CliError('file-unreadable', `${path} was written by a newer mfa-cli`);
  const read = v.safeParse(state, document);
  if (!read.success)
    throw broken(version === 1 ? 'something in it is missing or wrong' : 'it names no version');
  return read.output;
}

/** Replaces the state, whole. @throws {CliError} file-unwritable, interrupted */
export function writeState(directory: string, next: RenewState, { signal }: Context): Promise<void> {
  return writePrivateFile(stateFileIn(directory), `${JSON.stringify(next, null, 2)}\n`, true, signal);
}
