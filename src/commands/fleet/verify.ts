import type { Context } from '../../context.ts';
import { apnsTargetOf, verifyIdentity } from '../../delivery/apns.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { GlobalOptions } from '../../settings/settings.ts';
import { variable } from '../../settings/variable.ts';
import { fleetNetwork } from './fleet-tenant.ts';
import type { PlannedTenant } from './make-plan.ts';
import { changes } from './outcome-report.ts';

/**
 * Asks APNs about each certificate that is to be sent, once. What it does not accept blocks its tenants.
 * @throws {CliError} apns-unreachable and its like: whoever asks for the question needs its answer
 */
export async function verifyFleet(
  planned: readonly PlannedTenant[],
  context: Context,
  options: GlobalOptions,
): Promise<readonly PlannedTenant[]> {
  const host = variable(context.env, 'MFA_CLI_APNS_HOST') ?? null;
  const network = fleetNetwork(options, context);
  const refusals = new Map<string, CliError | null>();
  for (const { tenant, certificate, action } of planned) {
    const declared = tenant.certificate;
    if (declared === null || certificate === null || !(changes(action) || action === 'same')) continue;
    if (refusals.has(declared.name)) continue;
    const { name, environment } = declared;
    const target = apnsTargetOf(certificate.identity, { topic: certificate.topic, environment, host });
    const { accepted, explanation } = await verifyIdentity(certificate.identity, target, network, context);
    const words = explanation.replace(/\.$/, '');
    refusals.set(
      name,
      accepted
        ? null
        : new CliError('tenant-refused', `APNs does not accept the certificate ${name}: ${words}`),
    );
  }
  return planned.map((item) => {
    const refusal = refusals.get(item.tenant.certificate?.name ?? '') ?? null;
    return refusal === null ? item : { ...item, action: 'blocked', error: refusal };
  });
}
