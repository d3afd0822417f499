import {
  type ApnsIdentity,
  apnsOrigin,
  isAppleHost,
  nobodysToken,
  type Push,
  type PushAnswer,
  type TokenKey,
} from '../apple/apns.ts';
import {
  CertificateRefused,
  explainAnswer,
  explainTokenAnswer,
  isTaken,
} from '../apple/failure.ts';
import type { Context, HttpOptions } from '../context.ts';
import { CliError, isAbout } from '../errors/cli-error.ts';
import { type ApnsEnvironment, type PushIdentity, pairOf } from '../pkcs12/model.ts';
import type { GivenApns } from '../settings/certificate.ts';
import { apnsOrHost } from '../text/phrasing.ts';

export interface ApnsTarget {
  readonly topic: string | null;
  readonly environment: ApnsEnvironment;
  readonly origin: URL;
}

/**
 * The target for an identity. The topic defaults to the bundle ID, the environment to
 * production if the certificate serves it. @throws {CliError} usage
 */
export function apnsTargetOf(
  { certificate }: PushIdentity,
  { topic, environment: given, host }: GivenApns,
): ApnsTarget {
  const isSandboxOnly =
    certificate?.environments.length === 1 && certificate.environments[0] === 'sandbox';
  const environment = given ?? (isSandboxOnly ? 'sandbox' : 'production');
  return {
    topic: topic ?? certificate?.bundleId ?? null,
    environment,
    origin: apnsOrigin(environment, host),
  };
}

export interface ApnsOutcome {
  /** Null: TLS ended the connection. */
  readonly answer: PushAnswer | null;
  readonly explanation: string;
}

/** Who asks the push service, and where. */
export interface ApnsSource {
  readonly identity: ApnsIdentity | TokenKey;
  readonly origin: URL;
}

/**
 * Sends one push with a .p12 or a .p8. A certificate that TLS refuses is an outcome, not
 * an error.
 * @throws {CliError} usage (a bad setting), and what Apns throws
 */
export async function askApns(
  push: Push,
  { identity, origin }: ApnsSource,
  network: HttpOptions,
  context: Context,
): Promise<ApnsOutcome> {
  const explain = 'tokenKey' in identity ? explainTokenAnswer : explainAnswer;
  const apns = await context.apns({ ...network, identity, origin });
  const progress = context.terminal.progress(`Asking ${origin.host}`);
  try {
    const answer = await apns.send(push);
    const name = apnsOrHost(origin.host, isAppleHost(origin.hostname));
    return { answer, explanation: explain(answer, name) };
  } catch (error) {
    if (!(error instanceof CertificateRefused)) throw error;
    return { answer: null, explanation: `${error.message}.` };
  } finally {
    progress.stop();
    apns.close();
  }
}

/** @throws {CliError} usage */
export function requirePair(identity: PushIdentity): ApnsIdentity {
  const pair = pairOf(identity);
  if (pair === null)
    throw new CliError(
      'usage',
      'A file without a certificate and its private key cannot connect to APNs',
    );
  return {
    key: pair.privateKey,
    certificates: [pair.certificate, ...identity.chain].map(({ der }) => der),
  };
}

/** APNs' verdict on a certificate or a key. */
export interface Verification extends ApnsOutcome {
  readonly environment: ApnsEnvironment;
  /** `api.push.apple.com`, with the port if it is not 443. */
  readonly host: string;
  /** Whether the host is Apple's, and no stand-in. */
  readonly isApple: boolean;
  /** Whether APNs rejected nothing but the device token. */
  readonly accepted: boolean;
}

/**
 * Sends one push to a device token that no device has. Only one: Apple blocks senders
 * that repeat bad tokens. Apple does not document the order of its checks.
 * @throws {CliError} what askApns throws
 */
export async function verifyIdentity(
  identity: ApnsIdentity | TokenKey,
  { topic, environment, origin }: ApnsTarget,
  network: HttpOptions,
  context: Context,
): Promise<Verification> {
  if (topic === null) throw new CliError('usage', 'The certificate has no topic');
  const by = 'tokenKey' in identity ? 'key' : 'certificate';
  const headers = {
    'apns-topic': topic,
    'apns-push-type': 'alert',
    'apns-priority': '10',
    'apns-expiration': '0',
  };
  const payload = '{"aps":{"alert":"mfa-cli apns verify"}}';
  const push: Push = { deviceToken: nobodysToken, headers, payload, retry: false };
  const { answer, explanation } = await askApns(push, { identity, origin }, network, context);
  const isExpected = answer?.reason === 'BadDeviceToken';
  const isApple = isAppleHost(origin.hostname);
  const words = isExpected ? wordsForExpected(by, { host: origin.host, isApple }) : explanation;
  return {
    environment,
    host: origin.host,
    isApple,
    answer,
    accepted: isExpected || (answer !== null && isTaken(answer)),
    explanation: isApple ? words : `${words} ${apnsNotAsked}`,
  };
}

/** Beside the answer of a stand-in, which proves nothing about Apple. */
const apnsNotAsked = 'APNs itself was not asked.';

function wordsForExpected(by: string, { host, isApple }: Asked): string {
  const answered = `${apnsOrHost(host, isApple)} answered BadDeviceToken`;
  return isApple
    ? `${answered}, as expected when ${by}, topic and environment are right.`
    : `${answered}: its only objection is to the made-up device token.`;
}

type Asked = Pick<Verification, 'host' | 'isApple'>;

/**
 * Whether to ask APNs before setting a certificate; `if-reachable`: an unreachable APNs
 * is only a note.
 */
export type Verifying = 'required' | 'if-reachable' | 'no';

/** The timeout of `if-reachable`, in milliseconds. */
const optionalTimeout = 3000;

/** How to ask APNs before a tenant gets a certificate. */
export interface VerifyTerms {
  readonly verify: Verifying;
  readonly apns: GivenApns;
  readonly network: HttpOptions;
}

/**
 * APNs' verdict on an identity before a tenant gets it; null if APNs is unreachable and
 * the verdict is optional.
 * @throws {CliError} what verifyIdentity throws, if the verdict is required
 */
export async function verifyBefore(
  identity: PushIdentity,
  { verify, apns, network }: VerifyTerms,
  context: Context,
): Promise<Verification | null> {
  const target = apnsTargetOf(identity, apns);
  const pair = requirePair(identity);
  const timeout =
    verify === 'required' ? network.timeout : Math.min(network.timeout, optionalTimeout);
  try {
    return await verifyIdentity(pair, target, { ...network, timeout }, context);
  } catch (error) {
    if (verify === 'required' || !isAbout(error, 'apns')) throw error;
    context.terminal.note(`APNs did not check the certificate: ${error.message}.`);
    return null;
  }
}
