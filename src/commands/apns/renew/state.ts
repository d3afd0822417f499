import { basename, join } from 'node:path';
import * as v from 'valibot';
import { type History, lastSet, type PastRequest } from '../../../change/history.ts';
import type { KnownDates } from '../../../change/judge-reach.ts';
import type { LedgerPlace } from '../../../change/ledger-file.ts';
import type { Memory } from '../../../change/read-memory.ts';
import type { CheckFacts } from '../../../checks/check.ts';
import { daysLeft, defaultWarnDays } from '../../../checks/validity.ts';
import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { readOwnFile, requireOwnDirectory } from '../../../files/own-file.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { type Ownership, ownershipOf } from '../../../report/ownership.ts';
import {
  type GivenApns,
  givenApns,
  type Judging,
  judgingOf,
} from '../../../settings/certificate.ts';
import { orThrow, type Settings } from '../../../settings/settings.ts';
import { instant, members, membersOf, parseJson } from '../../../text/json.ts';
import type { RequestNames } from '../make-request.ts';
import { type RenewOptions, renewOptions } from './options.ts';

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

export function filesOf(directory: string, { name }: Pick<Round, 'name'>) {
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
function readState({ bundleId, teamId, directory }: RequestNames): RenewState {
  requireOwnDirectory(directory);
  const path = stateFileIn(directory);
  const text = readOwnFile(path, '--dir DIR');
  if (text === null) return { version: 1, bundleId, teamId, rounds: [] };
  const found = decode(text, path);
  for (const [what, theirs, ours] of [
    ['app', found.bundleId, bundleId],
    ['team', found.teamId, teamId],
  ] as const)
    if (theirs !== ours)
      throw new CliError(
        'usage',
        `${directory} holds the renewals of the ${what} ${theirs}, not ${ours}`,
        {
          facts: { fix: 'Choose another directory with --dir DIR.' },
        },
      );
  return found;
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

/** A certificate that was set, as the ledger has it. */
export interface KnownCertificate extends KnownDates, Ownership {
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly topic: string | null;
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  readonly fingerprint: string;
  /** ISO 8601 */
  readonly notAfter: string;
  /** ISO 8601 */
  readonly setAt: string;
}

/** The tenant and the key to look at; null: any. */
export interface KnownPlace {
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
}

/**
 * The certificates of an app that were set, the latest first, for keys that were not
 * deleted since.
 */
export function knownCertificates(
  { tenants }: History,
  { tenant, clientAppKey }: KnownPlace,
  bundleId: string,
): readonly KnownCertificate[] {
  const isWanted = ({ line }: PastRequest): boolean =>
    clientAppKey === null ? line.topic === bundleId : line.clientAppKey === clientAppKey;
  return [...tenants.values()]
    .filter((history) => tenant === null || history.tenant === tenant)
    .flatMap((history) =>
      history.requests.filter(
        (request) =>
          request.outcome === 'done' &&
          request.line.asked === 'set' &&
          lastSet(history, request.line.clientAppKey) !== null &&
          isWanted(request),
      ),
    )
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .flatMap(({ line, at: setAt }) => {
      const { fingerprint, notAfter } = line;
      if (fingerprint === null || notAfter === null) return [];
      return [
        {
          tenant: line.tenant,
          clientAppKey: line.clientAppKey,
          topic: line.topic,
          fingerprint,
          notBefore: line.notBefore,
          notAfter,
          environments: line.environments,
          environment: line.environment,
          against: line.against,
          ...ownershipOf(line),
          setAt,
        },
      ];
    });
}

/** The certificate's client app key, if the records agree on one. */
export function recordedKey(
  records: readonly Pick<KnownCertificate, 'clientAppKey'>[],
): string | null {
  const [key = null, ...others] = new Set(records.map(({ clientAppKey }) => clientAppKey));
  return others.length === 0 ? key : null;
}

export interface Standing {
  readonly open: Round | null;
  readonly known: KnownCertificate | null;
  /** With more days left than this, nothing needs doing; null: renew regardless. */
  readonly bound: number | null;
  readonly isDue: boolean;
}

/**
 * Without `--if-days-left`, the first renewal starts immediately, and the next one when
 * the usual warning would come. A .p12 that was packed and never set is used unless it is
 * about to expire.
 */
export function standingOf(
  { rounds }: RenewState,
  records: readonly KnownCertificate[],
  ifDaysLeft: number | null,
  now: Date,
): Standing {
  const [known = null] = records;
  const last = rounds.at(-1) ?? null;
  const packed = last?.packed ?? null;
  const isDone = records.some(({ fingerprint }) => fingerprint === packed?.fingerprint);
  const least = Math.min(ifDaysLeft ?? defaultWarnDays, defaultWarnDays);
  const isOver = packed !== null && daysLeft(new Date(packed.notAfter), now) <= least;
  const bound = ifDaysLeft ?? (isDone ? defaultWarnDays : null);
  return {
    open: isDone || isOver ? null : last,
    known,
    bound,
    isDue: known === null || bound === null || daysLeft(new Date(known.notAfter), now) <= bound,
  };
}

export function stageOf(round: Round | null): Stage {
  if (round === null || round.requestedAt === null) return 'fresh';
  if (round.packed === null) return 'requested';
  return round.verifiedAt === null ? 'packed' : 'verified';
}

export interface Renewal {
  readonly options: RenewOptions;
  /** With the app's key, if it is known. */
  readonly settings: Settings;
  /** Where the key of the settings comes from. */
  readonly keyFrom: 'given' | 'ledger';
  /** With the app's topic and its environment. */
  readonly apns: GivenApns;
  readonly judging: Judging;
  readonly facts: CheckFacts;
  readonly ifDaysLeft: number | null;
  readonly directory: string;
  readonly state: RenewState;
  readonly standing: Standing;
  /** The ledger in use; null: the machine's. */
  readonly record: LedgerPlace | null;
  readonly context: Context;
  /** Records a step in the directory. @throws {CliError} file-unwritable, interrupted */
  keep(round: Round): Promise<Round>;
  /** The round as last recorded, or null. */
  latest(): Round | null;
}

/** The knowledge about the tenants. */
export interface RenewMemory {
  readonly memory: Memory;
  /** The ledger in use; null: the machine's. */
  readonly record: LedgerPlace | null;
}

/**
 * Reads the state, and judges it with the records.
 * @throws {CliError} those of readState
 */
export function readRenewal(
  options: RenewOptions,
  given: Settings,
  names: RequestNames,
  { memory, record }: RenewMemory,
  context: Context,
): Renewal {
  const { directory, bundleId: topic } = names;
  const { environment = renewOptions.environment.default, ifDaysLeft = null } = options;
  const now = context.now();
  const judging = judgingOf({ ...options, force: undefined });
  const { warnDays } = judging;
  const state = readState(names);
  const place = { tenant: orThrow(given.tenant), clientAppKey: given.clientAppKey };
  const records = knownCertificates(memory.history, place, topic);
  const standing = standingOf(state, records, ifDaysLeft, now);
  const { known } = standing;
  const previous = known === null ? null : { ...known, notAfter: new Date(known.notAfter) };
  const clientAppKey = given.clientAppKey ?? recordedKey(records);
  const settings = { ...given, clientAppKey };
  const apns = givenApns({ ...options, topic, environment }, context.env);
  const facts = { now, warnDays, topic, environment, previous, to: context.destination };
  let latest = standing.open;
  const keep = async (round: Round): Promise<Round> => {
    const others = state.rounds.filter(({ name }) => name !== round.name);
    const next: RenewState = { ...state, rounds: [...others, round] };
    const text = `${JSON.stringify(next, null, 2)}\n`;
    await writePrivateFile(stateFileIn(directory), text, true, context.signal);
    latest = round;
    return round;
  };
  return {
    options,
    settings,
    keyFrom: given.clientAppKey === null ? 'ledger' : 'given',
    apns,
    judging,
    facts,
    ifDaysLeft,
    directory,
    state,
    standing,
    record,
    context,
    keep,
    latest: () => latest,
  };
}
