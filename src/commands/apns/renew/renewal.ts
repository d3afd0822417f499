import type { LedgerPlace } from '../../../change/ledger-file.ts';
import type { Memory } from '../../../change/read-memory.ts';
import type { CheckFacts } from '../../../checks/check.ts';
import { daysLeft, defaultWarnDays } from '../../../checks/validity.ts';
import type { Context } from '../../../context.ts';
import { writePrivateFile } from '../../../files/write.ts';
import {
  type GivenApns,
  givenApns,
  type Judging,
  judgingOf,
} from '../../../settings/certificate.ts';
import { orThrow, type Settings } from '../../../settings/settings.ts';
import type { RequestNames } from '../p12/make-request.ts';
import { type KnownCertificate, knownCertificates, recordedKey } from './known-certificates.ts';
import { type RenewOptions, renewOptions } from './options.ts';
import { type RenewState, type Round, readState, stateFileIn } from './state.ts';

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
  const minDays = Math.min(ifDaysLeft ?? defaultWarnDays, defaultWarnDays);
  const isOver = packed !== null && daysLeft(new Date(packed.notAfter), now) <= minDays;
  const bound = ifDaysLeft ?? (isDone ? defaultWarnDays : null);
  return {
    open: isDone || isOver ? null : last,
    known,
    bound,
    isDue: known === null || bound === null || daysLeft(new Date(known.notAfter), now) <= bound,
  };
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
  readonly ledgerPlace: LedgerPlace | null;
  readonly context: Context;
  /** Records a step in the directory. @throws {CliError} file-unwritable, interrupted */
  keep(round: Round): Promise<Round>;
  /** The round as last recorded, or null. */
  latest(): Round | null;
}

/** The renewal that a command line asks for. */
export interface GivenRenewal {
  readonly options: RenewOptions;
  readonly settings: Settings;
  readonly names: RequestNames;
}

/** The knowledge about the tenants. */
export interface RenewMemory {
  readonly memory: Memory;
  /** The ledger in use; null: the machine's. */
  readonly ledgerPlace: LedgerPlace | null;
}

/**
 * Reads the state, and judges it with the records.
 * @throws {CliError} those of readState
 */
export function readRenewal(
  { options, settings: given, names }: GivenRenewal,
  { memory, ledgerPlace }: RenewMemory,
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
    ledgerPlace,
    context,
    keep,
    latest: () => latest,
  };
}
