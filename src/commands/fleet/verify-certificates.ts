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
 * Asks APNs about each certificate to send, once. A certificate that it rejects blocks
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
  /** By the name of the certificate; null: it is accepted. */
  const rejections = new Map<string, CliError | null>();
  for (const { tenant, judged, action } of planned) {
    const declared = tenant.certificate;
    if (declared === null || judged === null || judged.identity === null) continue;
    if (!changes(action) && action !== 'same') continue;
    requireFitHost(tenant.url, apns);
    if (rejections.has(declared.name)) continue;
    const given = { ...apns, topic: judged.topic, environment: declared.environment };
    const asking = { options, context };
    rejections.set(declared.name, await verifyOne(declared.name, judged.identity, given, asking));
  }
  return planned.map((item) => {
    const { certificate: declared } = item.tenant;
    const rejection = declared === null ? null : (rejections.get(declared.name) ?? null);
    return rejection === null ? item : { ...item, action: 'blocked', error: rejection };
  });
}

interface Asking {
  readonly options: GlobalOptions;
  readonly context: Context;
}

/** Resolves to the rejection; null: the certificate is accepted. @throws {CliError} */
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
  // No code is about APNs' own rejections: the sentence tells who it was.
  return new CliError('tenant-refused', words);
}
