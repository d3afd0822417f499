import { setMaxListeners } from 'node:events';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { sendOnce } from './connection.ts';
import { outcomeUnknown, transportError } from './failure.ts';
import type { TrustSettings } from './http.ts';
import {
  type Change,
  type HttpRequest,
  type HttpResponse,
  type HttpSource,
  type OpenHttp,
  redirectTarget,
} from './http.ts';
import type { ProxySettings } from './proxy.ts';
import { type Aside, createTries, waitBeforeRetry } from './tries.ts';
import { createTrust, type Trust, withTrust } from './trust.ts';

export interface NetworkSettings {
  /** Limit of all waiting of one command, in milliseconds: requests, their bodies and pauses between attempts. */
  readonly timeout: number;
  readonly proxies: ProxySettings;
  readonly trust: TrustSettings;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** Gets a line for each attempt: method, path, status and time. No query, header or body. */
  readonly trace: (line: string) => void;
  /** Shows that the program waits, until stopped. */
  readonly progress: (text: string) => { stop(): void };
  /** Makes the pauses between attempts. */
  readonly aside?: Aside;
  /** Shared by several; default: that of the settings, loaded on first use. */
  readonly loadedTrust?: Trust;
}

/**
 * The network over undici. A server's certificate is checked against the user's CAs, then against those of the runtime and of
 * the operating system until one vouches for it. Nothing is sent before.
 */
export function createHttp(settings: NetworkSettings): OpenHttp {
  const { signal, untilDone, end } = createTries(settings.timeout, settings.signal, settings.aside);
  const trust = settings.loadedTrust ?? loadTrust(settings);
  const network = { proxies: settings.proxies, trust, signal };

  /**
   * Returns the answer or the error of an attempt, and traces it. Errors after the answer are thrown. @throws the signal's
   * reason
   */
  async function attempt(request: HttpRequest, url: URL, onWritten: () => void) {
    const headers = { 'user-agent': settings.userAgent, ...request.headers };
    const started = performance.now();
    const trace = (what: string): void => {
      const took = Math.round(performance.now() - started);
      settings.trace(`${request.method} ${url.origin}${url.pathname} ${what} in ${took} ms`);
    };
    let answer: HttpResponse;
    try {
      answer = await withTrust(trust, (reach) =>
        sendOnce({ ...request, headers }, reach, network, onWritten),
      );
    } catch (error) {
      trace('failed');
      if (!(error instanceof CliError)) signal.throwIfAborted();
      return transportError(error, url.origin);
    }
    trace(`→ ${answer.status}`);
    return (request.answersRedirect ? null : redirectError(answer, url)) ?? answer;
  }

  return {
    async send(request) {
      const url = new URL(request.url);
      const progress = settings.progress(`Waiting for ${url.host}`);
      const ledger = openLedger(request);
      try {
        const answer = await untilDone<HttpResponse>(
          () => ledger.attempt((onWritten) => attempt(request, url, onWritten)),
          (outcome, attempts) =>
            ledger.maySendAgain(outcome) ? waitBeforeRetry(outcome, attempts) : null,
          new CliError('tenant-timeout', `${url.origin} did not answer in time`),
        );
        return ledger.judge(answer);
      } catch (error) {
        throw error instanceof CliError ? ledger.told(error) : error;
      } finally {
        progress.stop();
      }
    },
    close: end,
  };
}

/** Counts the attempts of a request: those that wrote anything, and those of them without a whole answer. */
function openLedger({ url, retry, change }: HttpRequest) {
  let [written, unanswered] = [0, 0];
  return {
    async attempt(
      work: (onWritten: () => void) => Promise<HttpResponse | CliError>,
    ): Promise<HttpResponse | CliError> {
      const before = written;
      const onWritten = (): void => {
        written = before + 1;
      };
      try {
        const outcome = await work(onWritten);
        if (lacksAnswer(outcome, change)) unanswered += written - before;
        return outcome;
      } catch (error) {
        unanswered += written - before;
        throw error;
      }
    },
    maySendAgain: (outcome: HttpResponse | Error): boolean =>
      retry && (change?.idempotent !== false || (unanswered === 0 && didNothing(outcome))),
    /** After a missing answer, only an answer that confirms the change counts. @throws {CliError} tenant-unreachable */
    judge(answer: HttpResponse): HttpResponse {
      if (change === undefined || unanswered === 0 || change.judge(answer) === 'done')
        return answer;
      throw new CliError(
        'tenant-unreachable',
        `${new URL(url).origin} answered with HTTP ${answer.status}`,
      );
    },
    /** The error that ended the request, which tells whether the tenant may have made the change. */
    told(error: CliError): CliError {
      if (change !== undefined && unanswered > 0) return outcomeUnknown(error, change, written);
      return error;
    },
  };
}

/** Whether the tenant's whole answer is missing. A redirect is an answer, and so is a foreign one, unless it was too long. */
function lacksAnswer(outcome: HttpResponse | CliError, change: Change | undefined): boolean {
  if (outcome instanceof CliError && systemCode(outcome.cause) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return true;
  if (outcome instanceof CliError)
    return !['tenant-redirected', 'tenant-not-json'].includes(outcome.code);
  return change?.judge(outcome) === 'missing';
}

/** Whether an outcome that is no missing answer says that nothing was done. */
function didNothing(outcome: HttpResponse | Error): boolean {
  return outcome instanceof Error || outcome.status === 429;
}

function redirectError(answer: HttpResponse, url: URL): CliError | null {
  if (answer.status < 300 || answer.status > 399) return null;
  const target = redirectTarget(answer, url.href);
  const shown = target?.host ? target.origin : 'another address';
  return new CliError('tenant-redirected', `${url.origin} answered with a redirect to ${shown}`);
}

function loadTrust({ trust, signal, timeout }: NetworkSettings): Trust {
  return createTrust(trust, { signal, patience: timeout });
}

/**
 * Opens several Https that share the CAs and one listener for the interrupt. Each gets the interrupt through its own signal
 * until it is closed.
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
  return { open: (timeout, aside) => createHttp({ ...shared, timeout, ...(aside && { aside }) }) };
}
