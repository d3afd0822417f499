import { isObject, parseJson } from '../text/json.ts';
import { readSession } from './access-tokens.ts';
import { sameName } from './applications.ts';
import type { Assumptions } from './assumptions.ts';
import type { Caller } from './directory.ts';
import {
  asAssumed,
  badArgument,
  badFormat,
  badJson,
  failureEnvelope,
  missing,
  missingRight,
  Refusal,
  successEnvelope,
} from './envelope.ts';
import {
  type Asking,
  type Exchange,
  isForm,
  type Route,
  readBody,
  readQuery,
  sendJson,
} from './http.ts';
import type { Right } from './people.ts';
import type { World } from './world.ts';

export interface Call extends Parameters, Exchange {
  readonly caller: Caller;
}

/** One API of the tenant. */
export interface Api {
  readonly path: string;
  /** The sources of its parameters, lowest precedence first; default: the JSON body. */
  readonly takes?: readonly ('json' | 'form' | 'query' | 'list')[];
  /** The right that the caller needs; null: any signed-in user; `open`: anyone. */
  readonly right: Right | null | 'open';
  /** Whether the result is the whole answer, without an envelope. */
  readonly bare?: boolean;
  /** The envelope's `Result`; undefined is null. @throws {Refusal} */
  call(call: Call): unknown;
}

/** A row of a table of APIs. @param terms the right alone, or every unusual property */
export function api(
  path: string,
  terms: Api['right'] | Omit<Api, 'path' | 'call'>,
  call: Api['call'],
): Api {
  return {
    path,
    ...(terms === null || typeof terms === 'string' ? { right: terms } : terms),
    call,
  };
}

/** The route of an API. Unless it is open, it needs a bearer token whose scope allows the path, and the right. */
export function apiRoute(api: Api, world: World): Route {
  return {
    method: 'POST',
    path: api.path,
    async answer(request, response) {
      const body = await readBody(request);
      const { status, answer } = await answerCall(api, world.assumptions, () => {
        const caller = admit(api, readSession(request) ?? '', world);
        return { ...readParameters(parametersOf(api, request, body)), caller, request, response };
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
    return { status: refusal.terms.status ?? 200, answer: failureEnvelope(refusal) };
  }
}

const nobody: Caller = { user: '', uuid: '', rights: [] };

function admit({ path, right }: Api, token: string, { accessTokens, directory }: World): Caller {
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
  if (right !== null && right !== 'open' && !rights.includes(right)) throw missingRight();
}

function parametersOf({ takes = ['json'], right }: Api, request: Asking, body: string): JsonObject {
  const form = isForm(request);
  const read = {
    // Before a sign-in a body is JSON, regardless of its content type.
    json: () => (form && right !== 'open' ? {} : parseParameters(body)),
    form: () => (form ? Object.fromEntries(new URLSearchParams(body)) : {}),
    query: () => Object.fromEntries(readQuery(request)),
    list: () => ({ items: parseList(body) }),
  };
  return Object.assign({}, ...takes.map((place) => read[place]()));
}

/** The members of a JSON object, or none. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The limits of a number, and its default; without one it is required. */
type Range = Readonly<{ least: number; most: number; otherwise?: number }>;

/** A call's parameters by name. All but `all` and `value` throw a `Refusal`. */
export type Parameters = ReturnType<typeof readParameters>;

/** @param isExact whether letter case matters in names */
export function readParameters(all: JsonObject, isExact = false) {
  const letterCase = isExact ? 'sensitive' : 'insensitive';
  /** Undefined: absent. */
  const value = (name: string): unknown => {
    const spelled = Object.keys(all).find((known) => sameName(known, name, letterCase));
    return spelled === undefined ? undefined : all[spelled];
  };
  /** A required text that may be empty. */
  const anyText = (name: string): string => {
    const given = value(name);
    if (typeof given === 'string') return given;
    throw missing(name);
  };
  /** A required text that is not empty. */
  const text = (name: string): string => {
    const given = anyText(name);
    if (given !== '') return given;
    throw missing(name);
  };
  /** A number, possibly as text. */
  const number = (name: string, { least, most, otherwise }: Range): number => {
    const given = value(name) ?? otherwise;
    if (given === undefined) throw missing(name);
    const found = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
    if (typeof found === 'number' && found >= least && found <= most) return found;
    throw badArgument(`${name} must be a number from ${least} to ${most}.`);
  };
  return {
    all,
    value,
    text,
    anyText,
    /** A required text of limited length, which is stored. */
    shortText(name: string, longest: number): string {
      const given = text(name);
      if (given.length <= longest) return given;
      throw badArgument(`${name} must have at most ${longest} characters.`);
    },
    optionalText(name: string): string | null {
      const given = value(name) ?? null;
      if (given === null || typeof given === 'string') return given;
      throw badArgument(`${name} must be a text.`);
    },
    /** An empty list if it is absent. */
    texts(name: string): readonly string[] {
      const given = value(name) ?? [];
      if (Array.isArray(given) && given.every((item) => typeof item === 'string')) return given;
      throw badArgument(`${name} must be a list of texts.`);
    },
    /** A boolean, possibly as text in any letter case; null: absent. */
    flag(name: string): boolean | null {
      const given = value(name) ?? null;
      const word = String(given).toLowerCase();
      if (given === null || word === 'true' || word === 'false')
        return given === null ? null : word === 'true';
      throw badFormat('String was not recognized as a valid Boolean.');
    },
    number,
    integer(name: string, range: Range): number {
      const given = number(name, range);
      if (Number.isInteger(given)) return given;
      throw badArgument(`${name} must be a whole number.`);
    },
  };
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
