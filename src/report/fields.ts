import type { Finding, FindingLevel } from '../checks/finding.ts';
import type { Style } from '../terminal/style.ts';
import { type Entry, formatEntries, padded, widthOf } from '../text/layout.ts';
import { count } from '../text/phrasing.ts';
import { inCell, onOneLine } from '../text/printable.ts';

/** Lines of name and value, the values aligned. */
export function formatFields(fields: readonly Entry[], style: Style): string {
  const entries = fields.map(([name, value]): Entry => [style.dim(inCell(name)), inCell(value)]);
  return formatEntries(entries, style.columns);
}

/** Rows under a header, columns as wide as their widest cell; where that is too wide, a block of fields per row. Cells may be colored. */
export function formatTable(
  head: readonly string[],
  cells: readonly (readonly string[])[],
  style: Style,
): string {
  const rows = cells.map((row) => row.map(inCell));
  const widths = head.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? '')), widthOf(title)),
  );
  if (widths.reduce((sum, width) => sum + width + 2, -2) > style.columns)
    return rows
      .map((row) =>
        formatFields(
          head.map((title, column) => [title.trim(), row[column] ?? '']),
          style,
        ),
      )
      .join('\n');
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [style.dim(line(head)), ...rows.map(line)].map((text) => `${text}\n`).join('');
}

/** A table in Markdown, its columns padded so that it can be read as it is. Cells are our own text, without `|` or line breaks. */
export function formatMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[], filler = ' '): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, filler)).join(' | ')} |\n`;
  return [line(head), line([], '-'), ...rows.map((row) => line(row))].join('');
}

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
