import { join } from 'node:path';
import type { Verification } from '../../../certificate/ask-apns.ts';
import { type Standing, standingOf } from '../../../change/judge-reach.ts';
import type { SetReport } from '../../../change/report-set.ts';
import type { MissingAnswer } from '../../../change/run-and-await-outcome.ts';
import type { Finding } from '../../../checks/finding.ts';
import { daysLeft, isoDay } from '../../../checks/validity.ts';
import { isThere } from '../../../files/directory.ts';
import { type Ownership, ownershipOf } from '../../../report/ownership.ts';
import { stepsAtApple } from '../p12/make-request.ts';
import type { RenewalOutcome } from './carry-on.ts';
import type { KnownCertificate } from './known-certificates.ts';
import type { Renewal } from './renewal.ts';
import { sameCommand, stepLater } from './same-command.ts';
import { filesOf, type RoundFiles, type Stage, stageOf } from './state.ts';

/** The files of a renewal. */
interface RenewalFiles extends RoundFiles {
  readonly certificate: string | null;
  readonly p12: string | null;
}

export interface RenewReport extends Standing, Partial<MissingAnswer> {
  readonly dir: string;
  readonly bundleId: string;
  readonly teamId: string;
  readonly stage: Stage;
  /** False if nothing needs doing before a later day. */
  readonly due: boolean;
  /** The next steps, a sentence each. */
  readonly next: readonly string[];
  /** Who must act before the renewal can continue, and how; null if it can continue. */
  readonly needs: { readonly who: string; readonly what: string } | null;
  /** The current certificate, by this machine's records; null if unknown. */
  readonly current: (Known & { readonly daysLeft: number }) | null;
  /**
   * The files of the current renewal; null if there is none, and for each file that does
   * not exist yet.
   */
  readonly files: RenewalFiles | null;
  /** The answer of APNs; null if it was not asked in this run. */
  readonly verification: Verification | null;
  /** The certificate that the tenant received in this run, or null. */
  readonly set: Pick<
    SetReport,
    | 'tenant'
    | 'clientAppKey'
    | 'keyFrom'
    | 'topic'
    | 'fingerprint'
    | 'notAfter'
    | 'sentAs'
    | 'unchanged'
  > | null;
  /** Only if the outcome of the set is unknown: see `error`. */
  readonly sent?: null;
  /** Whether the ledger has the outcome; only if something was sent. */
  readonly recorded?: boolean;
  readonly findings: readonly Finding[];
}

type Known = Ownership &
  Pick<KnownCertificate, 'tenant' | 'clientAppKey' | 'fingerprint' | 'notAfter'>;

function reportStanding(
  { directory, state, standing: { open, known }, facts: { now } }: Renewal,
  round = open,
): RenewReport {
  const packed = round?.packed ?? null;
  const p12 = packed === null ? null : join(directory, packed.file);
  const isRequested = round !== null && round.requestedAt !== null;
  return {
    dir: directory,
    bundleId: state.bundleId,
    teamId: state.teamId,
    stage: stageOf(round),
    due: true,
    next: [],
    needs: null,
    current: known === null ? null : reportCurrent(known, now),
    files: isRequested ? { ...filesOf(directory, round), certificate: null, p12 } : null,
    verification: null,
    set: null,
    ...standingOf({ now, certificate: known }),
    findings: [],
  };
}

export function reportLater(renewal: Renewal): RenewReport {
  const { known, bound } = renewal.standing;
  const next = known === null || bound === null ? [] : [stepLater(renewal, known.notAfter, bound)];
  return { ...reportStanding(renewal), next, due: false };
}

function reportCurrent(known: Known, now: Date): RenewReport['current'] {
  const { tenant, clientAppKey, fingerprint, notAfter } = known;
  return {
    tenant,
    clientAppKey,
    fingerprint,
    notAfter,
    ...ownershipOf(known),
    daysLeft: daysLeft(new Date(notAfter), now),
  };
}

