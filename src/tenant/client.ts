import { CliError, hasCode, restated, unlessInterrupted } from '../errors/cli-error.ts';
import type { ChangeJudge, Http, HttpRequest, HttpResponse } from '../network/http.ts';
import { parseJson } from '../text/json.ts';
import { masked } from '../text/mask.ts';
import { Secret } from '../text/secret.ts';
import { readEnvelope, requireSuccess, toEnvelope } from './envelope.ts';
import { plainJudge } from './plain-change.ts';

/** The authorization of a request, for example a session of `auth/`. */
export interface Bearer {
  accessToken(): Secret;
  /** Masked in every answer: present and past tokens, and the credentials behind them. */
  secrets(): readonly Secret[];
  /** Whether it comes from a sign-in, which is an answer as a tenant gives it. */
  readonly isFromTenant?: boolean;
  /**
   * Gets an access token in place of the rejected one.
   * @throws {CliError} session-expired
   */
  renew(): Promise<void>;
  /** Whether its requests are optional: a 401 needs no explanation. */
  readonly isOptional?: boolean;
}

/**
 * The form of a call's parameters: a JSON body, a form, or the query of the address,
 * which servers log.
 */
export type SentAs = 'json' | 'form' | 'query';

interface AskOptions extends Pick<HttpRequest, 'headers'> {
  /** The change that the call makes, to follow "it may have"; absent: none. */
  readonly mayHave?: string;
  /** Whether to never retry it automatically. */
  readonly once?: boolean;
  /** The secrets of the document. */
  readonly secrets?: readonly Secret[];
}

/** Parameters by the vendor's names. */
export type CallParameters = Readonly<Record<string, string | Secret>>;

/**
 * A request with a path that starts with `/`, without the common headers. A body is JSON
 * unless the headers differ.
 */
type TenantRequest = Pick<
  HttpRequest,
  'method' | 'headers' | 'body' | 'retry' | 'changeJudge' | 'answersRedirect'
> & { readonly path: string };

/**
 * One tenant with one session. The secrets of the request and of the session are masked
 * in every answer.
 */
export interface TenantClient {
  readonly tenant: string;
  /** The secrets of the session. */
  secrets(): readonly Secret[];
  /**
   * Sends any request to the tenant and returns the answer unchanged, refusals included.
   * @throws {CliError} session-expired, tenant-forbidden, outcome-unknown and what Http
   * throws
   */
  send(request: TenantRequest): Promise<HttpResponse>;
  /**
   * Posts a JSON document, or nothing, and returns the envelope's `Result`.
   * @throws {CliError} as call, and outcome-unknown
   */
  ask(path: string, document?: unknown, options?: AskOptions): Promise<unknown>;
  /**
   * Calls an API of the tenant that changes nothing, and returns the envelope's `Result`.
   * @throws {CliError} session-expired, tenant-refused, tenant-not-json,
   * tenant-forbidden,
   *   rate-limited and what Http throws
   */
  call(path: string, parameters: CallParameters, sendAs?: SentAs): Promise<unknown>;
  /**
   * Calls an API that changes something, and returns whatever answer its judge leaves: a
   * redirect, a 401 after a renewal, a refusal.
   * @throws {CliError} outcome-unknown, session-expired if it cannot be renewed, and what
   *   Http throws
   */
  change(
    path: string,
    parameters: CallParameters,
    sendAs: SentAs,
    changeJudge: ChangeJudge,
  ): Promise<HttpResponse>;
}

/**
 * @param hasHistory whether a ledger knows that the host answered as a tenant before; for
 *   a strange answer
 */
export function createTenantClient(
  tenant: string,
  http: Http,
  bearer: Bearer,
  hasHistory: () => Promise<boolean> = async () => false,
): TenantClient {
  return new SessionClient(tenant, http, bearer, hasHistory);
}

class SessionClient implements TenantClient {
  readonly tenant: string;
  readonly #http: Http;
  readonly #bearer: Bearer;
  readonly #hasHistory: () => Promise<boolean>;
  /** Whether the host has answered as a tenant before. */
  #hostHasAnswered: boolean;

  constructor(tenant: string, http: Http, bearer: Bearer, hasHistory: () => Promise<boolean>) {
    this.tenant = tenant;
    this.#http = http;
    this.#bearer = bearer;
    this.#hasHistory = hasHistory;
    this.#hostHasAnswered = bearer.isFromTenant === true;
  }

  secrets(): readonly Secret[] {
    return this.#bearer.secrets();
  }

