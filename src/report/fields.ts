import type { Finding, FindingLevel } from '../checks/finding.ts';
import type { Style } from '../terminal/style.ts';
import { type Entry, formatEntries, padded, widthOf } from '../text/layout.ts';
import { count } from '../text/phrasing.ts';
import { inCell, onOneLine } from '../text/printable.ts';

type Field = readonly [name: string, value: string | null];

/** Lines of name and value, the values aligned. */
export function formatFields(fields: readonly Field[], style: Style): string {
  const entries = fields.flatMap(([name, value]): Entry[] =>
    value === null ? [] : [[style.dim(inCell(name)), inCell(value)]],
  );
  return formatEntries(entries, style.columns);
}

/** Parts of a report with a blank line between them, but for those that are empty. */
export function inParts(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

/** Rows under a header, columns as wide as their widest cell; where that is too wide, a block of fields per row. Cells may be colored. */
export function formatTable(
  head: readonly string[],
  cells: readonly (readonly string[])[],
  style: Style,
): string {
  const rows = cells.map((row) => row.map(inCell));
  const widths = widthsOf(head, rows);
  if (widthOfTable(head, rows) > style.columns)
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

function widthsOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly number[] {
  return head.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? '')), widthOf(title)),
  );
}

/** Columns that a table takes, with two between its own. Cells may be colored. */
export function widthOfTable(head: readonly string[], rows: readonly (readonly string[])[]): number {
  return widthsOf(head, rows).reduce((sum, width) => sum + width + 2, -2);
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

interface Judged {
  readonly code: string;
  readonly level: FindingLevel | 'ok' | 'not-checked';
  readonly message: string;
  readonly hint: string | null;
}

const marks: Readonly<Record<Judged['level'], string>> = {
  error: '✗',
  warning: '!',
  info: 'i',
  ok: '✓',
  'not-checked': '?',
};

/** Each finding with its mark, message and hint, and a blank line between them; empty without findings. */
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
export function countConcerns(findings: readonly Finding[]): string {
  return (['error', 'warning'] as const)
    .map((level) => ({ level, number: findings.filter((finding) => finding.level === level).length }))
    .filter(({ number }) => number > 0)
    .map(({ level, number }) => count(number, level))
    .join(' and ');
}

/** Its mark, message and code; below them the place that it is about, where there is one, and what to do. */
export function formatJudged({ code, level, message, hint }: Judged, style: Style, place?: string): string {
  const color = {
    error: style.red,
    warning: style.yellow,
    info: style.cyan,
    ok: style.green,
    'not-checked': style.cyan,
  }[level];
  const head = `${color(marks[level])} ${onOneLine(message)} ${style.dim(`[${code}]`)}\n`;
  const where = place === undefined ? '' : `  ${style.bold(onOneLine(place))}\n`;
  return `${head}${where}${hint === null ? '' : `  ${onOneLine(hint)}\n`}`;
}

/** `2027-12-24 (395 days left)`, colored by how many are left. */
export function formatDaysLeft(notAfter: string, daysLeft: number, style: Style, warnDays = 30): string {
  const day = notAfter.slice(0, 10);
  if (daysLeft < 0) return style.red(`${day} (expired)`);
  const text = `${day} (${count(daysLeft, 'day')} left)`;
  return daysLeft <= warnDays ? style.yellow(text) : style.green(text);
}

/** ISO 8601 to the second, as certificates have it. */
export function isoDate(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

/** In English whatever the locale, as everything else. */
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `4 Dec 2026`, the day in UTC, as certificates have it. */
export function formatDay(date: Date): string {
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `25 Nov 04:45 (in 5 h)`, in the time zone of this machine; with the year where it is not this one. */
export function formatMoment(date: Date, now: Date): string {
  const year = date.getFullYear() === now.getFullYear() ? '' : ` ${date.getFullYear()}`;
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  return `${date.getDate()} ${months[date.getMonth()]}${year} ${time} (${distance(date, now)})`;
}

/** A sentence of a report, in which the moments are ISO 8601, as a person reads it. */
export function withMoments(sentence: string, now: Date): string {
  return sentence.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) => {
    const date = new Date(iso);
    return Number.isNaN(date.getTime()) ? iso : formatMoment(date, now);
  });
}

/** `in 5 h`, `12 min ago`, `now`: rounded, in the largest unit of which there is one. */
function distance(date: Date, now: Date): string {
  const hours = (date.getTime() - now.getTime()) / 3_600_000;
  const inUnits = (units: number): number => Math.round(Math.abs(hours * units));
  const [minutes, wholeHours] = [inUnits(60), inUnits(1)];
  // Days are whole ones everywhere.
  const days = Math.max(1, Math.floor(Math.abs(hours) / 24));
  if (minutes === 0) return 'now';
  const length = minutes < 60 ? `${minutes} min` : wholeHours < 24 ? `${wholeHours} h` : count(days, 'day');
  return hours > 0 ? `in ${length}` : `${length} ago`;
}

/** How many iPhones are enrolled at a tenant, for a person; null: it does not tell. */
export function wordsForPhones(
  phones: { readonly enrolled: number; readonly seenIn30Days: number | null } | null,
): string {
  if (phones === null) return 'the tenant does not tell how many iPhones are enrolled';
  const { enrolled, seenIn30Days } = phones;
  const seen = seenIn30Days === null ? '' : `, ${seenIn30Days} of them seen in the last 30 days`;
  return `${count(enrolled, 'iPhone')} enrolled, whichever app${seen}`;
}

/** A tenant's answer about a key, in the few words that a table has for it. */
export function wordsForHeld(held: { readonly outcome: string; readonly topic: string | null }): string {
  const { outcome, topic } = held;
  if (outcome === 'same') return 'the same topic';
  if (outcome === 'unknown') return 'unknown';
  return topic === null ? 'none' : `another topic: ${topic}`;
}

/** The answer of APNs about a certificate, in the few words that a line has for it. */
export function wordsForApns(verification: {
  readonly accepted: boolean;
  readonly environment: string;
  readonly explanation: string;
}): string {
  const { accepted, environment, explanation } = verification;
  return accepted ? `accepts this certificate (${environment})` : explanation;
}
