import { type ApnsIdentity, apnsOrigin, type Push, type PushAnswer } from '../apple/apns.ts';
import { CertificateRefused } from '../apple/failure.ts';
import { explainAnswer } from '../apple/reasons.ts';
import type { Context, HttpOptions } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { orderChain } from '../pkcs12/chain.ts';
import type { ApnsEnvironment, PushIdentity } from '../pkcs12/model.ts';
import { pairOf } from '../pkcs12/pair.ts';
import type { GivenApns } from '../settings/given-apns.ts';

/** Which APNs is spoken to, and about which app. */
export interface ApnsTarget {
  readonly topic: string | null;
  readonly environment: ApnsEnvironment;
  readonly origin: URL;
}

/** The target for an identity: unless said otherwise the topic is the bundle ID, and production where it is served. @throws {CliError} usage */
export function apnsTargetOf(
  { certificate }: PushIdentity,
  { topic, environment: given, host }: GivenApns,
): ApnsTarget {
  const onlySandbox = certificate?.environments.length === 1 && certificate.environments[0] === 'sandbox';
  const environment = given ?? (onlySandbox ? 'sandbox' : 'production');
  return {
    topic: topic ?? certificate?.bundleId ?? null,
    environment,
    origin: apnsOrigin(environment, host ?? undefined),
  };
}

/** What came of a push. */
export interface ApnsOutcome {
  /** Null where TLS ended the connection. */
  readonly answer: PushAnswer | null;
  readonly explanation: string;
}

/**
 * Sends one push as the identity of a .p12. A certificate that is refused by TLS is an outcome too.
 * @throws {CliError} usage (a bad setting, or a certificate without its key), and what Apns throws
 */
export async function askApns(
  push: Push,
  { identity, origin }: { readonly identity: PushIdentity; readonly origin: URL },
  network: HttpOptions,
  context: Context,
): Promise<ApnsOutcome> {
  const apns = await context.apns({ ...network, identity: requirePair(identity), origin });
  const progress = context.terminal.progress(`Asking ${origin.host}`);
  try {
    const answer = await apns.send(push);
    return { answer, explanation: explainAnswer(answer) };
  } catch (error) {
    if (!(error instanceof CertificateRefused)) throw error;
    return { answer: null, explanation: `${error.message}.` };
  } finally {
    progress.stop();
    apns.close();
  }
}

/** @throws {CliError} usage */
function requirePair(identity: PushIdentity): ApnsIdentity {
  const pair = pairOf(identity);
  if (pair === null)
    throw new CliError('usage', 'A file without a certificate and its private key cannot connect to APNs');
  const { certificate, privateKey } = pair;
  const certificates = [certificate, ...orderChain(certificate, identity.chain).ordered].map(
    ({ der }) => der,
  );
  return { key: privateKey, certificates };
}
