import type { Access, AccessTokens } from './access-tokens.ts';
import type { Assumptions } from './assumptions.ts';
import { readSession } from './authentication/session-tokens.ts';
import type { Caller, Directory } from './directory.ts';
import { asAssumed, failureEnvelope, missingRight, Refusal, successEnvelope } from './envelope.ts';
import { type Asking, isForm, type Route, readBody, readQuery, sendJson } from './http.ts';
import {
  type JsonObject,
  type Parameters,
  parseList,
  parseParameters,
  readParameters,
} from './parameters.ts';
import type { Right } from './rights.ts';

/** What comes with an API call. */
export interface Call extends Parameters {
  readonly caller: Caller;
  readonly token: string;
  readonly query: URLSearchParams;
  /** Aborted once nobody waits for the answer. */
  readonly signal: AbortSignal;
}

/** Where a call's parameters can be. */
export type ParameterPlace = 'json' | 'form' | 'query' | 'list';

/** One API of the tenant. */
export interface Api {
  /** Default: POST. */
  readonly method?: Route['method'];
  readonly path: string;
  /** Where its parameters come from, lowest precedence first; default: the JSON body. */
  readonly takes?: readonly ParameterPlace[];
  /** The right that the caller needs; null: anybody who is signed in. */
  readonly right: Right | null;
  /** Whether the result is the whole answer, without an envelope. */
  readonly bare?: true;
  /** The envelope's `Result`; undefined is null. @throws {Refusal} */
  call(call: Call): unknown;
}

/** A line of a table of APIs. @param terms the right alone, or more of what is not usual */
export function api(path: string, terms: Api['right'] | Omit<Api, 'path' | 'call'>, call: Api['call']): Api {
  return { path, ...(terms === null || typeof terms === 'string' ? { right: terms } : terms), call };
}

/** The address of an API: it needs a bearer token whose scope allows the path, and then the right. */
export function apiRoute(
  api: Api,
  accessTokens: AccessTokens,
  directory: Directory,
  assumptions: Assumptions,
): Route {
  return {
    method: api.method ?? 'POST',
    path: api.path,
    async answer(request, response) {
      const body = await readBody(request);
      const token = readSession(request) ?? '';
      const query = readQuery(request);
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const { status, answer } = await answerCall(api, assumptions, () => {
        const caller = admit(api, accessTokens.find(token), directory);
        const parameters = parametersOf(api.takes ?? ['json'], request, body);
        return { ...readParameters(parameters), caller, token, query, signal: gone.signal };
      });
      sendJson(response, status, answer);
    },
  };
}

/** The answer to a call. @param read @throws {Refusal} */
export async function answerCall(
  api: Api,
  assumptions: Assumptions,
  read: () => Call,
): Promise<{ readonly status: number; readonly answer: unknown }> {
  try {
    const result = await api.call(read());
    return { status: 200, answer: api.bare === true ? result : successEnvelope(result ?? null) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const refusal = asAssumed(error, assumptions);
    return { status: refusal.status, answer: failureEnvelope(refusal) };
  }
}

function admit(api: Api, access: Access | null, directory: Directory): Caller {
  const caller = access === null ? null : directory.findCaller(access.user);
  if (access === null || caller === null) {
    throw new Refusal(null, 'Authentication (login or challenge) has failed.', 401);
  }
  if (!access.apis.some((pattern) => pattern.test(api.path))) {
    throw new Refusal(
      'ServiceUnauthorizedAccess',
      'The scope of the access token does not allow this API.',
      401,
    );
  }
  if (api.right !== null) requireRight(caller, api.right);
  return caller;
}

/** @throws {Refusal} the caller may not */
export function requireRight({ rights }: Caller, right: Right): void {
  if (!rights.includes(right)) throw missingRight();
}

function parametersOf(places: readonly ParameterPlace[], request: Asking, body: string): JsonObject {
  const form = isForm(request);
  const read: Readonly<Record<ParameterPlace, () => JsonObject>> = {
    json: () => (form ? {} : parseParameters(body)),
    form: () => (form ? Object.fromEntries(new URLSearchParams(body)) : {}),
    query: () => Object.fromEntries(readQuery(request)),
    list: () => ({ items: parseList(body) }),
  };
  return Object.assign({}, ...places.map((place) => read[place]()));
}
