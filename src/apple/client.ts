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
  /** A line for each attempt: host, the beginning of the device token, status, reason, time, apns-id. */
  readonly trace: (line: string) => void;
}

/**
 * APNs over node:http2. The server is checked against the user's CAs, then also against those of Node.js and of the
 * operating system, as long as none vouches for it (no push has been sent by then).
 */
export function openApns(identity: ApnsIdentity | TokenKey | null, settings: ApnsSettings): Apns {
  const { origin, proxies } = settings;
  const { signal, untilDone } = createTries(settings.timeout, settings.signal);
  const waiting = { signal: settings.signal, patience: settings.timeout };
  const trust = createTrust(settings.trust, waiting);
  const [certificate, providerToken] =
    identity !== null && 'tokenKey' in identity
      ? [null, createProviderTokens(identity, settings.now)]
      : [identity, null];
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

  async function findUntrustedRoot(): Promise<string | null | Error> {
    try {
      session = await connect();
      return null;
    } catch (error) {
      try {
        if (isUntrusted(error) && !(error instanceof ProxyError))
          return await rootOf(await connecting(trust.reach));
      } catch {
        // What it said at first counts.
      }
      if (!(error instanceof CliError)) signal.throwIfAborted();
      const failure = apnsError(error, origin.host);
      // Whoever wants a certificate of us was itself trusted by then.
      return failure instanceof CertificateRefused ? null : failure;
    } finally {
      close();
    }
  }

  async function attempt(push: Push): Promise<AnsweredPush> {
    if (session === null || session.closed || session.destroyed) {
      session = await connect();
      // The end of a session ends the push that waits for it; without one it does not matter.
      session.on('error', () => {});
    }
    if (providerToken === null) return postPush(session, push, signal);
    const headers = { ...push.headers, authorization: `bearer ${providerToken().reveal()}` };
    return postPush(session, { ...push, headers }, signal);
  }

  /** An answer, or the failure of an attempt, after which there is no connection. @throws the signal's reason */
  async function tracedAttempt(push: Push): Promise<AnsweredPush | Error> {
    const started = performance.now();
    const trace = (what: string, id = ''): void => {
      const took = Math.round(performance.now() - started);
      const path = `/3/device/${push.deviceToken.slice(0, 8)}…`;
      settings.trace(onOneLine(`POST ${origin.origin}${path} ${what} in ${took} ms${id}`));
    };
    try {
      const answered = await attempt(push);
      const { status, reason, apnsId } = answered.answer;
      const words = [status ?? 'GOAWAY', ...(reason === null ? [] : [reason])].join(' ');
      trace(`→ ${words}`, apnsId === null ? '' : `, apns-id ${apnsId}`);
      return answered;
    } catch (error) {
      trace('failed');
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
    untrustedRoot: () => untilDone(findUntrustedRoot, () => null, late),
    close,
  };
}

const maxAttempts = 3;
const firstWait = 500;
/** Apple's requested wait after Shutdown and ServiceUnavailable. */
const quarterOfAnHour = 15 * 60_000;

/**
 * Milliseconds to wait before the next attempt, or null if the outcome stands. An unanswered push is tried again, though
 * only once if it must not be repeated; after 429, 500 and 503 only a repeatable one is.
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
