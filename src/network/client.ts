import { setMaxListeners } from 'node:events';
import { CliError, hasCode, systemCode } from '../errors/cli-error.ts';
import { monotonicTime } from '../files/monotonic-time.ts';
import type { OwnerRules } from '../programs/owners.ts';
import type { Wait } from '../text/waiting.ts';
import { sendOnce } from './connection.ts';
import { BrokenAnswer, NotHttp, transportError } from './failure.ts';
import type { TrustSettings } from './http.ts';
import {
  type Arrived,
  type HttpRequest,
  type HttpResponse,
  type HttpSource,
  type Judgment,
  type OpenHttp,
  type Pause,
  redirectShown,
} from './http.ts';
import type { ProxySettings } from './proxy.ts';
import { createTries, waitBeforeRetry } from './tries.ts';
import { createTrust, type Trust, withTrust } from './trust.ts';

export interface NetworkSettings {
  /**
   * Limit of all waiting of one command, in milliseconds: requests, their bodies and
   * pauses between attempts.
   */
  readonly timeout: number;
  readonly proxies: ProxySettings;
  readonly trust: TrustSettings;
  /** Whose programs of this machine count as this user's. */
  readonly owners: OwnerRules;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /**
   * Gets a line for each attempt: method, path, status and time. No query, header or
   * body.
   */
  readonly trace: (line: string) => void;
  /** Shows that the program waits, until stopped. */
  readonly progress: (wait: Wait) => { stop(): void };
  /** Makes the pauses between attempts. */
  readonly pause?: Pause;
  /** Shared by several; default: that of the settings, loaded on first use. */
  readonly loadedTrust?: Trust;
}

/**
 * The network over undici. A server's certificate is checked against the user's CAs, then
 * against those of the runtime and of the operating system until one vouches for it.
 * Nothing is sent before.
 */
export function createHttp(settings: NetworkSettings): OpenHttp {
  const { signal, untilDone, end } = createTries(settings.timeout, settings.signal, settings.pause);
  const trust = settings.loadedTrust ?? loadTrust(settings);
  const { proxies, owners } = settings;
  const network = { proxies, trust, owners, signal };

  /**
   * Returns the answer or the error of an attempt, and traces it. Errors after the answer
   * are thrown.
   * @throws the signal's reason
   */
  async function attempt(request: HttpRequest, url: URL, watch: Watch) {
    const headers = { 'user-agent': settings.userAgent, ...request.headers };
    const started = monotonicTime();
    const trace = (what: string): void => {
      const took = Math.round(monotonicTime() - started);
      settings.trace(`${request.method} ${url.origin}${url.pathname} ${what} in ${took} ms`);
    };
    let answer: HttpResponse;
    try {
      answer = await withTrust(trust, (lastGroup) =>
        sendOnce({ ...request, headers }, lastGroup, network, watch.onWritten),
      );
    } catch (error) {
      trace('failed');
      if (error instanceof BrokenAnswer) watch.onCut();
      if (!(error instanceof CliError)) signal.throwIfAborted();
      return transportError(error, url.origin);
    }
    trace(`→ ${answer.status}`);
    if (request.answersRedirect === true) return answer;
    return redirectError(answer, url) ?? answer;
  }

  return {
    async send(request) {
      const url = new URL(request.url);
      const progress = settings.progress(`Waiting for ${url.host}`);
      const arrivals = watchArrivals(request);
      try {
        const answer = await untilDone<HttpResponse>({
          attempt: () => arrivals.watchAttempt((watch) => attempt(request, url, watch)),
          waitAfter: (outcome, attempts) =>
            arrivals.maySendAgain() ? waitBeforeRetry(outcome, attempts) : null,
          late: () => new CliError('tenant-timeout', `${url.origin} did not answer in time`),
        });
        arrivals.throwIfUnknown();
        return answer;
      } catch (error) {
        throw error instanceof CliError ? arrivals.errorOf(error) : error;
      } finally {
        progress.stop();
      }
    },
    close: end,
  };
}

/** Hears of an attempt that may not come to an outcome. */
interface Watch {
  /** The first byte of the request is about to be written. */
  readonly onWritten: () => void;
  /** The connection ended within the answer. */
  readonly onCut: () => void;
}

