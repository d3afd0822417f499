import { CliError } from '../errors/cli-error.ts';
import type { Change, Http, HttpRequest, HttpResponse } from '../network/http.ts';
import { membersOf } from '../text/json.ts';
import { Secret } from '../text/secret.ts';
import { judgeAnswer, parameterFault, readEnvelope, requireSuccess, textIn } from './envelope.ts';

/** What authorizes a request, for example a session of `auth/`. */
export interface Bearer {
  accessToken(): Secret;
  /** What no answer may reveal: the tokens that it has or had, and what they were obtained with. */
  secrets(): readonly Secret[];
  /** Whether a sign-in at the tenant gave it, which is then one. */
  readonly isFromTenant?: boolean;
  /** A new access token to replace the one that the tenant rejected. @throws {CliError} session-expired */
  renew(): Promise<void>;
}

/** How the parameters of a call are sent: a JSON body, a form, or the query of the address, which servers log. */
export type SentAs = 'json' | 'form' | 'query';

/** One tenant, reached with one session. Whatever the tenant says comes without the secrets of the request and of the session. */
export interface TenantClient {
  readonly tenant: string;
  /** The secrets of the session. */
  secrets(): readonly Secret[];
  /**
   * Calls an API of the tenant and returns the envelope's `Result`.
   * @param sendAs default: JSON
   * @param change present: the call changes something
   * @throws {CliError} session-expired, outcome-unknown, tenant-refused, tenant-not-json (both with the fact `parameters` where it is
   *   about how they were sent), tenant-forbidden, rate-limited and what Http throws
   */
  call(path: string, parameters: CallParameters, sendAs?: SentAs, change?: CallChange): Promise<unknown>;
  /**
   * Posts a JSON document, or nothing, and returns the envelope's `Result`.
   * @throws {CliError} as call, without the fact `parameters`
   */
  ask(path: string, document?: unknown, options?: AskOptions): Promise<unknown>;
  /**
   * Sends any request to the tenant and returns the answer unchanged, refusals included.
   * @throws {CliError} session-expired, outcome-unknown and what Http throws
   */
  send(request: TenantRequest): Promise<HttpResponse>;
}

interface AskOptions extends Pick<HttpRequest, 'headers'> {
  /** What the call may have done where its answer is missing, behind "it may have"; absent: it changes nothing. */
  readonly change?: string;
  /** Whether it is never sent a second time by itself. */
  readonly once?: boolean;
  /** Those of the document. */
  readonly secrets?: readonly Secret[];
}

/** A change of the tenant's, whose answers are all judged alike. */
export type CallChange = Omit<Change, 'judge'>;
/** By name, as the vendor spells it. */
export type CallParameters = Readonly<Record<string, string | Secret>>;

/** A request whose path begins with `/`, apart from what every request to a tenant carries; a body is JSON, unless the headers say otherwise. */
interface TenantRequest extends Pick<HttpRequest, 'method' | 'headers' | 'body' | 'retry'> {
  readonly path: string;
  readonly change?: CallChange;
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
    async ask(path, document, { headers = {}, change: done, once = false, secrets = [] } = {}) {
      const body = document === undefined ? {} : { body: JSON.stringify(document) };
      const change = done === undefined ? {} : { change: { done, idempotent: !once } };
      return resultOf(
        await send({ method: 'POST', path, headers, retry: !once, ...body, ...change }),
        secrets,
      );
    },
    async call(path, parameters, sendAs = 'json', change) {
      const request = { method: 'POST', retry: true, ...encode(path, parameters, sendAs) };
      const response = await send(change === undefined ? request : { ...request, change });
      try {
        const secrets = Object.values(parameters).filter((value) => value instanceof Secret);
        return resultOf(response, secrets);
      } catch (error) {
        // A page that no tenant wrote, with a status that is no failure either, says nothing about the request.
        const isRefusal =
          error instanceof CliError &&
          (error.code === 'tenant-refused' || (error.code === 'tenant-not-json' && response.status >= 400));
        const fault = isRefusal ? parameterFault(response, Object.keys(parameters)) : null;
        if (!isRefusal || fault === null) throw error;
        throw new CliError(error.code, error.message, { facts: { ...error.facts, parameters: fault } });
      }
    },
  };
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

/** Renews once after a 401 and sends again. @throws {CliError} session-expired */
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

/** `POST /Security/WhoAmI`: the signed-in user's name, or null if the tenant does not say. */
export async function whoAmI(client: TenantClient): Promise<string | null> {
  return textIn(membersOf(await client.call('/Security/WhoAmI', {}))?.User);
}

/**
 * Asks the tenant who is signed in, which shows whether it still takes the session. A scope need not allow the question, and
 * a tenant may answer such a one with 401: so it is when the very token that it has just renewed is not accepted.
 * @returns who the tenant says is signed in; or, with `told: false`, who the token says where the tenant does not tell
 * @throws {CliError} session-expired: the tenant does not take the session any more; and what a call throws
 */
export async function askUser(
  client: TenantClient,
  session: Bearer & { readonly user: string | null },
): Promise<{ readonly user: string | null; readonly told: boolean }> {
  const before = session.accessToken().reveal();
  try {
    return { user: (await whoAmI(client)) ?? session.user, told: true };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const renewed = session.accessToken().reveal() !== before;
    const outOfScope =
      (error.code === 'tenant-forbidden' && error.facts.messageId !== undefined) ||
      (error.code === 'session-expired' && renewed);
    if (!outOfScope) throw error;
    return { user: session.user, told: false };
  }
}
