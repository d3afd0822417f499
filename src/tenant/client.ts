import { CliError, hasCode, restated } from '../errors/cli-error.ts';
import type { Change, Http, HttpRequest, HttpResponse } from '../network/http.ts';
import { Secret } from '../text/secret.ts';
import { judgeAnswer, parameterFault, readEnvelope, requireSuccess } from './envelope.ts';

/** The authorization of a request, for example a session of `auth/`. */
export interface Bearer {
  accessToken(): Secret;
  /** Masked in every answer: present and past tokens, and the credentials behind them. */
  secrets(): readonly Secret[];
  /** Whether it comes from a sign-in at the tenant, which proves that this is one. */
  readonly isFromTenant?: boolean;
  /**
   * Gets an access token in place of the rejected one.
   * @throws {CliError} session-expired
   */
  renew(): Promise<void>;
}

/**
 * The form of a call's parameters: a JSON body, a form, or the query of the address,
 * which servers log.
 */
export type SentAs = 'json' | 'form' | 'query';

interface AskOptions extends Pick<HttpRequest, 'headers'> {
  /** The change that the call makes, to follow "it may have"; absent: none. */
  readonly change?: string;
  /** Whether to never retry it automatically. */
  readonly once?: boolean;
  /** The secrets of the document. */
  readonly secrets?: readonly Secret[];
}

/** A change at the tenant, with the common judge of its answers. */
export type CallChange = Omit<Change, 'judge'>;
/** Parameters by the vendor's names. */
export type CallParameters = Readonly<Record<string, string | Secret>>;

/**
 * A request with a path that starts with `/`, without the common headers. A body is JSON
 * unless the headers differ.
 */
interface TenantRequest extends Pick<HttpRequest, 'method' | 'headers' | 'body' | 'retry'> {
  readonly path: string;
  readonly change?: CallChange;
}

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
   * @throws {CliError} session-expired, outcome-unknown and what Http throws
   */
  send(request: TenantRequest): Promise<HttpResponse>;
  /**
   * Posts a JSON document, or nothing, and returns the envelope's `Result`.
   * @throws {CliError} as call, without the fact `parameters`
   */
  ask(path: string, document?: unknown, options?: AskOptions): Promise<unknown>;
  /**
   * Calls an API of the tenant and returns the envelope's `Result`.
   * @param change set: the call changes something
   * @throws {CliError} session-expired, outcome-unknown, tenant-refused, tenant-not-json
   *   (both with the fact `parameters` if it concerns their form), tenant-forbidden,
   *   rate-limited and what Http throws
   */
  call(
    path: string,
    parameters: CallParameters,
    sendAs?: SentAs,
    change?: CallChange,
  ): Promise<unknown>;
}

export function createTenantClient(tenant: string, http: Http, bearer: Bearer): TenantClient {
  let isKnown = bearer.isFromTenant === true;
  async function send({ path, headers, change, ...request }: TenantRequest): Promise<HttpResponse> {
    const attempt = (): Promise<HttpResponse> =>
      http.send({
        ...request,
        url: `${tenant}${path}`,
        headers: {
          accept: 'application/json',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          'x-idap-native-client': 'true',
          ...headers,
          authorization: `Bearer ${bearer.accessToken().reveal()}`,
        },
        ...(change === undefined ? {} : { change: { ...change, judge: judgeAnswer } }),
      });
    const response = await withRenewal(attempt, bearer, tenant);
    return isKnown ? { ...response, isFromTenant: true } : response;
  }
  function resultOf(response: HttpResponse, sent: readonly Secret[]): unknown {
    const envelope = readEnvelope(response, tenant, [...sent, ...bearer.secrets()]);
    isKnown = true;
    return requireSuccess(envelope, tenant);
  }
  return {
    tenant,
    secrets: () => bearer.secrets(),
    send,
    async ask(path, document, options = {}) {
      const { headers = {}, change: done, once = false, secrets = [] } = options;
      const body = document === undefined ? {} : { body: JSON.stringify(document) };
      const change = done === undefined ? {} : { change: { done, idempotent: !once } };
      const response = await send({
        method: 'POST',
        path,
        headers,
        retry: !once,
        ...body,
        ...change,
      });
      return resultOf(response, secrets);
    },
    async call(path, parameters, sendAs = 'json', change) {
      const request = { method: 'POST', retry: true, ...encode(path, parameters, sendAs) };
      const response = await send(change === undefined ? request : { ...request, change });
      try {
        const secrets = Object.values(parameters).filter((value) => value instanceof Secret);
        return resultOf(response, secrets);
      } catch (error) {
        if (!isRefusal(error, response)) throw error;
        const fault = parameterFault(response, Object.keys(parameters));
        throw fault === null ? error : restated(error, { facts: { parameters: fault } });
      }
    },
  };
}

/** A foreign page with a status of success says nothing about the request. */
function isRefusal(
  error: unknown,
  { status }: HttpResponse,
): error is CliError<'tenant-refused' | 'tenant-not-json'> {
  return hasCode(error, 'tenant-refused') || (hasCode(error, 'tenant-not-json') && status >= 400);
}

/** A client for optional questions: a 401 neither renews nor ends the session. */
export function createOptionalClient(
  tenant: string,
  http: Http,
  { accessToken, secrets }: Bearer,
  refused: CliError = new CliError(
    'session-expired',
    `${tenant} does not allow this request with this session`,
  ),
): TenantClient {
  return createTenantClient(tenant, http, {
    accessToken,
    secrets,
    renew: () => Promise.reject(refused),
  });
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

/**
 * Renews the session once after a 401 and repeats the request.
 * @throws {CliError} session-expired
 */
async function withRenewal(attempt: () => Promise<HttpResponse>, bearer: Bearer, tenant: string) {
  const first = await attempt();
  if (first.status !== 401) return first;
  await bearer.renew();
  const second = await attempt();
  if (second.status !== 401) return second;
  throw new CliError(
    'session-expired',
    `${tenant} does not accept the access token: it has expired, was revoked, or its scope does not allow this request`,
  );
}
