import { EventEmitter, once } from 'node:events';
import { apnsError } from '../apple/failure.ts';
import { openHttp2Session, postPush } from '../apple/http2-session.ts';
import { pairOf } from '../pkcs12/model.ts';
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
    const of = (end: string): string => values.get(clientAppKey + end) ?? '';
    const isUsed = clientAppKey === values.get(newestKey);
    return [{ clientAppKey, base64, password: of('_APNSPass'), topic: of('_APNSTopic'), isUsed }];
  });
}

/** @throws {CliError} as readPushIdentity */
export function openCertificate({ base64, password }: Pick<SetCertificate, 'base64' | 'password'>) {
  const bytes = Buffer.from(base64, 'base64');
  return readPushIdentity({ name: 'APNSCert', bytes }, new Secret(password));
}

/** The topic of the certificate for pushes; null: none is set. */
export function topicInForce(settings: Settings): string | null {
  return certificatesIn(settings).find(({ isUsed }) => isUsed)?.topic ?? null;
}

/** Opens the last certificate that was set. @throws {Refusal} none is set */
export async function openPushSender(settings: Settings) {
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

/** The identity and topic for pushes. */
export type PushSender = Awaited<ReturnType<typeof openPushSender>>;

const patience = 10_000;
const noProxies = { https: null, http: null, bypass: null };

/** Sends a push once, like the tenant. A failure is an outcome: the challenge stays, and other pushes are sent. */
export async function sendPush(
  { identity, topic }: PushSender,
  { deviceToken, payload: document }: Pick<Push, 'deviceToken' | 'payload'>,
  { host, ca }: Pick<Apns, 'host' | 'ca'>,
): Promise<Pick<ApnsAnswer, 'status' | 'reason'>> {
  const signal = AbortSignal.timeout(patience);
  const headers = { 'apns-topic': topic, 'apns-push-type': 'alert', 'apns-priority': '10' };
  const payload = JSON.stringify(document);
  try {
    const origin = new URL(`https://${host}`);
    const reached = { origin, proxies: noProxies, authorities: [ca], signal };
    const session = await openHttp2Session(identity, reached);
    try {
      const { answer } = await postPush(
        session,
        { deviceToken, headers, payload, retry: false },
        signal,
      );
      return { status: answer.status, reason: answer.reason };
    } finally {
      session.destroy();
    }
  } catch (error) {
    return { status: null, reason: apnsError(error, host).message };
  }
}

/** A push as iOS passes it to an app. */
interface QueuedPush extends Pick<Push, 'payload' | 'topic'> {
  readonly apnsId: string;
}

const kept = 100;

/** Maximum tokens with waiting pushes: a phone no longer asks for those of its earlier token. */
const tokensKept = 1000;

/** Pushes waiting for their phones, by device token. */
export type PushQueue = ReturnType<typeof createPushQueue>;

export function createPushQueue() {
  const queues = new Map<string, QueuedPush[]>();
  const arrivals = new EventEmitter().setMaxListeners(0);
  const next = (deviceToken: string): QueuedPush | null => {
    const [push, ...others] = queues.get(deviceToken) ?? [];
    if (others.length === 0) queues.delete(deviceToken);
    else queues.set(deviceToken, others);
    return push ?? null;
  };
  return {
    put(deviceToken: string, push: QueuedPush): void {
      queues.set(deviceToken, [...(queues.get(deviceToken) ?? []), push].slice(-kept));
      const [oldest = deviceToken] = queues.keys();
      if (queues.size > tokensKept) queues.delete(oldest);
      arrivals.emit(deviceToken);
    },
    /** The oldest push, after waiting up to this many milliseconds; null: none arrived, or `signal` ended the wait. */
    async take(deviceToken: string, wait: number, signal: AbortSignal): Promise<QueuedPush | null> {
      const over = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(wait))]);
      for (;;) {
        // All waiting callers wake up: one takes the push, and the others wait again.
        const push = signal.aborted ? null : next(deviceToken);
        if (push !== null || wait <= 0 || over.aborted) return push;
        await once(arrivals, deviceToken, { signal: over }).catch(() => {});
      }
    },
  };
}
