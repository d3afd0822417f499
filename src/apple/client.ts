import type { ClientHttp2Session } from 'node:http2';
import { CliError } from '../errors/cli-error.ts';
import { isTransient } from '../network/failure.ts';
import type { TrustSettings } from '../network/http.ts';
import type { ProxySettings } from '../network/proxy.ts';
import { createTries } from '../network/tries.ts';
import { createTrust, withTrust } from '../network/trust.ts';
import { onOneLine } from '../text/printable.ts';
import type { Apns, ApnsIdentity, Push, TokenKey } from './apns.ts';
import { apnsError, CertificateRefused } from './failure.ts';
import { type AnsweredPush, openHttp2Session, postPush } from './http2-session.ts';
import { createProviderToken } from './provider-token.ts';

export interface ApnsSettings {
  readonly origin: URL;
  /**
   * Limit of all waiting, in milliseconds: connections, answers and pauses between
   * attempts.
   */
  readonly timeout: number;
  readonly proxies: ProxySettings;
  readonly trust: TrustSettings;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /**
   * Gets a line for each attempt: host, the beginning of the device token, status,
   * reason, time, apns-id.
   */
  readonly trace: (line: string) => void;
}

/**
 * APNs over node:http2. The server's certificate is checked against the user's CAs, then
 * against those of Node.js and of the operating system until one vouches for it. No push
 * is sent before.
 */
export function openApns(identity: ApnsIdentity | TokenKey | null, settings: ApnsSettings): Apns {
  const { origin, proxies } = settings;
  const { signal, untilDone } = createTries(settings.timeout, settings.signal);
  const waiting = { signal: settings.signal, patience: settings.timeout };
  const trust = createTrust(settings.trust, waiting);
  const isKey = identity !== null && 'tokenKey' in identity;
  const certificate = isKey ? null : identity;
  const authorization = isKey
    ? { authorization: `bearer ${createProviderToken(identity, settings.now()).reveal()}` }
    : {};
  const late = (): CliError =>
    new CliError('apns-timeout', `${origin.host} did not answer in time`);
  let session: ClientHttp2Session | null = null;

  function close(): void {
    session?.destroy();
    session = null;
  }

  function connect(): Promise<ClientHttp2Session> {
    return withTrust(trust, async (reach) => {
      const authorities = await trust.authorities(reach);
      return openHttp2Session(certificate, { origin, proxies, authorities, signal });
    });
  }

  async function tryConnecting(): Promise<null | Error> {
    try {
      (await connect()).destroy();
    } catch (error) {
      if (!(error instanceof CliError)) signal.throwIfAborted();
      const failure = apnsError(error, origin.host);
      // A server that asks for the client's certificate had passed its own check by then.
      if (!(failure instanceof CertificateRefused)) return failure;
    }
    return null;
  }

  async function attempt(push: Push): Promise<AnsweredPush> {
    if (session === null || session.closed || session.destroyed) {
      session = await connect();
      // Without a push in progress the end of a session does not matter; a push notices
      // it.
      session.on('error', () => {});
    }
    return postPush(session, { ...push, headers: { ...push.headers, ...authorization } }, signal);
  }

  /**
   * Returns the answer, or the failure of the attempt, which closes the connection.
   * @throws the signal's reason
   */
  async function tracedAttempt(push: Push): Promise<AnsweredPush | Error> {
    const started = performance.now();
    const trace = (answer: AnsweredPush['answer'] | null): void =>
      settings.trace(attemptLine(push, answer, origin, performance.now() - started));
    try {
      const answered = await attempt(push);
      trace(answered.answer);
      return answered;
    } catch (error) {
      trace(null);
      close();
      if (!(error instanceof CliError)) signal.throwIfAborted();
      return apnsError(error, origin.host);
    }
  }

  return {
    async send(push) {
      const { answer } = await untilDone(
        () => tracedAttempt(push),
        (outcome, attempts) => waitBeforeRetry(outcome, attempts, push),
        late,
      );
      return answer;
    },
    async connect() {
      await untilDone(tryConnecting, () => null, late);
    },
    close,
  };
}

/** The line of an attempt in the trace; an answer of null is a failure. */
function attemptLine(
  { deviceToken }: Push,
  answer: AnsweredPush['answer'] | null,
  { origin }: URL,
  milliseconds: number,
): string {
  const { status, reason = null, apnsId = null } = answer ?? {};
  const words = [status ?? 'GOAWAY', ...(reason === null ? [] : [reason])].join(' ');
  const what = answer === null ? 'failed' : `→ ${words}`;
  const id = apnsId === null ? '' : `, apns-id ${apnsId}`;
  const path = `/3/device/${deviceToken.slice(0, 8)}…`;
  return onOneLine(`POST ${origin}${path} ${what} in ${Math.round(milliseconds)} ms${id}`);
}

const maxAttempts = 3;
const firstWait = 500;
/** Apple's requested wait after Shutdown and ServiceUnavailable. */
const quarterOfAnHour = 15 * 60_000;

/**
 * Milliseconds before the next attempt; null: the outcome stands. An unanswered push is
 * retried, but only once if it must not repeat. After 429, 500 and 503 only a repeatable
 * push is retried.
 */
function waitBeforeRetry(
  outcome: AnsweredPush | Error,
  attempts: number,
  { retry }: Pick<Push, 'retry'>,
): number | null {
  const backoff = firstWait * 4 ** (attempts - 1);
  if (outcome instanceof Error)
    return attempts < (retry ? maxAttempts : 2) && isTransient(outcome, 'apns-unreachable')
      ? backoff
      : null;
  if (!retry || attempts >= maxAttempts) return null;
  if (outcome.answer.reason === 'TooManyProviderTokenUpdates') return null;
  switch (outcome.answer.status) {
    case 429:
    case 500:
      return outcome.retryAfter ?? backoff;
    case 503:
      return outcome.retryAfter ?? quarterOfAnHour;
    default:
      return null;
  }
}
