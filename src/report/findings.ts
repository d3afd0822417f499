import type { Finding, FindingLevel } from '../checks/finding.ts';
import type { Style } from '../terminal/style.ts';
import { onOneLine } from '../text/printable.ts';

const signs: Readonly<Record<FindingLevel, string>> = { error: '✗', warning: '!', info: 'i' };

/** Each finding with its symbol, message and hint; empty without findings. */
export function formatFindings(findings: readonly Finding[], style: Style): string {
  return findings.map((finding) => formatFinding(finding, style)).join('');
}

function formatFinding({ code, level, message, hint }: Finding, style: Style): string {
  const colour = { error: style.red, warning: style.yellow, info: style.cyan }[level];
  const head = `${colour(`${signs[level]} ${level}`)} ${onOneLine(message)} ${style.dim(`[${code}]`)}`;
  return `${head}\n    ${hint}\n`;
}
