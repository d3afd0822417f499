import type { Finding, FindingLevel } from '../checks/finding.ts';
import type { Style } from '../terminal/style.ts';
import { count } from '../text/count.ts';
import { onOneLine } from '../text/printable.ts';

const signs: Readonly<Record<FindingLevel, string>> = { error: '✗', warning: '!', info: 'i' };

/** Each finding with its symbol, message and hint; empty without findings. */
export function formatFindings(findings: readonly Finding[], style: Style): string {
  return findings.map((finding) => formatFinding(finding, style)).join('');
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

function formatFinding({ code, level, message, hint }: Finding, style: Style): string {
  const colour = { error: style.red, warning: style.yellow, info: style.cyan }[level];
  const head = `${colour(`${signs[level]} ${level}`)} ${onOneLine(message)} ${style.dim(`[${code}]`)}`;
  return `${head}\n    ${hint}\n`;
}
