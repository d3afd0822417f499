import type { ApnsIdentity } from '../apple/apns.ts';
import { apnsError } from '../apple/failure.ts';
import { openHttp2Session, postPush } from '../apple/http2-session.ts';
import { type PushIdentity, pairOf } from '../pkcs12/model.ts';
import { readPushIdentity } from '../pkcs12/push-identity.ts';
import { Secret } from '../text/secret.ts';
import type { Apns, ApnsAnswer } from './apns/apns.ts';
import type { Push } from './apns/judge-push.ts';
import { badCryptography, Refusal } from './envelope.ts';
import { type StoredCertificate, usedCertificate } from './stored-certificates.ts';
import type { TenantState } from './tenant-state.ts';

/** @throws {CliError} as readPushIdentity */
export function openCertificate({
  base64,
  password,
}: Pick<StoredCertificate, 'base64' | 'password'>): Promise<PushIdentity> {
  const bytes = Buffer.from(base64, 'base64');
  return readPushIdentity({ name: 'APNSCert', bytes }, new Secret(password));
}

/** The identity and topic for pushes. */
export interface PushSender {
  readonly identity: ApnsIdentity;
  readonly topic: string;
}

/** Opens the last certificate that was set. @throws {Refusal} none is set */
export async function openPushSender(state: TenantState): Promise<PushSender> {
  const used = usedCertificate(state);
  if (used === null) {
    const words = 'No push certificate is set. Call /Mobile/SetApnsCertForClientApp first.';
    throw new Refusal(null, words);
  }
  const opened = await openCertificate(used);
  const pair = pairOf(opened);
  if (pair === null) throw badCryptography('Keyset does not exist');
  const certificates = [pair.certificate, ...opened.chain].map(({ der }) => der);
  return { identity: { key: pair.privateKey, certificates }, topic: used.topic };
}

/** In milliseconds. */
const timeLimit = 10_000;
const noProxies = { https: null, http: null, bypass: null };

/**
 * Sends a push once, like the tenant. A failure is an outcome: the challenge stays, and
 * other pushes are sent.
 */
export async function sendPush(
  { identity, topic }: PushSender,
  { deviceToken, payload }: Pick<Push, 'deviceToken' | 'payload'>,
  { host, ca }: Pick<Apns, 'host' | 'ca'>,
): Promise<Pick<ApnsAnswer, 'status' | 'reason'>> {
  const signal = AbortSignal.timeout(timeLimit);
  try {
    const session = await openHttp2Session(identity, {
      origin: new URL(`https://${host}`),
      proxies: noProxies,
      authorities: [ca],
      signal,
    });
    try {
      const headers = { 'apns-topic': topic, 'apns-push-type': 'alert', 'apns-priority': '10' };
      const push = { deviceToken, headers, payload: JSON.stringify(payload), retry: false };
      const { answer } = await postPush(session, push, signal);
      return { status: answer.status, reason: answer.reason };
    } finally {
      session.destroy();
    }
  } catch (error) {
    return { status: null, reason: apnsError(error, host).message };
  }
}
