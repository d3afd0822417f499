import type { RunOptions } from '../../change/run/run-all-jobs.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireUserName } from '../../settings/given-texts.ts';
import { nearestName } from '../../text/nearest-name.ts';
import { guess, quoted } from './file/faults.ts';
import type { Fleet, FleetTenant } from './file/fleet.ts';
import { type ApplyOptions, applyOptions } from './options.ts';
import type { PlannedTenant } from './plan-fleet.ts';

/** How much of a plan an apply does, and in which order. */
export interface ApplyLimits extends Pick<RunOptions, 'concurrency' | 'maxFailures'> {
  /** The name of the tenant that goes first: the others follow only if it succeeds. */
  readonly canaryName: string | null;
  /** Whether tenants with the action `same` or `absent` are included. */
  readonly all: boolean;
}

/** The options of an apply, or of a plan for one, that limit it. */
type LimitOptions = Pick<
  ApplyOptions,
  'concurrency' | 'all' | 'canary' | 'maxFailures' | 'prove' | 'proveUser' | 'proveTimeout'
>;

/** @throws {CliError} usage: the canary is not selected, or a proof has none */
export function limitsOf(options: LimitOptions, { tenants }: Fleet): ApplyLimits {
  const { concurrency, all = false, canary, maxFailures } = options;
  requireProvable(options);
  if (canary !== undefined) requireName(canary, tenants);
  return {
    concurrency: concurrency ?? applyOptions.concurrency.default,
    all,
    canaryName: canary ?? null,
    maxFailures: maxFailures ?? Number.POSITIVE_INFINITY,
  };
}

function requireProvable({ canary, prove, proveUser, proveTimeout }: LimitOptions): void {
  requireUserName(proveUser, '--prove-user NAME');
  if (prove === true && canary === undefined)
    throw new CliError('usage', '--prove needs --canary', { facts: { option: '--canary NAME' } });
  if (prove !== true && proveUser !== undefined)
    throw new CliError('usage', '--prove-user needs --prove', { facts: { option: '--prove' } });
  if (prove !== true && proveTimeout !== undefined)
    throw new CliError('usage', '--prove-timeout needs --prove', { facts: { option: '--prove' } });
}

function requireName(name: string, tenants: readonly FleetTenant[]): void {
  const names = tenants.map((tenant) => tenant.name);
  if (names.includes(name)) return;
  const near = guess(nearestName(name.slice(0, 100), names));
  throw new CliError(
    'usage',
    `The canary ${quoted(name)} is not one of the selected tenants${near}`,
  );
}

/**
 * The host of the canary, whose other jobs go with it, as their order counts; null:
 * nothing is due there.
 */
export function canaryHost(due: readonly PlannedTenant[], canary: string | null): string | null {
  const item = due.find(({ tenant }) => tenant.name === canary);
  return item === undefined ? null : new URL(item.tenant.url).host;
}
