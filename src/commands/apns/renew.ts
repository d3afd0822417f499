import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import { stopsAt } from '../../checks/finding.ts';
import { defaultWarnDays } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import { warnOfQuery } from '../../delivery/send-certificate.ts';
import { CliError } from '../../errors/cli-error.ts';
import { lockFile } from '../../files/lock-file.ts';
import { removeTemporaries } from '../../files/temporary.ts';
import { parseDays, readSettings, type Settings } from '../../settings/settings.ts';
import type { CommandModule } from '../command.ts';
import { makeOutputDirectory, requireNames } from './make-request.ts';
import { carryOn, judgeAnswer, type Task } from './renew/carry-on.ts';
import {
  formatRenew,
  type RenewReport,
  reportOutcome,
  reportStanding,
  type StandingFacts,
  sameCommand,
  stepLater,
} from './renew/report.ts';
import type { RenewOptions } from './renew/rounds.ts';
import {
  openJournal,
  type RenewState,
  readState,
  recordedKey,
  recordsOf,
  type Standing,
  stageOf,
  standingOf,
  stateFileIn,
} from './renew/state.ts';

const place = { message: 'Directory of the renewals:', given: 'dir', option: '--dir DIR' } as const;

export async function renew(options: RenewOptions, context: Context): Promise<RenewReport> {
  const ifDaysLeft = parseDays(options.ifDaysLeft, '--if-days-left N');
  const settings = await readSettings(options, context);
  const { warnDays } = settings.judging();
  const names = await requireNames(options, place, context);
  const run: Run = { options, ifDaysLeft, now: context.now(), warnDays, names, settings };
  const { directory } = run.names;
  warnOfQuery(settings, 'the .p12 and its password', context);
  const before = look(run);
  if (!before.standing.isDue) return reportLater(before, run);
  if (options.dryRun === true) return rehearse(before, run, context);

  makeOutputDirectory(directory);
  const release = lockFile(stateFileIn(directory), {
    unlockable: `The directory ${directory} cannot be locked`,
    held: (holder, lock) => `Another mfa-cli${holder} renews in ${directory}. If none does, remove ${lock}`,
  });
  try {
    // Nobody else writes here, and a private key is not to lie about.
    removeTemporaries(directory, true);
    const situation = look(run);
    return situation.standing.isDue ? await goOn(situation, run, context) : reportLater(situation, run);
  } finally {
    release();
  }
}

/** One call of the command. */
interface Run {
  readonly options: RenewOptions;
  readonly ifDaysLeft: number | null;
  readonly now: Date;
  readonly warnDays: number;
  readonly names: { readonly bundleId: string; readonly teamId: string; readonly directory: string };
  readonly settings: Settings;
}

/** What it finds. */
interface Situation {
  readonly state: RenewState;
  readonly records: readonly CertificateRecord[];
  readonly standing: Standing;
}

/** Reads the state, and judges by it and by the records. @throws {CliError} as readState */
function look({ names, settings, ifDaysLeft, now }: Run): Situation {
  const state = readState(names);
  const { clientAppKey, profiles } = settings;
  const target = { tenant: settings.tenant(), clientAppKey, bundleId: names.bundleId };
  const records = recordsOf(profiles, state, target);
  return { state, records, standing: standingOf(state, records, { ifDaysLeft, now }) };
}

function standingFor({ state, standing }: Situation, { names, now }: Run): StandingFacts {
  return { state, directory: names.directory, round: standing.open, known: standing.known, now };
}

/** Nothing is to be done yet. */
function reportLater(situation: Situation, run: Run): RenewReport {
  const { state, standing } = situation;
  const { known, bound } = standing;
  const next =
    known === null || bound === null ? [] : [stepLater(state, run.names.directory, known.notAfter, bound)];
  return {
    ...reportStanding(standingFor(situation, run)),
    next,
    due: false,
    dryRun: run.options.dryRun === true,
  };
}

function factsFor({ standing: { known } }: Situation, { options, now, warnDays, names }: Run): Task['facts'] {
  return {
    now,
    warnDays,
    topic: names.bundleId,
    environment: options.environment ?? 'production',
    previous: known === null ? null : { fingerprint: known.fingerprint, notAfter: new Date(known.notAfter) },
  };
}

/** What a run would do, as far as it can be told without a password. */
async function rehearse(situation: Situation, run: Run, context: Context): Promise<RenewReport> {
  const { state, standing } = situation;
  const { directory } = run.names;
  const facts = standingFor(situation, run);
  const would = (what: string): readonly string[] => [`Without --dry-run, ${what}.`];
  const round = standing.open;
  if (round === null || round.requestedAt === null)
    return {
      ...reportStanding(facts),
      next: would(`a key and a certificate request are made in ${directory}`),
      dryRun: true,
    };
  const task = { options: run.options, state, facts: factsFor(situation, run) };
  const { answer, ...judged } = await judgeAnswer(round, directory, task, context);
  const report = { ...reportOutcome(facts, { round, ...judged, given: null }), dryRun: true };
  if (stopsAt(judged.findings, run.options) || (answer === null && round.packed === null)) return report;
  const asked = run.options.verify && (answer !== null || round.verifiedAt === null);
  const packs = answer === null ? '' : `${answer.file} is packed, `;
  const asks = asked ? 'APNs is asked, ' : '';
  return {
    ...report,
    needs: null,
    next: would(`${packs}${asks}and the certificate is given to ${run.settings.tenant() ?? 'the tenant'}`),
  };
}

/** Does what can be done; where that fails, tells how far it came. @throws {CliError} as carryOn */
async function goOn(situation: Situation, run: Run, context: Context): Promise<RenewReport> {
  const { state, records, standing } = situation;
  const { options, settings, names } = run;
  const { directory } = names;
  const facts = factsFor(situation, run);
  const journal = openJournal(directory, state, standing.open, context);
  const apns = { ...settings.apns, topic: names.bundleId, environment: facts.environment ?? null };
  const clientAppKey = settings.clientAppKey ?? recordedKey(records);
  const task = {
    options,
    settings: { ...settings, apns, clientAppKey },
    facts,
    state,
    open: standing.open,
    journal,
  };
  try {
    const outcome = await carryOn(task, context);
    const report = reportOutcome(standingFor(situation, run), outcome);
    if (report.current === null || report.stage !== 'set') return report;
    const bound = run.ifDaysLeft ?? defaultWarnDays;
    return { ...report, next: [stepLater(state, directory, report.current.notAfter, bound)] };
  } catch (error) {
    const latest = journal.latest();
    if (error instanceof CliError && latest !== null)
      context.terminal.note(
        `The renewal stands at "${stageOf(latest)}": ${sameCommand(state, directory)} goes on from there.`,
      );
    throw error;
  }
}

export const command: CommandModule<RenewOptions, RenewReport> = {
  work: renew,
  format: formatRenew,
  exitCode: ({ verification, findings, needs }, options) => {
    if (verification?.accepted === false) return 6;
    if (stopsAt(findings, options)) return 4;
    return needs !== null && options.ifDaysLeft !== undefined ? 4 : 0;
  },
};
