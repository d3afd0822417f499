import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { nearestName } from '../../text/phrasing.ts';
import type { ApplyLimits } from './apply-plan.ts';
import type { Fleet } from './file/fleet.ts';

/** Options that bound what `apply` does at once, and how far it goes. */
export interface LimitOptions {
  readonly concurrency?: string;
  readonly all?: boolean;
  readonly canary?: string;
  readonly maxFailures?: string;
}

const defaultConcurrency = 8;
/** More connections than that help no network. */
const highestConcurrency = 256;

/** @throws {CliError} usage */
export function limitsOf(
  { concurrency, all = false, canary, maxFailures }: LimitOptions,
  { tenants }: Fleet,
  { signal }: Context,
): ApplyLimits {
  if (canary !== undefined)
    requireName(
      canary,
      tenants.map(({ name }) => name),
    );
  return {
    concurrency: numberOf(concurrency, 'concurrency', highestConcurrency) ?? defaultConcurrency,
    all,
    canary: canary ?? null,
    maxFailures: numberOf(maxFailures, 'max-failures', 1_000_000) ?? Number.POSITIVE_INFINITY,
    interrupt: signal,
  };
}

function numberOf(text: string | undefined, option: string, highest: number): number | null {
  if (text === undefined) return null;
  const number = Number(text);
  if (/^\d{1,7}$/.test(text) && number >= 1 && number <= highest) return number;
  throw new CliError('usage', `--${option} takes a number from 1 to ${highest}, not "${text}"`);
}

function requireName(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const near = nearestName(name.slice(0, 100), known);
  const guess = near === undefined ? '' : `; did you mean ${near}?`;
  throw new CliError(
    'usage',
    `The canary ${JSON.stringify(name)} is not among the tenants that are meant${guess}`,
  );
}
