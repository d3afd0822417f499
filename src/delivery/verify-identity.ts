import { nobodysToken, type Push } from '../apple/apns.ts';
import { isTaken } from '../apple/reasons.ts';
import type { Context, HttpOptions } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import type { ApnsEnvironment, PushIdentity } from '../pkcs12/model.ts';
import { type ApnsOutcome, type ApnsTarget, askApns } from './apns.ts';

/** What APNs says of a push identity. */
export interface Verification extends ApnsOutcome {
  readonly environment: ApnsEnvironment;
  /** `api.push.apple.com`, with the port where it is not 443. */
  readonly host: string;
  /** Whether APNs found nothing wrong but the device token. */
  readonly accepted: boolean;
}

const expected =
  'APNs answered BadDeviceToken, which it is expected to answer when certificate, topic and environment are right.';

/**
 * Sends a push to a device token that no device has, once: Apple punishes who sends to bad tokens again and again.
 * Apple does not document the order of its checks.
 * @throws {CliError} what askApns throws
 */
export async function verifyIdentity(
  identity: PushIdentity,
  { topic, environment, origin }: ApnsTarget,
  network: HttpOptions,
  context: Context,
): Promise<Verification> {
  if (topic === null) throw new CliError('usage', 'The certificate names no topic');
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
  return {
    environment,
    host: origin.host,
    answer,
    accepted: isExpected || (answer !== null && isTaken(answer)),
    explanation: isExpected ? expected : explanation,
  };
}
