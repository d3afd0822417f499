import { basename, join } from 'node:path';
import * as v from 'valibot';
import { CliError } from '../../../errors/cli-error.ts';
import { readOwnFile, requireOwnDirectory } from '../../../files/own-file.ts';
import { instant, members, membersOf, parseJson } from '../../../text/json.ts';
import type { RequestNames } from '../p12/make-request.ts';

const fileName = v.pipe(
  v.string(),
  v.check((name) => name !== '' && name !== '..' && basename(name) === name, 'no file name'),
);
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const packed = members({
  file: fileName,
  fingerprint: sha256,
  notAfter: instant,
  at: instant,
});

const round = members({
  begunAt: instant,
  /** The name of its files, without an ending. */
  name: fileName,
  /** SHA-256 of the SubjectPublicKeyInfo of its key. */
  publicKey: sha256,
  /** Null until key and request are written. */
  requestedAt: v.nullable(instant),
  /**
   * When an issuer started that may have issued a certificate; null if none did, or it
   * had none yet.
   */
  issuing: v.nullable(instant),
  packed: v.nullable(packed),
  verifiedAt: v.nullable(instant),
});

const state = members({
  version: v.literal(1),
  bundleId: v.string(),
  teamId: v.string(),
  rounds: v.array(round),
});

/**
 * One renewal, from its key to its certificate; the ledger knows which tenants have that.
 */
export type Round = v.InferOutput<typeof round>;

/** The renewals of one app in a directory, the current one last. Holds no secret. */
export type RenewState = v.InferOutput<typeof state>;

export function stateFileIn(directory: string): string {
  return join(directory, 'mfa-renew.json');
}

/** The files that a renewal starts with. */
export interface RoundFiles {
  readonly key: string;
  readonly request: string;
}

export function filesOf(directory: string, { name }: Pick<Round, 'name'>): RoundFiles {
  return {
    key: join(directory, `${name}.key.pem`),
    request: join(directory, `${name}.certSigningRequest`),
  };
}

/**
 * The renewals so far; an empty list if the file or its directory does not exist.
 * @throws {CliError} usage (those of another app), file-unreadable (no state, or of a
 *   newer version, or others may write it)
 */
export function readState({ bundleId, teamId, directory }: RequestNames): RenewState {
  requireOwnDirectory(directory);
  const path = stateFileIn(directory);
  const text = readOwnFile(path, '--dir DIR');
  if (text === null) return { version: 1, bundleId, teamId, rounds: [] };
  const found = decode(text, path);
  const other = [
    { what: 'app', kept: found.bundleId, given: bundleId },
    { what: 'team', kept: found.teamId, given: teamId },
  ].find(({ kept, given }) => kept !== given);
  if (other === undefined) return found;
  const { what, kept, given } = other;
  const message = `${directory} holds the renewals of the ${what} ${kept}, not ${given}`;
  throw new CliError('usage', message, {
    facts: { fix: 'Choose another directory with --dir DIR.' },
  });
}

function decode(text: string, path: string): RenewState {
  const document = parseJson(text);
  const { version } = membersOf(document) ?? {};
  if (typeof version === 'number' && version > 1)
    throw new CliError('file-unreadable', `${path} was written by a newer mfa-cli`);
  const read = v.safeParse(state, document);
  if (read.success) return read.output;
  throw new CliError('file-unreadable', `${path} is not the state of a renewal`, {
    facts: { renewal: path },
  });
}

export type Stage = 'fresh' | 'requested' | 'packed' | 'verified' | 'set';

export function stageOf(round: Round | null): Stage {
  if (round === null || round.requestedAt === null) return 'fresh';
  if (round.packed === null) return 'requested';
  return round.verifiedAt === null ? 'packed' : 'verified';
}
