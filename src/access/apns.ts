import { CertificateRefused } from '../apple/push/alerts.ts';
import type { ApnsIdentity, Push, PushAnswer } from '../apple/push/apns.ts';
import { apnsOrigin } from '../apple/push/hosts.ts';
import { explainAnswer } from '../apple/push/reasons.ts';
import { checkPushIdentity } from '../checks/check-push-identity.ts';
import type { Finding } from '../checks/finding.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { ApnsHostOptions } from '../inputs/options.ts';
import { resolveHttp, sourcesOf, variable } from '../inputs/settings.ts';
import { orderChain } from '../pkcs12/chain.ts';
import type { Environment, PushIdentity } from '../pkcs12/model.ts';

/** What the command line says about the way to APNs. */
export interface ApnsTargetOptions extends ApnsHostOptions {
  readonly topic?: string;
}

/** Which APNs is spoken to, and about which app. */
export interface ApnsTarget {
  readonly topic: string | null;
  /** Production where the certificate serves it, unless said otherwise. */
  readonly environment: Environment;
  readonly origin: URL;
  /** Against this topic and this environment. */
  readonly findings: readonly Finding[];
}

/** The target for an identity: the topic is the bundle ID unless said otherwise. @throws {CliError} usage */
export function apnsTargetOf(
  identity: PushIdentity,
  options: ApnsTargetOptions,
  { env, now }: Pick<Context, 'env' | 'now'>,
): ApnsTarget {
  const { certificate } = identity;
  const onlySandbox = certificate?.environments.length === 1 && certificate.environments[0] === 'sandbox';
  const environment = options.environment ?? (onlySandbox ? 'sandbox' : 'production');
  return {
    topic: options.topic ?? certificate?.bundleId ?? null,
    environment,
    origin: apnsOrigin(environment, options.apnsHost ?? variable(env, 'MFA_CLI_APNS_HOST')),
    findings: checkPushIdentity(identity, {
      now: now(),
      ...(options.topic === undefined ? {} : { topic: options.topic }),
      ...(options.environment === undefined ? {} : { environment: options.environment }),
    }),
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
  options: ApnsHostOptions,
  context: Context,
): Promise<ApnsOutcome> {
  const profiles = await (await context.profiles()).read();
  const apns = await context.apns({
    ...resolveHttp(options, sourcesOf(options, context, profiles)),
    identity: requirePair(identity),
    origin,
  });
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
function requirePair({ certificate, privateKey, paired, chain }: PushIdentity): ApnsIdentity {
  if (certificate === null || privateKey === null || !paired)
    throw new CliError('usage', 'A file without a certificate and its private key cannot connect to APNs');
  const certificates = [certificate, ...orderChain(certificate, chain).ordered].map(({ der }) => der);
  return { key: privateKey, certificates };
}
