import { requireFitHost } from '../../certificate/apns-host.ts';
import { apnsTargetOf, requirePair, verifyIdentity } from '../../certificate/ask-apns.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { wordsForRejection } from '../../report/fields.ts';
import { type GivenApns, givenApns } from '../../settings/certificate.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { networkOf } from '../../settings/resolve.ts';
import type { PlannedTenant } from './plan-fleet.ts';
import { changes } from './report.ts';

const noOptions = { topic: undefined, environment: undefined, apnsHost: undefined };

/**
 * Asks APNs about each certificate to send, once. A certificate that it refuses blocks
 * its tenants.
 * @throws {CliError} usage: a stand-in on this machine for a tenant elsewhere;
 *   apns-unreachable and similar
 */
export async function verifyCertificates(
  planned: readonly PlannedTenant[],
  options: GlobalOptions,
  context: Context,
): Promise<readonly PlannedTenant[]> {
  const apns = givenApns(noOptions, context.env);
  const refusals = new Map<string, CliError | null>();
  for (const { tenant, certificate, action } of planned) {
    const { name, environment } = tenant.certificate ?? { name: '', environment: null };
    if (certificate?.identity == null || !(changes(action) || action === 'same')) continue;
    requireFitHost(tenant.url, apns);
    if (refusals.has(name)) continue;
    const given = { ...apns, topic: certificate.topic, environment };
    const { identity } = certificate;
    refusals.set(name, await verifyOne(name, identity, given, { options, context }));
  }
  return planned.map((item) => {
    const refusal = refusals.get(item.tenant.certificate?.name ?? '') ?? null;
    return refusal === null ? item : { ...item, action: 'blocked', error: refusal };
  });
}

interface Asking {
  readonly options: GlobalOptions;
  readonly context: Context;
}

/** Resolves to the refusal, or to null. @throws {CliError} */
async function verifyOne(
  name: string,
  identity: PushIdentity,
  given: GivenApns,
  { options, context }: Asking,
): Promise<CliError | null> {
  const target = apnsTargetOf(identity, given);
  const pair = requirePair(identity);
  const network = networkOf(options, {}, context);
  const { accepted, explanation, host, isApple } = await verifyIdentity(
    pair,
    target,
    network,
    context,
  );
  if (accepted) return null;
  const rejection = wordsForRejection({ host, isApple }, `the certificate ${name}`);
  const words = `${rejection}: ${explanation.replace(/\.$/, '')}`;
  return new CliError('tenant-refused', words);
}
