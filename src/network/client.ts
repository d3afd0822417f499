import type { Agent } from 'node:http';
import { CliError } from '../errors/cli-error.ts';
import { parseJson } from '../text/json.ts';
import type { Secret } from '../text/secret.ts';
import { createAgent } from './agent.ts';
import { answerIds } from './answer-ids.ts';
import { isUnconnected } from './failure.ts';
import type { HttpRequest, HttpResponse, OpenHttp } from './http.ts';
import { type ProxySettings, proxyFor } from './proxy.ts';
import { secretsIn, secretsSent } from './redaction.ts';
import { waitBeforeRetry } from './retry.ts';
import { sendOnce } from './send-once.ts';
import { transportError } from './transport-error.ts';
import { type Aside, createTries } from './tries.ts';
import { createTrust, type Trust, withTrust } from './trust.ts';
import type { TrustSettings } from './trust-settings.ts';

export interface NetworkSettings {
  /** Limit of all of one command's waiting, in milliseconds: requests, their bodies and pauses between attempts. */
  readonly timeout: number;
  readonly proxies: ProxySettings;
  readonly trust: TrustSettings;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** A line for each attempt: method, path, status, time, and the answer's identifiers. No query, no header, no body. */
  readonly trace: (line: string) => void;
  /** Shows a person that we are waiting, until stopped. */
  readonly progress: (text: string) => { stop(): void };
  /** How the pauses between attempts are made. */
  readonly aside?: Aside;
  /** Loaded for several; default: that of the settings, loaded when it is needed. */
  readonly loadedTrust?: Trust;
}

/**
 * The network over node:http. Certificates are checked against the user's CAs, then also against those of Node.js and of the
 * operating system, as long as none vouches (nothing has been sent by then).
 */
export function createHttp(settings: NetworkSettings): OpenHttp {
  const agents = new Map<string, Promise<Agent>>();
  const { signal, untilDone, end } = createTries(settings.timeout, settings.signal, settings.aside);
  const waiting = { signal: settings.signal, patience: settings.timeout };
  const trust = settings.loadedTrust ?? createTrust(settings.trust, waiting);
  /** What no line of the trace may reveal: from every request and answer so far, since a later answer may contain it. */
  const secrets: Secret[] = [];

  async function openAgent(url: URL, reach: number): Promise<Agent> {
    const proxy = proxyFor(url, settings.proxies);
    const context = url.protocol === 'https:' ? await trust.context(reach) : null;
    return createAgent({ url, proxy, trust: context, signal });
  }

  function agentFor(url: URL, reach: number): Promise<Agent> {
    const key = `${url.origin} ${reach}`;
    const agent = agents.get(key) ?? openAgent(url, reach);
    agents.set(key, agent);
    return agent;
  }

  async function attempt(request: HttpRequest, url: URL): Promise<HttpResponse> {
    const headers = { 'user-agent': settings.userAgent, ...request.headers };
    return withTrust(trust, async (reach) =>
      sendOnce({ ...request, headers }, await agentFor(url, reach), signal),
    );
  }

  /** An answer, or the failure of an attempt. @throws the signal's reason */
  async function tracedAttempt(request: HttpRequest, url: URL): Promise<HttpResponse | Error> {
    const started = performance.now();
    const trace = (what: string, ids = ''): void => {
      const took = Math.round(performance.now() - started);
      settings.trace(`${request.method} ${url.origin}${url.pathname} ${what} in ${took} ms${ids}`);
    };
    try {
      const response = await attempt(request, url);
      for (const secret of [...secretsSent(request), ...secretsIn(parseJson(response.body))])
        secrets.push(secret);
      trace(`→ ${response.status}`, answerIds(request, response, secrets));
      return (request.answersRedirect ? null : redirectError(response, url)) ?? response;
    } catch (error) {
      trace('failed');
      if (!(error instanceof CliError)) signal.throwIfAborted();
      return transportError(error, url.origin);
    }
  }

  return {
    async send(request) {
      const url = new URL(request.url);
      const progress = settings.progress(`Waiting for ${url.host}`);
      let mayHaveArrived = false;
      const attempt = async (): Promise<HttpResponse | Error> => {
        const before = mayHaveArrived;
        mayHaveArrived = true;
        const outcome = await tracedAttempt(request, url);
        if (isUnconnected(outcome)) mayHaveArrived = before;
        return outcome;
      };
      try {
        return await untilDone(
          attempt,
          (outcome, attempts) => (request.retry ? waitBeforeRetry(outcome, attempts) : null),
          new CliError('tenant-timeout', `${url.origin} did not answer in time`),
        );
      } catch (error) {
        throw mayHaveArrived ? error : neverConnected(error);
      } finally {
        progress.stop();
      }
    },
    close() {
      end();
      for (const agent of agents.values()) agent.then((open) => open.destroy()).catch(() => undefined);
      agents.clear();
    },
  };
}

/** The fact `connected` tells that no attempt got to the tenant, so that nothing can have changed there. */
function neverConnected(error: unknown): unknown {
  if (!(error instanceof CliError)) return error;
  const { code, message, cause, facts } = error;
  return new CliError(code, message, { cause, facts: { ...facts, connected: 'never' } });
}

function redirectError({ status, headers }: HttpResponse, url: URL): CliError | null {
  if (status < 300 || status > 399) return null;
  const { location } = headers;
  const target = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : null;
  const shown = target?.host ? target.origin : 'another address';
  return new CliError('tenant-redirected', `${url.origin} answered with a redirect to ${shown}`);
}
