import { join } from 'node:path';
import { openP12 } from '../../../certificate/open-p12.ts';
import { confirmSet } from '../../../change/confirm-set.ts';
import {
  type JudgedSet,
  judgeSet,
  knownProof,
  type SetInput,
} from '../../../change/judge-set-before-opening.ts';
import { jobOfSet, openSet, ownershipIn } from '../../../change/open-tenant-for-judged-set.ts';
import { openLedgerInUse } from '../../../change/read-memory.ts';
import { reportSet, type SetReport } from '../../../change/report-set.ts';
import { runAndAwaitOutcome } from '../../../change/run-and-await-outcome.ts';
import { checkCertificate } from '../../../checks/check-push-identity.ts';
import { type Finding, finding, stopsAt } from '../../../checks/finding.ts';
import type { Context } from '../../../context.ts';
import { CliError, isAbout, restated, unlessInterrupted } from '../../../errors/cli-error.ts';
import { entriesIn, isThere, statsOf } from '../../../files/directory.ts';
import { nameOf } from '../../../files/read.ts';
import { certifiedKeyFingerprint } from '../../../pkcs12/key.ts';
import { givenP12 } from '../../../settings/certificate.ts';
import { apnsOrHost } from '../../../text/phrasing.ts';
import { onOneLine } from '../../../text/printable.ts';
import { readCertificates } from '../p12/make-p12.ts';
import type { Renewal } from './renewal.ts';
import { filesOf, type Round, stateFileIn } from './state.ts';
import {
  type Answer,
  askIssuer,
  type Opened,
  p12Password,
  packRound,
  requestRound,
  type Waiting,
} from './steps.ts';

export interface RenewalOutcome {
  readonly round: Round;
  /** The file of Apple's answer; null if none was read. */
  readonly certificate: string | null;
  readonly findings: readonly Finding[];
  /** Null if the run stopped earlier. */
  readonly setReport: SetReport | null;
  /** Only if an issuer gave no certificate. */
  readonly waiting?: Waiting;
}

/**
 * Takes each step that is possible now, and records it.
 * @throws {CliError} of exit 2, 3, 5, 6 and 7, interrupted
 */
export async function carryOn(renewal: Renewal): Promise<RenewalOutcome> {
  const { options, judging, directory, standing } = renewal;
  let round = standing.open;
  if (round === null || round.requestedAt === null) round = await requestRound(renewal);
  if (round.packed !== null && !isThere(join(directory, round.packed.file)))
    round = { ...round, packed: null, verifiedAt: null };
  const found = await judgeAnswer(round, renewal);
  const outcome = { round, ...found, setReport: null };
  const stops = stopsAt(found.findings, judging);
  if (found.answer !== null && !stops) return packAndSet(outcome, found.answer, renewal);
  const isAskedAgain = options.issueAgain === true && round.verifiedAt === null;
  if (round.packed !== null && !stops && !isAskedAgain)
    return setRound(outcome, await openPacked(round, renewal), renewal);
  if (stops && !isAskedAgain) return outcome;
  for (const file of Object.values(filesOf(directory, round)))
    if (!isThere(file))
      throw new CliError('file-not-found', `${file} of this renewal is missing`, {
        facts: { renewal: stateFileIn(directory) },
      });
  if (options.issuer === undefined) return outcome;
  const issued = await askIssuer(round, renewal);
  if (issued.file === null) return { ...outcome, round: issued.round, waiting: issued.waiting };
  // The certificate may be younger than the start of this run.
  const later = { ...renewal, facts: { ...renewal.facts, now: renewal.context.now() } };
  const { answer, ...judged } = await judgeAnswer(issued.round, later, issued.file);
  const judgedOutcome = { round: issued.round, ...judged, setReport: null };
  if (answer === null || stopsAt(judged.findings, judging)) return judgedOutcome;
  return packAndSet(judgedOutcome, answer, later);
}

async function packAndSet(
  outcome: RenewalOutcome,
  answer: Answer,
  renewal: Renewal,
): Promise<RenewalOutcome> {
  const { round, opened } = await packRound(outcome.round, answer, renewal);
  return setRound({ ...outcome, round }, opened, renewal);
}

/** Apple's answer if it should be packed, and the findings of the checks. */
interface JudgedAnswer extends Pick<RenewalOutcome, 'certificate' | 'findings'> {
  readonly answer: Answer | null;
}

/**
 * Looks for Apple's answer in the directory, or in the file that is named or was issued.
 * @param issued the file that an issuer left, or null
 * @throws {CliError} those of reading the files
 */
async function judgeAnswer(
  round: Round,
  { options, directory, state, facts, context }: Renewal,
  issued: string | null = null,
): Promise<JudgedAnswer> {
  const named = issued ?? options.cert ?? null;
  const answer = await (named === null
    ? findAnswer(directory, { publicKey: round.publicKey, bundleId: state.bundleId }, context)
    : readAnswer(named, round.publicKey, context));
  const judged = { certificate: answer?.file ?? null, answer: null, findings: [] };
  if (answer !== null && isNewCertificate(answer, round, named))
    return { ...judged, answer, findings: checkCertificate(answer.certificate, facts) };
  if (answer !== null || named === null) return judged;
  const words = `${onOneLine(nameOf(named))} was not issued for this renewal's key.`;
  const hint = `Use the certificate that Apple issued for ${filesOf(directory, round).request}.`;
  return { ...judged, findings: [finding('key-mismatch', words, { hint })] };
}

