import { apnsError } from '../apple/failure.ts';
import { openHttp2Session, postPush } from '../apple/http2-session.ts';
import type { PushSender } from './push-sender.ts';

/** Where APNs is. */
export interface PushAddress {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Its only authority, PEM. */
  readonly ca: string;
}

/** A push for one device. */
export interface DevicePush {
  readonly deviceToken: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The outcome of one push. */
export interface PushOutcome {
  /** HTTP status from APNs, or null if none came. */
  readonly status: number | null;
  /** APNs' reason, or what went wrong; null if APNs accepted the push. */
  readonly reason: string | null;
}

const patience = 10_000;
const noProxies = { https: null, http: null, bypass: null };

/** Sends a push once, like the tenant. A failure is an outcome: the challenge stands, and its other pushes go out. */
export async function sendPush(
  { identity, topic }: PushSender,
  { deviceToken, payload: document }: DevicePush,
  { host, ca }: PushAddress,
): Promise<PushOutcome> {
  const signal = AbortSignal.timeout(patience);
  const headers = { 'apns-topic': topic, 'apns-push-type': 'alert', 'apns-priority': '10' };
  const payload = JSON.stringify(document);
  try {
    const origin = new URL(`https://${host}`);
    const session = await openHttp2Session(identity, {
      origin,
      proxies: noProxies,
      authorities: [ca],
      signal,
    });
    try {
      const { answer } = await postPush(session, { deviceToken, headers, payload, retry: false }, signal);
      return { status: answer.status, reason: answer.reason };
    } finally {
      session.destroy();
    }
  } catch (error) {
    return { status: null, reason: apnsError(error, host).message };
  }
}
