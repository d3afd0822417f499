import type { IncomingMessage } from 'node:http';
import { isObject, parseJson } from '../text/json.ts';
import { sessionTokenIn } from './access-tokens.ts';
import type { Assumptions } from './assumptions.ts';
import type { Caller } from './directory.ts';
import {
  asAssumed,
  badJson,
  failureEnvelope,
  missingRight,
  Refusal,
  successEnvelope,
} from './envelope.ts';
import { type Exchange, isForm, type Route, readBody, readQuery, sendJson } from './http.ts';
import { type JsonObject, Parameters } from './parameters.ts';
import type { Right } from './people.ts';
import type { World } from './world.ts';

export interface Call extends Exchange {
  readonly parameters: Parameters;
  readonly caller: Caller;
}

/**
 * Where parameters come from: `list` is a body with a JSON list, which becomes `items`.
 */
type ParameterSource = 'json' | 'form' | 'query' | 'list';

interface ApiTerms {
  /** The sources of its parameters, lowest precedence first; default: the JSON body. */
  readonly takes?: readonly ParameterSource[];
  /** The right that the caller needs; `signed-in`: any user; `open`: anyone. */
  readonly right: Right | 'signed-in' | 'open';
  /** Whether the result is the whole answer, without an envelope. */
  readonly bare?: boolean;
}

/** One API of the tenant. */
export interface Api extends ApiTerms {
  readonly path: string;
  /** The envelope's `Result`; undefined is null. @throws {Refusal} */
  perform(call: Call): unknown;
}

/** A row of a table of APIs. @param terms the right alone, or every unusual property */
export function api(path: string, terms: Api['right'] | ApiTerms, perform: Api['perform']): Api {
  const given = typeof terms === 'string' ? { right: terms } : terms;
  return { path, ...given, perform };
}

/**
 * The route of an API. Unless the API is open, it needs a bearer token whose scope allows
 * the path, and the right.
 */
export function apiRoute(api: Api, world: World): Route {
  return {
    method: 'POST',
    path: api.path,
    async answer(request, response) {
      const body = await readBody(request);
      const { status, answer } = await answerCall(api, world.assumptions, () => {
        const caller = requireCaller(api, sessionTokenIn(request) ?? '', world);
        const parameters = new Parameters(parametersOf(api, request, body));
        return { parameters, caller, request, response };
      });
      sendJson(response, status, answer);
    },
  };
}

export interface ApiAnswer {
  readonly status: number;
  /** The envelope, or the result alone. */
  readonly answer: unknown;
}

/**
 * The answer to a call, or to a request that is not even admitted.
 * @param admit checks who calls, and reads the call; its Refusal is an answer as well
 */
export async function answerCall(
  api: Api,
  assumptions: Assumptions,
  admit: () => Call,
): Promise<ApiAnswer> {
  try {
    const call = admit();
    const result = await api.perform(call);
    return { status: 200, answer: api.bare === true ? result : successEnvelope(result ?? null) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const refusal = asAssumed(error, assumptions);
    return { status: refusal.terms.status ?? 200, answer: failureEnvelope(refusal) };
  }
}

const nobody: Caller = { user: '', uuid: '', rights: [] };

/** @throws {Refusal} if the token is not valid, or does not allow the call */
function requireCaller(
  { path, right }: Api,
  token: string,
  { accessTokens, directory }: World,
): Caller {
  if (right === 'open') return nobody;
  const access = accessTokens.find(token);
  const caller = access === null ? null : directory.findCaller(access.user);
  if (access === null || caller === null)
    throw new Refusal(null, 'Authentication (login or challenge) has failed.', { status: 401 });
  if (!access.apis.some((pattern) => pattern.test(path))) {
    const words = 'The scope of the access token does not allow this API.';
    throw new Refusal('ServiceUnauthorizedAccess', words, { status: 401 });
  }
  requireRight(caller, right);
  return caller;
}

/** @throws {Refusal} if the caller lacks the right */
export function requireRight({ rights }: Caller, right: Api['right']): void {
  if (right === 'signed-in' || right === 'open') return;
  if (!rights.includes(right)) throw missingRight();
}

function parametersOf(
  { takes = ['json'], right }: Api,
  request: IncomingMessage,
  body: string,
): JsonObject {
  // Before a sign-in a body is JSON, regardless of its content type.
  const hasForm = isForm(request) && right !== 'open';
  const parameters: Record<string, unknown> = {};
  for (const source of takes) {
    switch (source) {
      case 'json':
        if (!hasForm) Object.assign(parameters, parseParameters(body));
        break;
      case 'form':
        if (hasForm) Object.assign(parameters, ofPairs(new URLSearchParams(body)));
        break;
      case 'query':
        Object.assign(parameters, ofPairs(readQuery(request)));
        break;
      case 'list':
        parameters.items = parseList(body);
    }
  }
  return parameters;
}

function ofPairs(pairs: URLSearchParams): JsonObject {
  return Object.fromEntries(pairs);
}

/** The objects of a JSON list. @throws {Refusal} */
function parseList(body: string): readonly JsonObject[] {
  const list = parseJson(body);
  if (Array.isArray(list) && list.every(isObject)) return list;
  throw badJson('The request body is not a list of JSON objects.');
}

/** The members of a JSON object; an empty body has none. @throws {Refusal} */
export function parseParameters(body: string): JsonObject {
  const document = body.trim() === '' ? {} : parseJson(body);
  if (document === undefined) throw badJson('The request body is not valid JSON.');
  if (isObject(document)) return document;
  throw badJson('The request body is not a JSON object.');
}
