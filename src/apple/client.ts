import type { ClientHttp2Session } from 'node:http2';
import { CliError } from '../errors/cli-error.ts';
import { isTransient, isUntrusted, ProxyError } from '../network/failure.ts';
import type { ProxySettings } from '../network/proxy.ts';
import type { TrustSettings } from '../network/stores.ts';
import { createTries } from '../network/tries.ts';
import { createTrust, withTrust } from '../network/trust.ts';
import { onOneLine } from '../text/printable.ts';
import type { Apns, ApnsIdentity, Push, TokenKey } from './apns.ts';
import { apnsError, CertificateRefused } from './failure.ts';
import { type AnsweredPush, openHttp2Session, postPush, rootOf } from './http2-session.ts';
import { createProviderTokens } from './provider-token.ts';

export interface ApnsSettings {
  readonly origin: URL;
  /** Limit of all waiting, in milliseconds: connections, answers and pauses between attempts. */
  readonly timeout: number;
  readonly proxies: ProxySettings;
  readonly trust: TrustSettings;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Gets a line for each attempt: host, the beginning of the device token, status, reason, time, apns-id. */
  readonly trace: (line: string) => void;
}

/**
 * APNs over node:http2. The server's certificate is checked against the user's CAs, then against those of Node.js and of the
 * operating system until one vouches for it. No push is sent before.
 */
export function openApns(identity: ApnsIdentity | TokenKey | null, settings: ApnsSettings): Apns {
  const { origin, proxies } = settings;
  const { signal, untilDone } = createTries(settings.timeout, settings.signal);
  const waiting = { signal: settings.signal, patience: settings.timeout };
  const trust = createTrust(settings.trust, waiting);
  const { certificate, authorized } = credentialsOf(identity, settings.now);
  const late = new CliError('apns-timeout', `${origin.host} did not answer in time`);
  let session: ClientHttp2Session | null = null;

  function close(): void {
    session?.destroy();
    session = null;
  }

  const connecting = async (reach: number) => {
    return { origin, proxies, authorities: await trust.authorities(reach), signal };
  };

  function connect(): Promise<ClientHttp2Session> {
    return withTrust(trust, async (reach) => openHttp2Session(certificate, await connecting(reach)));
  }

  async function attempt(push: Push): Promise<AnsweredPush> {
    if (session === null || session.closed || session.destroyed) {
      session = await connect();
      // Without a push in progress the end of a session does not matter; a push notices it.
      session.on('error', () => {});
    }
    return postPush(session, authorized(push), signal);
  }

  /** Returns the answer, or the failure of the attempt, which closes the connection. @throws the signal's reason */
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
    untrustedRoot() {
      const look = async () => rootOf(await connecting(trust.reach));
      return untilDone(
        () => findUntrustedRoot(connect, look, origin.host, signal),
        () => null,
        late,
      );
    },
    close,
  };
}

/** A session's client certificate, or a token for each push. */
function credentialsOf(identity: ApnsIdentity | TokenKey | null, now: () => Date) {
  if (identity === null || !('tokenKey' in identity))
    return { certificate: identity, authorized: (push: Push) => push };
  const token = createProviderTokens(identity, now);
  const authorized = (push: Push): Push => {
    return { ...push, headers: { ...push.headers, authorization: `bearer ${token().reveal()}` } };
  };
  return { certificate: null, authorized };
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
  const [what, id] = [
    answer === null ? 'failed' : `→ ${words}`,
    apnsId === null ? '' : `, apns-id ${apnsId}`,
  ];
  const path = `/3/device/${deviceToken.slice(0, 8)}…`;
  return onOneLine(`POST ${origin}${path} ${what} in ${Math.round(milliseconds)} ms${id}`);
}

/**
 * The root that this machine does not trust, null if it trusts the server, or any other failure. @throws the signal's reason
 */
async function findUntrustedRoot(
  connect: () => Promise<ClientHttp2Session>,
  look: () => Promise<string>,
  host: string,
  signal: AbortSignal,
): Promise<string | null | Error> {
  try {
    (await connect()).destroy();
    return null;
  } catch (error) {
    // If the second connection fails, the first failure counts.
    const root = isUntrusted(error) && !(error instanceof ProxyError) ? await look().catch(() => null) : null;
    if (root !== null) return root;
    if (!(error instanceof CliError)) signal.throwIfAborted();
    const failure = apnsError(error, host);
    // A server that asks for the client's certificate had passed its own check by then.
    return failure instanceof CertificateRefused ? null : failure;
  }
}

const maxAttempts = 3;
const firstWait = 500;
/** Apple's requested wait after Shutdown and ServiceUnavailable. */
const quarterOfAnHour = 15 * 60_000;

/**
 * Milliseconds before the next attempt; null: the outcome stands. An unanswered push is retried, but only once if it must not
 * repeat. After 429, 500 and 503 only a repeatable push is retried.
 */
function waitBeforeRetry(
  outcome: AnsweredPush | Error,
  attempts: number,
  { retry }: Pick<Push, 'retry'>,
): number | null {
  const backoff = firstWait * 4 ** (attempts - 1);
  if (outcome instanceof Error)
    return attempts < (retry ? maxAttempts : 2) && isTransient(outcome, 'apns-unreachable') ? backoff : null;
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
