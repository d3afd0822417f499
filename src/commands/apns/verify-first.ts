import type { Context } from '../../context.ts';
import type { ApnsHostOptions } from '../../inputs/options.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import type { SetPlan } from './set-plan.ts';
import type { Verification } from './verification.ts';

/** What APNs says, and the world for what comes after it: the bound on the wait for the network is on all of it. */
interface Verified {
  readonly verification: Verification | null;
  readonly rest: Context;
}

/**
 * Asks APNs before anybody signs in or is asked; for null, nobody, and nothing of it is loaded.
 * @throws {CliError} what askApns throws
 */
export async function verifyFirst(
  identity: PushIdentity | null,
  { topic }: SetPlan,
  options: ApnsHostOptions,
  context: Context,
): Promise<Verified> {
  if (identity === null) return { verification: null, rest: context };
  const started = performance.now();
  const { apnsTargetOf } = await import('../../access/apns.ts');
  const { verifyIdentity } = await import('./verification.ts');
  const target = { ...apnsTargetOf(identity, options, context), topic };
  const verification = await verifyIdentity(identity, target, options, context);
  return { verification, rest: afterWaiting(context, performance.now() - started) };
}

/** The same world with less time, in milliseconds. */
function afterWaiting(context: Context, waited: number): Context {
  const left = (timeout: number): number => Math.max(1, timeout - waited);
  return { ...context, http: (options) => context.http({ ...options, timeout: left(options.timeout) }) };
}
