import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import { CliError } from '../errors/cli-error.ts';
import { membersOf, parseJson } from '../text/json.ts';
import type { Push, PushAnswer } from './apns.ts';

/** How many bytes of an answer to read; a reason has less than a hundred. */
const bodyLimit = 64 * 1024;
/** No identifier or reason from APNs is longer; longer ones come from another server. */
const wordLimit = 100;

/** An answer, and what it says about trying again. */
export interface AnsweredPush {
  readonly answer: PushAnswer;
  /** `Retry-After` in milliseconds, or null. */
  readonly retryAfter: number | null;
}

/** The connection or the stream ended, and nothing was answered. */
export class Unanswered extends Error {}

/**
 * One push and its whole answer, wherever the reason comes: in the body, or in a GOAWAY. Throws what ended the connection,
 * or Unanswered.
 * @throws {CliError} usage, for a header that cannot be sent
 */
export async function postPush(
  session: ClientHttp2Session,
  push: Push,
  signal: AbortSignal,
): Promise<AnsweredPush> {
  requireSendable(push.headers);
  if (session.destroyed || session.closed) throw new Unanswered();
  return new Promise((resolve, reject) => {
    let answered: IncomingHttpHeaders | undefined;
    let farewell: Reason | null = null;
    let failure: unknown;
    const chunks: Buffer[] = [];
    let length = 0;
    let hasEnded = false;
    let isTooLong = false;
    const fail = (error: unknown): void => {
      failure ??= error;
    };
    const onGoaway = (_code: number, lastStream: number, reason?: NodeJS.ArrayBufferView): void => {
      if (reason !== undefined) farewell = readReason(textOf(reason));
      // Streams after the last one will not be answered (RFC 9113 §6.8).
      if (lastStream < (stream.id ?? 0)) stream.close();
    };
    // An aborted stream ends as well, but its code says so.
    const isWhole = (): boolean => isTooLong || (hasEnded && stream.rstCode === 0);
    const finish = (): void => {
      session.off('goaway', onGoaway).off('error', fail);
      const body = readReason(Buffer.concat(chunks).toString('utf8'));
      if (signal.aborted) reject(signal.reason);
      else if (answered !== undefined && (body !== null || isWhole())) resolve(answeredPush(answered, body));
      else if (farewell !== null)
        resolve({ answer: { status: null, apnsId: null, ...farewell }, retryAfter: null });
      else reject(failure ?? new Unanswered());
    };
    const stream = session.request(
      { ':method': 'POST', ':path': `/3/device/${push.deviceToken}`, ...push.headers },
      { signal },
    );
    session.on('goaway', onGoaway).on('error', fail);
    stream
      .on('response', (headers) => {
        answered = headers;
      })
      .on('data', (chunk: Buffer) => {
        length += chunk.length;
        isTooLong = length > bodyLimit;
        if (isTooLong) stream.close();
        else chunks.push(chunk);
      })
      .once('end', () => {
        hasEnded = true;
      })
      .on('error', fail)
      .once('close', finish)
      .end(push.payload);
  });
}

/** @throws {CliError} usage */
function requireSendable(headers: Push['headers']): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value))
      throw new CliError('usage', `The header ${name} cannot be sent: it must be printable ASCII`);
  }
}

function answeredPush(headers: IncomingHttpHeaders, body: Reason | null): AnsweredPush {
  const id = headers['apns-id'];
  const retryAfter = headers['retry-after'];
  return {
    answer: {
      status: Number(headers[':status']),
      reason: body?.reason ?? null,
      apnsId: typeof id === 'string' && id !== '' && id.length <= wordLimit ? id : null,
      timestamp: body?.timestamp ?? null,
    },
    retryAfter: retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : null,
  };
}

type Reason = Pick<PushAnswer, 'reason' | 'timestamp'>;

/** `{"reason":"Unregistered","timestamp":1761000000000}`, or null for anything else. */
export function readReason(text: string): Reason | null {
  const { reason, timestamp } = membersOf(parseJson(text)) ?? {};
  if (typeof reason !== 'string' || reason.length > wordLimit) return null;
  const date = typeof timestamp === 'number' ? new Date(timestamp) : null;
  return {
    reason,
    timestamp: date === null || Number.isNaN(date.getTime()) ? null : date.toISOString(),
  };
}

function textOf(view: NodeJS.ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('utf8');
}