function isNewCertificate(
  { certificate }: Answer,
  { packed }: Round,
  named: string | null,
): boolean {
  if (packed === null) return true;
  if (packed.fingerprint === certificate.fingerprint) return false;
  return named !== null || certificate.notAfter > new Date(packed.notAfter);
}

function openPacked(round: Round, { options, directory, context }: Renewal): Promise<Opened> {
  const path = join(directory, round.packed?.file ?? '');
  const { newPasswordFile } = options;
  const named = {
    ...options,
    p12: undefined,
    file: undefined,
    passwordFile: undefined,
  };
  const given = {
    ...givenP12(named, context.env, newPasswordFile),
    location: { path },
    passwordFile: newPasswordFile ?? null,
    passwordCommand: p12Password(options).command,
    passwordOption: '--new-password-file',
  };
  return openP12(given, context);
}

/** Brings the tenant to the certificate of a round, and records each step. */
async function setRound(
  outcome: RenewalOutcome,
  opened: Opened,
  renewal: Renewal,
): Promise<RenewalOutcome> {
  const { keep, context } = renewal;
  const input = setInputOf(outcome.round, opened, renewal);
  const judged = await judgeRound(input, context);
  let { round } = outcome;
  if (judged.verification?.accepted === true) {
    const { host, isApple } = judged.verification;
    context.terminal.note(`${apnsOrHost(host, isApple)} accepts the certificate`);
    round = await keep({ ...round, verifiedAt: context.now().toISOString() });
  }
  const report = await setJudged(judged, renewal);
  return { ...outcome, round, findings: report.findings, setReport: report };
}

function setInputOf(round: Round, opened: Opened, renewal: Renewal): SetInput {
  const { options, settings, apns, judging, facts, ledgerPlace, context } = renewal;
  return {
    opened,
    settings,
    terms: {
      now: facts.now,
      to: context.destination,
      apns,
      judging,
      dryRun: false,
      refresh: false,
      yes: options.yes === true,
      verify: options.verify && round.verifiedAt === null ? 'required' : 'no',
      sendAs: options.sendAs ?? null,
      owner: null,
      ticket: null,
      keyFrom: renewal.keyFrom,
      ledgerPlace,
    },
  };
}

/** @throws {CliError} as judgeSet; errors of APNs name the way around it */
function judgeRound(input: SetInput, context: Context): Promise<JudgedSet> {
  return judgeSet(input, context).catch((error: unknown) => {
    if (!isAbout(error, 'apns')) throw error;
    throw restated(error, { facts: { skip: '--no-verify' } });
  });
}

async function setJudged(
  judged: JudgedSet,
  { facts: { now }, ledgerPlace, context }: Renewal,
): Promise<SetReport> {
  const { verification, latest } = judged;
  const known = { now, proof: knownProof(judged), ownership: ownershipIn(judged) };
  const facts = { dryRun: false, verification, latest, ...known };
  if (!judged.isToSend) return reportSet(judged.plan, facts);
  const ready = await openSet(judged, context);
  const { plan, phones } = ready;
  await confirmSet(ready, context);
  const job = jobOfSet(ready);
  const ledger = openLedgerInUse(ready.memory, ledgerPlace, context);
  const outcome = await runAndAwaitOutcome(job, ledger, context);
  return reportSet(plan, { ...facts, phones, outcome });
}

/**
 * The certificate for the renewal's key in a directory, under any file name: of those for
 * the app, the one that expires last; null if none is for the key.
 * @param publicKey SHA-256 of the certified SubjectPublicKeyInfo
 * @throws {CliError} file-unreadable, interrupted
 */
async function findAnswer(
  directory: string,
  { publicKey, bundleId }: { readonly publicKey: string; readonly bundleId: string },
  context: Context,
): Promise<Answer | null> {
  const files = certificateFiles(directory);
  const read = (file: string) =>
    readAnswer(file, publicKey, context).catch(unlessInterrupted(() => null));
  const answers = (await Promise.all(files.map(read))).filter((answer) => answer !== null);
  if (answers.length === 0 && files.length > 0)
    context.terminal.note(`${directory} has no certificate for this renewal's key yet`);
  const [latest = null] = answers.sort(
    ({ certificate: a }, { certificate: b }) =>
      Number(b.bundleId === bundleId) - Number(a.bundleId === bundleId) ||
      b.notAfter.getTime() - a.notAfter.getTime(),
  );
  return latest;
}

/**
 * The certificate for the renewal's key in a file; null if it has none.
 * @throws {CliError} as readCertificates
 */
async function readAnswer(
  file: string,
  publicKey: string,
  context: Context,
): Promise<Answer | null> {
  const certificates = await readCertificates(file, context);
  const certificate = certificates.find((each) => certifiedKeyFingerprint(each) === publicKey);
  return certificate === undefined ? null : { file, certificate };
}

const maxEntries = 100_000;

function certificateFiles(directory: string): readonly string[] {
  try {
    return entriesIn(directory, maxEntries)
      .map(({ name }) => name)
      .filter((name) => /\.(cer|crt|der|pem)$/i.test(name) && !/\.key\.pem$/i.test(name))
      .map((name) => join(directory, name))
      .filter((file) => statsOf(file)?.isFile() === true);
  } catch (cause) {
    throw new CliError('file-unreadable', `${directory} cannot be read`, { cause });
  }
}