  async send(request: TenantRequest): Promise<HttpResponse> {
    const response = await this.#sendWithRenewal(request).catch((error: unknown) => {
      if (!hasCode(error, 'tenant-redirected')) throw error;
      throw restated(error, { message: masked(error.message, this.secrets()) });
    });
    if (response.status !== 401) return response;
    const words = `${this.tenant} ${outOfScope}`;
    const [path] = request.path.split('?', 1);
    throw new CliError('tenant-forbidden', words, {
      facts: { lacks: 'scope', ...(path && { path }) },
    });
  }

  async ask(path: string, document?: unknown, options: AskOptions = {}): Promise<unknown> {
    const { headers = {}, mayHave, once = false, secrets = [] } = options;
    const response = await this.send({
      method: 'POST',
      path,
      headers,
      retry: !once,
      ...(document === undefined ? {} : { body: JSON.stringify(document) }),
      ...(mayHave === undefined ? {} : { changeJudge: plainJudge({ mayHave, idempotent: !once }) }),
    });
    return this.#resultOf(response, secrets);
  }

  async call(path: string, parameters: CallParameters, sendAs: SentAs = 'json'): Promise<unknown> {
    const request = { method: 'POST', retry: true, ...encode(path, parameters, sendAs) };
    const response = await this.send(request);
    return this.#resultOf(response, secretsOf(parameters));
  }

  change(
    path: string,
    parameters: CallParameters,
    sendAs: SentAs,
    changeJudge: ChangeJudge,
  ): Promise<HttpResponse> {
    return this.#sendWithRenewal({
      method: 'POST',
      retry: true,
      answersRedirect: true,
      changeJudge,
      ...encode(path, parameters, sendAs),
    });
  }

  /** A 401 renews the session once. */
  async #sendWithRenewal(request: TenantRequest): Promise<HttpResponse> {
    const first = await this.#sendOnce(request);
    if (first.status !== 401) return first;
    try {
      await this.#bearer.renew();
    } catch (error) {
      if (!hasCode(error, 'session-expired') || !(await this.#acceptsOther(request.path)))
        throw error;
      return first;
    }
    return this.#sendOnce(request);
  }

  async #sendOnce({ path, headers, ...request }: TenantRequest): Promise<HttpResponse> {
    const response = await this.#http.send({
      ...request,
      url: `${this.tenant}${path}`,
      headers: {
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        'x-idap-native-client': 'true',
        // Those of the request come last: a form has another content type.
        ...headers,
        authorization: `Bearer ${this.#bearer.accessToken().reveal()}`,
      },
    });
    if (!this.#hostHasAnswered && toEnvelope(parseJson(response.body), []) === null)
      this.#hostHasAnswered = await this.#hasHistory();
    return this.#hostHasAnswered ? { ...response, hostHasAnswered: true } : response;
  }

  /** Whether the tenant accepts the session for another call than that. */
  async #acceptsOther(path: string): Promise<boolean> {
    if (this.#bearer.isOptional === true || path === userPath) return false;
    return this.#sendOnce({ method: 'POST', path: userPath, retry: true })
      .then((response) => this.#resultOf(response, []) !== undefined)
      .catch(unlessInterrupted(() => false));
  }

  #resultOf(response: HttpResponse, sent: readonly Secret[]): unknown {
    const envelope = readEnvelope(response, this.tenant, [...sent, ...this.secrets()]);
    this.#hostHasAnswered = true;
    return requireSuccess(envelope, this.tenant);
  }
}

/**
 * The end of a sentence about a 401 to a session that was just renewed, or that another
 * call accepts.
 */
export const outOfScope = 'accepts this session, but not for this call: the scope may be too small';

/** The call that any session may make, unless its scope forbids it. */
const userPath = '/Security/WhoAmI';

/** The secrets among parameters. */
export function secretsOf(parameters: CallParameters): readonly Secret[] {
  return Object.values(parameters).filter((value) => value instanceof Secret);
}

/**
 * A client for optional questions: a 401 neither renews nor ends the session.
 * @param refused the error of a 401; absent: that the session does not allow the request
 */
export function createOptionalClient(
  tenant: string,
  http: Http,
  { accessToken, secrets, isFromTenant = false }: Bearer,
  refused?: CliError,
): TenantClient {
  return createTenantClient(tenant, http, {
    accessToken,
    secrets,
    isFromTenant,
    isOptional: true,
    async renew() {
      throw refused ?? new CliError('session-expired', notAllowed(tenant));
    },
  });
}

function notAllowed(tenant: string): string {
  return `${tenant} does not accept the session for this request`;
}

function encode(path: string, parameters: CallParameters, sendAs: SentAs) {
  const texts = Object.entries(parameters).map(([name, value]) => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ]);
  const revealed: Record<string, string> = Object.fromEntries(texts);
  if (sendAs === 'json') return { path, body: JSON.stringify(revealed) };
  const form = new URLSearchParams(revealed).toString();
  return sendAs === 'form'
    ? { path, body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    : { path: form === '' ? path : `${path}?${form}` };
}