export function reportOutcome(renewal: Renewal, outcome: RenewalOutcome): RenewReport {
  const { round, certificate, findings, setReport } = outcome;
  const standing = reportStanding(renewal, round);
  const files = standing.files === null ? null : { ...standing.files, certificate };
  const { reach, against } = setReport ?? standing;
  const base = {
    ...standing,
    reach,
    against,
    files,
    findings,
    verification: setReport?.verification ?? null,
  };
  if (setReport?.sent === true) {
    const { tenant, clientAppKey, keyFrom, topic, fingerprint } = setReport;
    const { notAfter, sentAs, unchanged } = setReport;
    const place = { tenant, clientAppKey, keyFrom };
    const set = { ...place, topic, fingerprint, notAfter, sentAs, unchanged };
    const current = currentAfter(setReport, renewal.facts.now);
    return { ...base, stage: 'set', due: false, current, set, ...ifKnown(setReport) };
  }
  const again = `Run ${sameCommand(renewal)} again.`;
  if (setReport?.sent === null)
    return { ...base, sent: null, ...unansweredIn(setReport), next: [again] };
  const { needs, steps } = obstacleOf(renewal, outcome, base.stage);
  return { ...base, needs, next: [...steps, again] };
}

function currentAfter(setReport: SetReport, now: Date): RenewReport['current'] {
  const { tenant, clientAppKey, fingerprint, notAfter } = setReport;
  if (tenant === null || clientAppKey === null || fingerprint === null || notAfter === null)
    return null;
  const owned = ownershipOf(setReport);
  return reportCurrent({ tenant, clientAppKey, fingerprint, notAfter, ...owned }, now);
}

/** Without the members that are undefined. */
function ifKnown({ recorded }: SetReport) {
  return recorded === undefined ? {} : { recorded };
}

function unansweredIn(setReport: SetReport) {
  const { tries, error } = setReport;
  return {
    ...(tries === undefined ? {} : { tries }),
    ...(error === undefined ? {} : { error }),
    ...ifKnown(setReport),
  };
}

function obstacleOf(
  { state: { bundleId, teamId }, directory, facts, options }: Renewal,
  { round, findings, setReport, waiting }: RenewalOutcome,
  stage: Stage,
): Pick<RenewReport, 'needs'> & { readonly steps: readonly string[] } {
  const refusal =
    setReport?.verification?.accepted === false ? setReport.verification.explanation : null;
  const message = findings.find(({ level }) => level === 'error')?.message ?? null;
  const runner = 'Whoever runs this renewal';
  if (refusal === null && stage !== 'requested')
    return { needs: message === null ? null : { who: runner, what: message }, steps: [] };
  if (waiting === 'not-yet') {
    const what = `The issuer has no certificate for ${bundleId} yet; the next run asks it again.`;
    return { needs: { who: 'Whoever the issuer waits for', what }, steps: [] };
  }
  if (waiting === 'asked-before' || (options.issuer !== undefined && message !== null)) {
    const since = isoDay(new Date(round.issuing ?? facts.now));
    const save =
      waiting === 'asked-before'
        ? `The issuer was started on ${since} for this request, and may have issued a certificate: save it`
        : `${message} Save another certificate`;
    const what = `${save} in ${directory}, or have the issuer run again with --issue-again.`;
    return { needs: { who: runner, what }, steps: [what] };
  }
  const who = `Someone who manages certificates in the Apple developer account of team ${teamId}`;
  const another =
    'Find out why APNs rejects it, or have Apple issue another certificate for the same request.';
  if (refusal !== null) return { needs: { who, what: refusal }, steps: [another] };
  const { request } = filesOf(directory, round);
  const upload =
    `Upload ${request} at https://developer.apple.com/account for a push certificate for ` +
    `${bundleId}, and save the certificate in ${directory}.`;
  const usual = join(directory, 'aps.cer');
  // Keeps last year's file.
  const certificate = isThere(usual) ? join(directory, `${round.name}.cer`) : usual;
  const what = message === null ? upload : `${message} ${upload}`;
  return { needs: { who, what }, steps: stepsAtApple(bundleId, request, certificate) };
}
