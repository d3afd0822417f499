import type { Finding, FindingLevel } from '../checks/finding.ts';
import type { Style } from '../terminal/style.ts';
import { count } from '../text/phrasing.ts';
import { onOneLine } from '../text/printable.ts';
import { inParts } from './fields.ts';

/** `Wrote cert.p12 (certificate and private key)` */
export function wrote(file: string, what: string): string {
  return `Wrote ${onOneLine(file)} (${what})`;
}

/** The numbered steps that come next; empty without steps. */
export function formatSteps(steps: readonly string[], style: Style): string {
  const lines = steps.map((step, index) => `  ${index + 1}. ${step}\n`);
  return lines.length === 0 ? '' : `${style.bold('Next')}\n${lines.join('')}`;
}

interface Judged {
  readonly code: string;
  readonly level: FindingLevel | 'ok' | 'not-checked';
  readonly message: string;
  readonly hint: string | null;
}

/**
 * Its mark, message, code and the place that it is about, where there is one; below them
 * what to do.
 */
export function formatJudged(
  { code, level, message, hint }: Judged,
  style: Style,
  place?: string,
): string {
  const where = place === undefined ? '' : ` · ${onOneLine(place)}`;
  const mark = level === 'not-checked' ? 'info' : level;
  const head = style.mark(mark, `${onOneLine(message)} ${style.dim(`[${code}]${where}`)}`);
  return `${head}\n${hint === null ? '' : `  ${onOneLine(hint)}\n`}`;
}

/**
 * Each finding with its mark, message and hint, and a blank line between them; empty
 * without findings.
 */
export function formatFindings(findings: readonly Finding[], style: Style): string {
  return inParts(...findings.map((finding) => formatJudged(finding, style)));
}

/** Without what only `inspect` tells: infos change nothing about what is done. */
export function formatConcerns(findings: readonly Finding[], style: Style): string {
  return formatFindings(concerns(findings), style);
}

export function concerns(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ level }) => level !== 'info');
}

/** `1 error and 2 warnings`; nothing for neither. */
export function countConcerns(findings: readonly Pick<Judged, 'level'>[]): string {
  return (['error', 'warning'] as const)
    .map((level) => ({
      level,
      number: findings.filter((finding) => finding.level === level).length,
    }))
    .filter(({ number }) => number > 0)
    .map(({ level, number }) => count(number, level))
    .join(' and ');
}
