import type { Environment } from '../../../context.ts';
import { judgingOf } from '../../../settings/certificate.ts';
import { onOneLine } from '../../../text/printable.ts';
import { type Fleet, formatShard } from '../file/fleet.ts';
import { givenShard } from '../open-fleet.ts';
import { type ApplyOptions, applyOptions, type FleetPlanOptions } from '../options.ts';
import type { PlannedSelection, PlannedTerms, SavedPlan } from './saved-plan.ts';

/** The options that a saved plan keeps. */
type TermOptions = Pick<ApplyOptions, keyof ApplyOptions & keyof FleetPlanOptions>;

/** The terms of a plan, with the defaults. */
export function termsOf(options: TermOptions, { warnDays }: Pick<Fleet, 'warnDays'>): PlannedTerms {
  const { all = false, canary = null, concurrency, maxFailures = null } = options;
  const { prove = false, proveUser = null, proveTimeout, hook, hookArg = [] } = options;
  const judging = judgingOf({ ...options, warnDays: options.warnDays ?? warnDays ?? undefined });
  return {
    failOn: judging.failOn,
    force: judging.force,
    warnDays: judging.warnDays,
    all,
    concurrency: concurrency ?? applyOptions.concurrency.default,
    maxFailures,
    canary,
    prove,
    proveUser,
    proveTimeout: prove ? (proveTimeout ?? applyOptions.proveTimeout.default) : null,
    hook: hook === undefined ? null : [hook, ...hookArg],
  };
}

/** The terms as a sentence, for the person who approves them. */
export function wordsForTerms(terms: PlannedTerms): string {
  const { canary, maxFailures, hook } = terms;
  const words = [
    ...(terms.force ? ['--force'] : []),
    ...(terms.all ? ['--all'] : []),
    ...(terms.prove ? ['--prove'] : []),
    ...(terms.failOn === 'warning' ? ['--fail-on warning'] : []),
    ...(canary === null ? [] : [`--canary ${onOneLine(canary)}`]),
    ...(maxFailures === null ? [] : [`--max-failures ${maxFailures}`]),
    ...(hook === null ? [] : [`--hook ${onOneLine(hook[0] ?? '')}`]),
    `--concurrency ${terms.concurrency}`,
  ];
  const missing = [
    ...(canary === null ? ['no canary'] : []),
    ...(maxFailures === null ? ['no limit of failures'] : []),
  ];
  const without = missing.length === 0 ? '' : `; ${missing.join(', ')}`;
  return `The plan's terms: ${words.join(' ')}${without}.`;
}

/** The order of names does not matter. */
export function selectionOf({ only, label }: TermOptions, shard: string | null): PlannedSelection {
  return {
    only: only === undefined ? null : sorted(only),
    label: label === undefined ? null : sorted(label),
    shard,
  };
}

function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

/**
 * The options of an apply as the plan has them. Those that were given stay, to be
 * compared, and so does the hook, which runs only if it was given.
 */
export function optionsUnder(
  options: ApplyOptions,
  { selection, terms }: SavedPlan,
  env: Environment,
): ApplyOptions {
  const shard = givenShard(options, env);
  return {
    ...options,
    only: options.only ?? selection.only ?? undefined,
    label: options.label ?? selection.label ?? undefined,
    shard: shard === null ? (selection.shard ?? undefined) : formatShard(shard),
    failOn: options.failOn ?? terms.failOn,
    force: options.force ?? terms.force,
    warnDays: options.warnDays ?? terms.warnDays,
    all: options.all ?? terms.all,
    concurrency: options.concurrency ?? terms.concurrency,
    maxFailures: options.maxFailures ?? terms.maxFailures ?? undefined,
    canary: options.canary ?? terms.canary ?? undefined,
    prove: options.prove ?? terms.prove,
    proveUser: options.proveUser ?? terms.proveUser ?? undefined,
    proveTimeout: options.proveTimeout ?? terms.proveTimeout ?? undefined,
  };
}
