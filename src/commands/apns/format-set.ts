import { formatProof, type Proof } from '../../change/prove-by-push.ts';
import { wordsAgainst, wordsForProven, wordsForUnproven } from '../../change/reach-words.ts';
import { type SetReport, wordsForReplaced } from '../../change/report-set.ts';
import { areForceable, hasErrors, stopsAt } from '../../checks/finding.ts';
import { isPractice } from '../../checks/issuer.ts';
import {
  formatFields,
  formatValidUntil,
  inParts,
  wordsForApns,
  wordsForHeld,
  wordsForRejection,
} from '../../report/fields.ts';
import { countConcerns, formatConcerns } from '../../report/findings.ts';
import { judgingOf } from '../../settings/certificate.ts';
import type { Mark, Style } from '../../terminal/style.ts';
import type { SetOptions } from './options.ts';

/** The report of a set, and of the proof after it. */
export interface ProvedSetReport extends SetReport {
  /**
   * The sign-in by push after the set, if requested; null if it failed without a result.
   */
  readonly proof?: Proof | null;
}

export function formatSet(
  report: ProvedSetReport,
  style: Style,
  options: SetOptions,
  now: Date,
): string {
  const { sent, sentAs, verification, held, findings, replaces } = report;
  const head = `${verdict(report, options, style)}\n`;
  const end = endOf(report, style, now);
  // The user read the rest above the question.
  if (sent === true && style.conversation) {
    const same = held?.outcome === 'same' ? 'The tenant confirms this topic.\n' : '';
    return `${head}${same}${end}`;
  }
  const fields = formatFields(
    [
      ['Client app key', report.clientAppKey ?? 'none'],
      ['Tenant', report.tenant ?? 'none'],
      ['Topic', report.topic ?? 'none'],
      ['Valid until', formatValidUntil(report.notAfter, now, style)],
      ['SHA-256', report.fingerprint ?? 'none'],
      ['Replaces', replaces === null ? null : wordsForReplaced(replaces, report.topic)],
      ['Sent as', sentAs === 'json' ? null : sentAs],
      ['APNs', verification === null ? null : wordsForApns(verification)],
      ['Held', held === undefined ? null : wordsForHeld(held)],
    ],
    style,
  );
  const forceHint =
    sent === false && stopsAt(findings, judgingOf(options)) && areForceable(findings)
      ? 'Add --force to send it despite the findings.\n'
      : '';
  return `${inParts(head, fields, formatConcerns(findings, style), forceHint)}${end}`;
}

/** The proof or, where nothing speaks for or against it, that it is not proven. */
function endOf(report: ProvedSetReport, style: Style, now: Date): string {
  const { proof, sent, reach, clientAppKey, findings } = report;
  if (proof != null) return `\n${formatProof(proof, style, provenBy(report, now))}`;
  // Of a practice certificate the headline says more.
  if (sent !== true || reach !== 'not-known' || findings.some(isPractice)) return '';
  return `\n${wordsForUnproven(clientAppKey ?? 'it')}\n`;
}

function provenBy(report: ProvedSetReport, now: Date): string | null {
  const { tenant, clientAppKey, fingerprint, reach } = report;
  if (reach !== 'proven' || tenant === null || clientAppKey === null) return null;
  return wordsForProven({ tenant, clientAppKey, fingerprint, at: now.toISOString() });
}

function verdict(report: SetReport, options: SetOptions, style: Style): string {
  const { sent, dryRun, unchanged, clientAppKey, verification, findings, error, against } = report;
  if (error !== undefined && sent !== true) {
    const words = wordsAgainst(against, { subject: `Pushes for ${clientAppKey}` });
    return style.verdict('warning', words ?? error.message);
  }
  if (sent === true) {
    const did = unchanged
      ? `Sent the same certificate for ${clientAppKey} again`
      : `Set the push certificate for ${clientAppKey}`;
    const doubt = wordsAgainst(against, { subject: 'pushes' });
    if (doubt === null) return style.verdict('ok', `${did}${practiceIn(findings)}`);
    return style.verdict('warning', `${did}, but ${doubt}`);
  }
  if (verification?.accepted === false) {
    return style.verdict('error', `Nothing was sent: ${wordsForRejection(verification)}`);
  }
  const found = countConcerns(findings);
  if (stopsAt(findings, judgingOf(options)))
    return style.verdict(
      'error',
      `Nothing was sent: the checks found ${found}${doubtAbout(report)}`,
    );
  if (!dryRun && !hasErrors(findings)) return style.verdict('error', 'Nothing was sent');
  const dry = (mark: Mark, words: string) =>
    style.verdict(mark, `${words} Nothing was sent (dry run).`);
  if (against.length > 0) return dry('warning', `Checks found ${found}${doubtAbout(report)}`);
  const practice = practiceIn(findings);
  return dry(
    'ok',
    `Checks passed${found === '' ? '' : ` with ${found}`}${practice === '' ? '.' : practice}`,
  );
}

/** Behind a verdict: why pushes would not reach phones. */
function doubtAbout({ against }: SetReport): string {
  const doubt = wordsAgainst(against, { subject: 'Pushes with this certificate' });
  return doubt === null ? '.' : `. ${doubt}`;
}

/** Behind a verdict at a tenant on this machine, which takes a practice certificate. */
function practiceIn(findings: SetReport['findings']): string {
  const practice = findings.find(isPractice);
  return practice === undefined ? '' : `. ${practice.message}`;
}