/** Keeps what arrived in each attempt of a request, and what that means for a change. */
function watchArrivals({ retry, changeJudge }: HttpRequest) {
  /** The number of attempts that wrote anything. */
  let written = 0;
  /** The first arrival that leaves the outcome open. Only a confirmation settles it. */
  let first: Arrived | null = null;
  /**
   * Those of the last attempt; null: it wrote nothing, or a redirect ended it. Without a
   * judge, `judged` is always null.
   */
  let last: Arrived | null = null;
  let judged: Judgment | null = null;
  function note(arrived: Arrived): void {
    last = arrived;
    judged = changeJudge?.judge(arrived) ?? null;
    if (judged?.outcome === 'unknown') first ??= arrived;
  }
  function noteNothing(): void {
    last = null;
    judged = null;
  }
  /** The error `outcome-unknown`, or null. */
  function unknownError(cause: CliError | null): CliError | null {
    if (changeJudge === undefined || first === null || judged?.outcome === 'done') return null;
    return changeJudge.unknown({
      arrived: first,
      tries: written,
      last: last === first ? null : last,
      cause,
    });
  }
  return {
    /** Makes an attempt, and keeps what arrives in it. */
    async watchAttempt(
      attempt: (watch: Watch) => Promise<HttpResponse | CliError>,
    ): Promise<HttpResponse | CliError> {
      let isWritten = false;
      let isCut = false;
      const onWritten = (): void => {
        if (!isWritten) written++;
        isWritten = true;
      };
      const onCut = (): void => {
        isCut = true;
      };
      try {
        const outcome = await attempt({ onWritten, onCut });
        const arrived = isWritten ? arrivedIn(outcome) : null;
        if (arrived === null) noteNothing();
        else note(arrived);
        return outcome;
      } catch (error) {
        if (isWritten) note(isCut ? 'cut' : 'nothing');
        throw error;
      }
    },
    /** A request of which nothing was written may be sent again, whatever it is. */
    maySendAgain: (): boolean => retry && (judged?.isSentAgain ?? true),
    /**
     * After a missing answer, only an answer that confirms the change counts.
     * @throws {CliError} outcome-unknown
     */
    throwIfUnknown(): void {
      const error = unknownError(null);
      if (error !== null) throw error;
    },
    /**
     * The error that ended the request, which tells whether the tenant may have made the
     * change.
     */
    errorOf(error: CliError): CliError {
      if (error.code === 'outcome-unknown') return error;
      return unknownError(error) ?? error;
    },
  };
}

/**
 * The arrival in the outcome of an attempt; null: an answer that was turned into an
 * error.
 */
function arrivedIn(outcome: HttpResponse | CliError): Arrived | null {
  if (!(outcome instanceof CliError)) return outcome;
  if (hasCode(outcome, 'tenant-redirected')) return null;
  if (outcome.cause instanceof BrokenAnswer) return 'cut';
  if (outcome.cause instanceof NotHttp) return 'not-http';
  return systemCode(outcome.cause) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? 'too-long' : 'nothing';
}

function redirectError(answer: HttpResponse, url: URL): CliError | null {
  if (answer.status < 300 || answer.status > 399) return null;
  const { shown, place } = redirectShown(answer, url.href);
  return new CliError('tenant-redirected', `${url.origin} answered with a redirect to ${shown}`, {
    facts: { place },
  });
}

function loadTrust({ trust, signal, timeout }: NetworkSettings): Trust {
  return createTrust(trust, { signal, pipeTimeout: timeout });
}

/**
 * Opens several Https that share the CAs and one listener for the interrupt. Each gets
 * the interrupt through its own signal until it is closed.
 * @param settings `timeout`: in milliseconds, for the CA file
 */
export function createHttpSource(settings: NetworkSettings): HttpSource {
  const relay = new AbortController();
  setMaxListeners(0, relay.signal);
  const onInterrupt = (): void => relay.abort(settings.signal.reason);
  if (settings.signal.aborted) onInterrupt();
  else settings.signal.addEventListener('abort', onInterrupt);
  const common = { ...settings, signal: relay.signal };
  const shared = { ...common, loadedTrust: loadTrust(common) };
  return {
    open: (timeout, pause) => createHttp({ ...shared, timeout, ...(pause && { pause }) }),
  };
}
