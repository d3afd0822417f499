import type { Style } from '../../terminal/style.ts';
import { harmless, onOneLine } from '../../text/printable.ts';
import type { Step } from './steps.ts';

export interface BootstrapReport {
  readonly tenant: string;
  /** Null where the tenant does not tell. */
  readonly user: string | null;
  readonly steps: readonly ReportedStep[];
  readonly dryRun: boolean;
  readonly ok: boolean;
  /** What ended it, where not all was done. */
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hints: readonly string[];
  } | null;
}

export interface ReportedStep extends Step {
  /** Whether reading again showed it; null where nothing was done, or where the tenant does not tell. */
  readonly verified: boolean | null;
}

/** One line a step, and below it one a field that is to be different. */
export function formatSteps(steps: readonly Step[], style: Style, mark?: (step: Step) => string): string {
  const widest = Math.max(0, ...steps.map(({ step }) => step.length));
  return steps
    .map((step) => {
      const colored = step.action === 'keep' ? style.dim : step.action === 'remove' ? style.red : style.green;
      const action = colored(step.action.padEnd(6));
      const line = `  ${action}  ${step.step.padEnd(widest)}  ${style.bold(onOneLine(step.name))}${mark?.(step) ?? ''}\n`;
      return `${line}${step.changes.map((change) => `            ${formatChange(change)}\n`).join('')}`;
    })
    .join('');
}

function formatChange({ field, old, new: next }: Step['changes'][number]): string {
  return old === null ? `${field}: ${shown(next)}` : `${field}: ${shown(old)} → ${shown(next)}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : onOneLine(String(value));
}

export function formatReport(report: BootstrapReport, style: Style): string {
  const { tenant, steps, dryRun, ok, error } = harmless(report);
  // Whoever was asked has just read the changes.
  const shown = dryRun || !style.conversation ? steps : steps.map((step) => ({ ...step, changes: [] }));
  const list = formatSteps(shown, style, (step) => marked(step as ReportedStep, style, dryRun));
  return `${headline(tenant, steps, { dryRun, ok }, style)}\n${list}${
    error === null
      ? ''
      : `\n${style.red('✗')} ${error.message}.\n${error.hints.map((hint) => `  ${hint}\n`).join('')}`
  }`;
}

function headline(
  tenant: string,
  steps: readonly ReportedStep[],
  { dryRun, ok }: { dryRun: boolean; ok: boolean },
  style: Style,
): string {
  const open = steps.filter(({ action }) => action !== 'keep');
  if (!ok) return `${style.red('✗')} ${tenant}: done in part.`;
  if (open.length === 0) return `${style.green('✓')} ${tenant}: nothing to do.`;
  if (dryRun) return `${tenant}: this would be done; nothing was.`;
  const unknown = open.some(({ verified }) => verified === null);
  return unknown
    ? `${style.green('✓')} ${tenant}: done. What the tenant tells was verified by reading it again.`
    : `${style.green('✓')} ${tenant}: done, and verified by reading it again.`;
}

function marked({ action, verified }: ReportedStep, style: Style, dryRun: boolean): string {
  if (action === 'keep' || dryRun) return '';
  if (verified === true) return `  ${style.green('✓ verified')}`;
  const wrong = action === 'remove' ? '✗ still there' : '✗ not there';
  return verified === false ? `  ${style.red(wrong)}` : `  ${style.yellow('not told by the tenant')}`;
}
