import { inParts, withMoments } from '../../report/fields.ts';
import { countConcerns, formatJudged } from '../../report/findings.ts';
import { formatMarkdownTable, formatTable } from '../../report/table.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import type { Verdict } from './check.ts';
import type { DoctorOptions } from './options.ts';
import type { ProbeRow } from './probe.ts';

export interface Check extends Omit<Verdict, 'hint'> {
  readonly code: string;
  /** How to fix it; null: nothing to fix. */
  readonly hint: string | null;
}

export interface DoctorReport {
  readonly checks: readonly Check[];
  /** False exactly when a check has level `error`. */
  readonly ok: boolean;
  /** True if only the network on the way to the tenant failed. */
  readonly unreachable?: true;
  /** With `--probe`, in place of the checks, which name tenants and users. */
  readonly probe?: readonly ProbeRow[];
}

export function formatDoctor(
  { checks, probe }: DoctorReport,
  style: Style,
  { verbose = false }: Pick<DoctorOptions, 'verbose'>,
  now: Date,
): string {
  if (probe !== undefined) return verbose ? formatTableOf(probe, style) : formatFound(probe, style);
  const shown = checks.map((check) => ({ ...check, message: withMoments(check.message, now) }));
  const urgent = (['error', 'warning', 'not-checked'] as const).flatMap((wanted) =>
    shown.filter(({ level }) => level === wanted).map((check) => formatJudged(check, style)),
  );
  const passed = shown.filter(({ level }) => level === 'ok');
  const fine = verbose ? formatPassed(passed, style) : foldPassed(passed.length, style);
  return inParts(`${verdict(checks, style)}\n`, ...urgent, fine);
}

function verdict(checks: readonly Check[], style: Style): string {
  const mark = (['error', 'warning'] as const).find((wanted) =>
    checks.some(({ level }) => level === wanted),
  );
  return style.verdict(mark ?? 'ok', countConcerns(checks) || 'No problems found');
}

function formatPassed(passed: readonly Check[], style: Style): string {
  return passed
    .map(({ message, code }) => {
      const text = style.dim(`${onOneLine(message)} [${code}]`);
      return `${style.mark('ok', text)}\n`;
    })
    .join('');
}

function foldPassed(passed: number, style: Style): string {
  if (passed === 0) return '';
  const text = style.dim(`${count(passed, 'check')} passed; --verbose lists them`);
  return `${style.mark('ok', text)}\n`;
}

function formatTableOf(rows: readonly ProbeRow[], style: Style): string {
  const head = ['assumption', 'found', 'evidence'];
  const cells = rows.map(({ assumption, found, evidence }) => [assumption, found ?? '-', evidence]);
  return Number.isFinite(style.columns)
    ? formatTable(head, cells, style)
    : formatMarkdownTable(head, cells);
}

/** The behaviors that the probe found out, and the number of those that are open. */
function formatFound(rows: readonly ProbeRow[], style: Style): string {
  const found = rows.filter((row) => row.found !== null);
  const [only, ...others] = new Set(rows.map(({ evidence }) => evidence));
  if (found.length === 0 && others.length === 0)
    return `${style.verdict('error', `Found out nothing: ${only}`)}\n`;
  const head = `Found out ${found.length} of ${rows.length} undocumented behaviors of this tenant`;
  const open = `${rows.length - found.length} are open; --verbose lists them, each with its reason`;
  return inParts(
    `${style.verdict('ok', head)}\n`,
    found.map((row) => formatEvidence(row, style)).join(''),
    `${style.mark('info', open)}\n`,
  );
}

function formatEvidence({ assumption, found, evidence }: ProbeRow, style: Style): string {
  return `${style.bold(`${assumption}: ${found}`)}\n  ${onOneLine(evidence)}\n`;
}
