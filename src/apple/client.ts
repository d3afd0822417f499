import type { ClientHttp2Session } from 'node:http2';
import { CliError } from '../errors/cli-error.ts';
import { isTransient } from '../network/failure.ts';
import type { TrustSettings } from '../network/http.ts';
import type { ProxySettings } from '../network/proxy.ts';
import { createTries } from '../network/tries.ts';
import { createTrust, type Trust, withTrust } from '../network/trust.ts';
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
  const { origin } = settings;
  const { signal, untilDone } = createTries(settings.timeout, settings.signal);
  const isKey = identity !== null && 'tokenKey' in identity;
  const authorization = isKey
    ? { authorization: `bearer ${createProviderToken(identity, settings.now()).reveal()}` }
    : {};
  const connection = new ApnsConnection(isKey ? null : identity, settings, signal);
  const late = (): CliError =>
    new CliError('apns-timeout', `${origin.host} did not answer in time`);

  /** @throws the signal's reason */
  const failureOf = (error: unknown): Error => {
    if (!(error instanceof CliError)) signal.throwIfAborted();
    return apnsError(error, origin.host);
  };

  async function tryConnecting(): Promise<null | Error> {
    try {
      (await connection.open()).destroy();
      return null;
    } catch (error) {
      const failure = failureOf(error);
      // A server that asks for the client's certificate had passed its own check by then.
      return failure instanceof CertificateRefused ? null : failure;
    }
  }

  /** Returns the answer, or the failure of the attempt, which closes the connection. */
  async function attempt(push: Push): Promise<AnsweredPush | Error> {
    const started = performance.now();
    const trace = (answer: AnsweredPush['answer'] | null): void =>
      settings.trace(attemptLine(push, answer, origin, performance.now() - started));
    const headers = { ...push.headers, ...authorization };
    try {
      const answered = await connection.post({ ...push, headers });
      trace(answered.answer);
      return answered;
    } catch (error) {
      trace(null);
      connection.close();
      return failureOf(error);
    }
  }

  return {
    async send(push) {
      const { answer } = await untilDone({
        attempt: () => attempt(push),
        waitAfter: (outcome, attempts) => waitBeforeRetry(outcome, attempts, push),
        late,
      });
      return answer;
    },
    async connect() {
      await untilDone({ attempt: tryConnecting, waitAfter: () => null, late });
    },
    close: () => connection.close(),
  };
}

/** The connection that the pushes share; a push opens it again where it has ended. */
class ApnsConnection {
  readonly #certificate: ApnsIdentity | null;
  readonly #settings: ApnsSettings;
  readonly #signal: AbortSignal;
  readonly #trust: Trust;
  #session: ClientHttp2Session | null = null;

  constructor(certificate: ApnsIdentity | null, settings: ApnsSettings, signal: AbortSignal) {
    const waiting = { signal: settings.signal, pipeTimeout: settings.timeout };
    this.#certificate = certificate;
    this.#settings = settings;
    this.#signal = signal;
    this.#trust = createTrust(settings.trust, waiting);
  }

  /** A session of its own, for the caller. */
  open(): Promise<ClientHttp2Session> {
    const { origin, proxies } = this.#settings;
    const signal = this.#signal;
    return withTrust(this.#trust, async (lastGroup) => {
      const authorities = await this.#trust.authorities(lastGroup);
      return openHttp2Session(this.#certificate, { origin, proxies, authorities, signal });
    });
  }

  async post(push: Push): Promise<AnsweredPush> {
    if (this.#session === null || this.#session.closed || this.#session.destroyed) {
      this.#session = await this.open();
      // Without a push in progress the end of a session does not matter; a push notices
      // it.
      this.#session.on('error', () => {});
    }
    return postPush(this.#session, push, this.#signal);
  }

  close(): void {
    this.#session?.destroy();
    this.#session = null;
  }
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
