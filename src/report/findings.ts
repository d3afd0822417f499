import type { Finding, FindingLevel } from '../checks/finding.ts';
import type { Style } from '../terminal/style.ts';
import { count } from '../text/phrasing.ts';
import { onOneLine } from '../text/printable.ts';

/** Anything that was judged: a finding, or a check of the machine. */
interface Judged {
  readonly code: string;
  readonly level: FindingLevel | 'ok';
  readonly message: string;
  readonly hint: string | null;
}

const signs: Readonly<Record<Judged['level'], string>> = {
  error: '✗ error',
  warning: '! warning',
  info: 'i info',
  ok: '✓',
};

/** Each finding with its symbol, message and hint; empty without findings. */
export function formatFindings(findings: readonly Finding[], style: Style): string {
  return findings.map((finding) => formatJudged(finding, style)).join('');
}

/** Without what only `inspect` tells: infos change nothing about what is done. */
export function formatConcerns(findings: readonly Finding[], style: Style): string {
  return formatFindings(concerns(findings), style);
}

/** Errors and warnings. */
export function concerns(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ level }) => level !== 'info');
}

/** `1 error and 2 warnings`; nothing for neither. */
export function countConcerns(findings: readonly Finding[]): string {
  return (['error', 'warning'] as const)
    .map((level) => ({ level, number: findings.filter((finding) => finding.level === level).length }))
    .filter(({ number }) => number > 0)
    .map(({ level, number }) => count(number, level))
    .join(' and ');
}

/** Its sign, message and code; below them the place that it is about, where there is one, and what to do. */
export function formatJudged({ code, level, message, hint }: Judged, style: Style, place?: string): string {
  const color = { error: style.red, warning: style.yellow, info: style.cyan, ok: style.green }[level];
  const head = `${color(signs[level])} ${onOneLine(message)} ${style.dim(`[${code}]`)}\n`;
  const where = place === undefined ? '' : `    ${style.bold(onOneLine(place))}\n`;
  return `${head}${where}${hint === null ? '' : `    ${onOneLine(hint)}\n`}`;
}
