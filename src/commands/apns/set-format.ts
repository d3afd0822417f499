import { type Finding, hasErrors } from '../../checks/finding.ts';
import type { Verification } from '../../delivery/apns.ts';
import { type JudgingOptions, stopsAt } from '../../delivery/judging.ts';
import { countConcerns, formatConcerns, formatFields } from '../../report/fields.ts';
import type { Held } from '../../tenant/certificates.ts';
import type { SentAs } from '../../tenant/client.ts';
import type { Style } from '../../terminal/style.ts';
import { verdictOfApns } from './agree.ts';
import { wordsForHeld } from './held-words.ts';

export interface SetReport {
  /** Null, as the next four, where none is known: then nothing was sent. */
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
  readonly topic: string | null;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string | null;
  /** ISO 8601. */
  readonly notAfter: string | null;
  readonly sent: boolean;
  /** How the tenant took the parameters; null where nothing was sent. */
  readonly sentAs: SentAs | null;
  readonly dryRun: boolean;
  /** Whether this tool set this very certificate for this key last. */
  readonly unchanged: boolean;
  /** What APNs said; null where it was not asked. */
  readonly verification: Verification | null;
  /** What the tenant said afterwards, where it was asked. */
  readonly held?: Held;
  readonly findings: readonly Finding[];
}

/** What was sent and what not, and everything that was found about it. */
export function formatSet(report: SetReport, style: Style, options: JudgingOptions): string {
  const { tenant, clientAppKey, topic, fingerprint, notAfter, sent, sentAs, verification, held, findings } =
    report;
  // The rest was read above the question.
  if (sent && style.conversation)
    return `${verdict(report, options, style)}\n${held?.outcome === 'same' ? 'The tenant says that it holds this topic.\n' : ''}`;
  const fields = formatFields(
    [
      ['Tenant', tenant ?? 'none'],
      ['Client app key', clientAppKey ?? 'none'],
      ['Topic', topic ?? 'none'],
      ['SHA-256', fingerprint ?? 'none'],
      ['Valid until', notAfter?.slice(0, 10) ?? 'none'],
      ...(sentAs === null || sentAs === 'json' ? [] : [['Sent as', sentAs] as const]),
      ...(verification === null ? [] : [['APNs', verdictOfApns(verification)] as const]),
      ...(held === undefined ? [] : [['Held', wordsForHeld(held)] as const]),
    ],
    style,
  );
  const wayOut =
    !sent && stopsAt(findings, options) ? 'Give --force to send it in spite of what was found.\n' : '';
  return [`${verdict(report, options, style)}\n`, fields, formatConcerns(findings, style), wayOut]
    .filter((part) => part !== '')
    .join('\n');
}

function verdict(report: SetReport, options: JudgingOptions, style: Style): string {
  const { sent, dryRun, unchanged, clientAppKey, verification, findings } = report;
  if (sent)
    return style.green(
      unchanged
        ? `✓ Sent again: the same certificate for ${clientAppKey}`
        : `✓ Set the push certificate for ${clientAppKey}`,
    );
  if (verification?.accepted === false)
    return style.red('✗ Nothing was sent: APNs does not accept this certificate');
  const found = countConcerns(findings);
  if (stopsAt(findings, options)) return style.red(`✗ Nothing was sent: the checks found ${found}`);
  if (hasErrors(findings)) return style.yellow(`! Checks found ${found}. Nothing was sent (dry run).`);
  const passed = found === '' ? '✓ Checks passed.' : `✓ Checks passed with ${found}.`;
  return dryRun ? style.green(`${passed} Nothing was sent (dry run).`) : style.red('✗ Nothing was sent');
}
