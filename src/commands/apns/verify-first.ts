import { hasErrors } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import type { Verification } from '../../delivery/apns.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import type { Settings } from '../../settings/settings.ts';
import type { SetPlan } from './set-plan.ts';

/** Whether APNs is asked before anything is sent. */
export type Verifying = boolean | 'if-reachable';

/** What is waited for an APNs that nobody asked for, in milliseconds. */
const courtesy = 3000;

/**
 * What APNs says, before anybody signs in; null where it is not asked. `if-reachable` leaves out what has errors, which is
 * sent by force, and takes an APNs that cannot be reached for a note. What speaks with it is loaded for that only.
 */
export async function verifyFirst(
  verify: Verifying,
  identity: PushIdentity,
  { apns, network }: Settings,
  { findings }: SetPlan,
  context: Context,
): Promise<Verification | null> {
  if (verify === false || (verify === 'if-reachable' && hasErrors(findings))) return null;
  const { apnsTargetOf } = await import('../../delivery/apns.ts');
  const { verifyIdentity } = await import('../../delivery/apns.ts');
  const target = apnsTargetOf(identity, apns);
  if (verify === true) return verifyIdentity(identity, target, network, context);
  const bounded = { ...network, timeout: Math.min(network.timeout, courtesy) };
  try {
    return await verifyIdentity(identity, target, bounded, context);
  } catch (error) {
    if (!(error instanceof CliError) || !error.code.startsWith('apns-')) throw error;
    context.terminal.note(`APNs was not asked about the certificate: ${error.message}.`);
    return null;
  }
}
