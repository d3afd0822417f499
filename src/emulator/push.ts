import type { ApnsIdentity } from '../apple/apns.ts';
import { apnsError } from '../apple/failure.ts';
import { openHttp2Session, postPush } from '../apple/http2-session.ts';
import { type PushIdentity, pairOf } from '../pkcs12/model.ts';
import { readPushIdentity } from '../pkcs12/push-identity.ts';
import { Secret } from '../text/secret.ts';
import type { Apns, ApnsAnswer } from './apns/apns.ts';
import type { Push } from './apns/judge-push.ts';
import { badCryptography, Refusal } from './envelope.ts';
import type { Settings } from './settings.ts';

/** The setting that names the certificate for pushes, which is the last one set. */
export const newestKey = 'Mobile.IosCustomApp.ClientAppKey';

const suffix = '_APNSCert';

/** A certificate as it was set. */
export interface SetCertificate {
  readonly clientAppKey: string;
  readonly base64: string;
  readonly password: string;
  readonly topic: string;
  readonly isUsed: boolean;
}

export function certificatesIn(settings: Settings): readonly SetCertificate[] {
  const values = new Map(settings.entries());
  return [...values].flatMap(([name, base64]) => {
    if (!name.endsWith(suffix)) return [];
    const clientAppKey = name.slice(0, -suffix.length);
    return [
      {
        clientAppKey,
        base64,
        password: values.get(`${clientAppKey}_APNSPass`) ?? '',
        topic: values.get(`${clientAppKey}_APNSTopic`) ?? '',
        isUsed: clientAppKey === values.get(newestKey),
      },
    ];
  });
}

/** @throws {CliError} as readPushIdentity */
export function openCertificate({
  base64,
  password,
}: Pick<SetCertificate, 'base64' | 'password'>): Promise<PushIdentity> {
  const bytes = Buffer.from(base64, 'base64');
  return readPushIdentity({ name: 'APNSCert', bytes }, new Secret(password));
}

/** The topic of the certificate for pushes; null: none is set. */
export function topicInForce(settings: Settings): string | null {
  return certificatesIn(settings).find(({ isUsed }) => isUsed)?.topic ?? null;
}

/** The identity and topic for pushes. */
export interface PushSender {
  readonly identity: ApnsIdentity;
  readonly topic: string;
}

/** Opens the last certificate that was set. @throws {Refusal} none is set */
export async function openPushSender(settings: Settings): Promise<PushSender> {
  const used = certificatesIn(settings).find(({ isUsed }) => isUsed);
  if (used === undefined) {
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
