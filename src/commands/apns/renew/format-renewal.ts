import { wordsAgainst } from '../../../change/reach-words.ts';
import { stopsAt } from '../../../checks/finding.ts';
import {
  formatDaysLeft,
  formatFields,
  inParts,
  wordsForApns,
  wordsForRejection,
} from '../../../report/fields.ts';
import { countConcerns, formatConcerns, formatSteps } from '../../../report/findings.ts';
import { wordsForOwner } from '../../../report/ownership.ts';
import { judgingOf } from '../../../settings/certificate.ts';
import type { Style } from '../../../terminal/style.ts';
import { count } from '../../../text/phrasing.ts';
import type { RenewOptions } from './options.ts';
import type { RenewReport } from './report-renewal.ts';

export function formatRenew(report: RenewReport, style: Style, options: RenewOptions): string {
  const { stage, bundleId, current, files, verification, findings, next } = report;
  const fields = formatFields(
    [
      ['App', bundleId],
      ['Stage', stage],
      ['Request', files?.request ?? null],
      ["Apple's certificate", files?.certificate ?? null],
      ['.p12', files?.p12 ?? null],
      ['APNs', verification === null ? null : wordsForApns(verification)],
      [
        'Current valid until',
        current === null
          ? 'unknown (this machine has no record of it)'
          : formatDaysLeft(current.notAfter, current.daysLeft, style),
      ],
      [
        'Tenant',
        current === null ? null : `${current.tenant}, client app key ${current.clientAppKey}`,
      ],
    ],
    style,
  );
  const owner = current === null ? null : wordsForOwner(current);
  return inParts(
    `${verdict(report, style, options)}${owner === null ? '' : `. ${owner}`}\n`,
    fields,
    formatConcerns(findings, style),
    formatSteps(next, style),
  );
}

function verdict(report: RenewReport, style: Style, options: RenewOptions): string {
  const { due, set, current, needs, verification, findings, error, against } = report;
  if (error !== undefined) {
    const words = wordsAgainst(against, { subject: 'Pushes with the renewed certificate' });
    return style.verdict('warning', words ?? error.message);
  }
  const doubt = wordsAgainst(against, { subject: 'pushes' });
  if (set !== null) {
    const did = `Set the push certificate for ${set.clientAppKey}`;
    if (doubt === null) return style.verdict('ok', did);
    return style.verdict('warning', `${did}, but ${doubt}`);
  }
  if (!due && current !== null) {
    const idle = `Nothing to do: ${count(current.daysLeft, 'day')} left`;
    if (doubt === null) return style.verdict('ok', idle);
    return style.verdict('warning', `${idle}, but ${doubt}`);
  }
  if (verification?.accepted === false) {
    return style.verdict('error', `Nothing was sent: ${wordsForRejection(verification)}`);
  }
  if (stopsAt(findings, judgingOf({ ...options, force: undefined })))
    return style.verdict('error', `Nothing was sent: the checks found ${countConcerns(findings)}`);
  if (needs !== null && options.issuer !== undefined)
    return style.bold("Waiting for the issuer's certificate");
  if (needs !== null) return style.bold("Waiting for Apple's certificate");
  return style.verdict('error', 'Nothing was sent');
}
