import { stopsAt } from '../../../delivery/judging.ts';
import { countConcerns, formatConcerns, formatDaysLeft, formatFields } from '../../../report/fields.ts';
import type { Style } from '../../../terminal/style.ts';
import { count } from '../../../text/phrasing.ts';
import { verdictOfApns } from '../agree.ts';
import type { RenewOptions } from './inputs.ts';
import type { RenewReport } from './report.ts';

/** Where the renewal stands, what is known, and what comes next. */
export function formatRenew(report: RenewReport, style: Style, options: RenewOptions): string {
  const { stage, bundleId, current, files, verification, findings, next } = report;
  const fields = formatFields(
    [
      ['App', bundleId],
      ['Stage', stage],
      ...(files === null ? [] : [['Request', files.request] as const]),
      ...(files?.certificate == null ? [] : [["Apple's answer", files.certificate] as const]),
      ...(files?.p12 == null ? [] : [['.p12', files.p12] as const]),
      ...(verification === null ? [] : [['APNs', verdictOfApns(verification)] as const]),
      [
        'In force until',
        current === null
          ? 'unknown (this machine has no record of it)'
          : formatDaysLeft(current.notAfter, current.daysLeft, style),
      ],
      ...(current === null
        ? []
        : [['At', `${current.tenant}, client app key ${current.clientAppKey}`] as const]),
    ],
    style,
  );
  const steps = next.map((step, index) => `  ${index + 1}. ${step}\n`).join('');
  return [
    `${verdict(report, style, options)}\n`,
    fields,
    formatConcerns(findings, style),
    steps === '' ? '' : `${style.bold('Next')}\n${steps}`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function verdict(report: RenewReport, style: Style, options: RenewOptions): string {
  const { due, set, current, needs, verification, findings, dryRun } = report;
  if (set !== null) return style.green(`✓ Set the push certificate for ${set.clientAppKey}`);
  if (!due && current !== null) return style.green(`✓ Nothing to do: ${count(current.daysLeft, 'day')} left`);
  if (verification?.accepted === false)
    return style.red('✗ Nothing was sent: APNs does not accept this certificate');
  if (stopsAt(findings, options))
    return style.red(`✗ Nothing was sent: the checks found ${countConcerns(findings)}`);
  if (needs !== null) return style.yellow('! Apple is to answer the certificate request');
  return dryRun
    ? style.green('✓ Nothing was written and nothing sent (dry run)')
    : style.red('✗ Nothing was sent');
}
