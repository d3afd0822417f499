import type { IncomingMessage } from 'node:http';
import type { Access, AccessTokens } from './access-tokens.ts';
import type { Assumptions } from './assumptions.ts';
import { readSession } from './authentication/session-tokens.ts';
import type { Caller, Directory } from './directory.ts';
import { asAssumed, failureEnvelope, missingRight, Refusal, successEnvelope } from './envelope.ts';
import { isForm, type Route, readBody, sendJson } from './http.ts';
import { isObject } from './json-object.ts';
import type { Right } from './rights.ts';

/** What comes with an API call. */
export interface Call {
  readonly parameters: JsonObject;
  readonly caller: Caller;
  readonly token: string;
  readonly query: URLSearchParams;
  /** Aborted once nobody waits for the answer. */
  readonly signal: AbortSignal;
}

/** The members of the JSON body, or none. */
export type JsonObject = Readonly<Record<string, unknown>>;

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
  /** The envelope's `Result`. @throws {Refusal} */
  call(call: Call): unknown;
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
      const query = new URL(request.url ?? '', 'http://localhost').searchParams;
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const { status, answer } = await answerCall(api, assumptions, () => {
        const caller = admit(api, accessTokens.find(token), directory);
        const parameters = parametersOf(api.takes ?? ['json'], request, body);
        return { parameters, caller, token, query, signal: gone.signal };
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
    return { status: 200, answer: api.bare === true ? result : successEnvelope(result) };
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

function parametersOf(places: readonly ParameterPlace[], request: IncomingMessage, body: string): JsonObject {
  const form = isForm(request);
  const { searchParams } = new URL(request.url ?? '', 'http://localhost');
  const read: Readonly<Record<ParameterPlace, () => JsonObject>> = {
    json: () => (form ? {} : parseParameters(body)),
    form: () => (form ? Object.fromEntries(new URLSearchParams(body)) : {}),
    query: () => Object.fromEntries(searchParams),
    list: () => ({ items: parseList(body) }),
  };
  return Object.assign({}, ...places.map((place) => read[place]()));
}

/** The objects of a JSON list, or a single object in its place. @throws {Refusal} */
function parseList(body: string): readonly JsonObject[] {
  const list = /^\s*\[/.test(body) ? parseParameters(`{"items":${body}}`).items : [parseParameters(body)];
  if (Array.isArray(list) && list.every(isObject)) return list;
  throw new Refusal('Newtonsoft.Json.JsonReaderException', 'The request body is not a list of JSON objects.');
}

/** The members of a JSON object; an empty body has none. @throws {Refusal} */
export function parseParameters(body: string): JsonObject {
  if (body.trim() === '') return {};
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    throw new Refusal('Newtonsoft.Json.JsonReaderException', 'The request body is not valid JSON.');
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new Refusal('Newtonsoft.Json.JsonReaderException', 'The request body is not a JSON object.');
  }
  return document as JsonObject;
}

/** The value of a parameter; the case of its name does not matter. */
export function parameter(parameters: JsonObject, name: string): unknown {
  const spelled = Object.keys(parameters).find((known) => known.toLowerCase() === name.toLowerCase());
  return spelled === undefined ? undefined : parameters[spelled];
}

/** A required parameter; it may be empty only if `allowEmpty`. @throws {Refusal} */
export function requireText(parameters: JsonObject, name: string, allowEmpty = false): string {
  const value = parameter(parameters, name);
  if (typeof value === 'string' && (value !== '' || allowEmpty)) return value;
  throw new Refusal('RequiredParameter', `The required parameter ${name} is missing.`);
}

/** A required parameter of which something is kept. @throws {Refusal} */
export function requireShortText(parameters: JsonObject, name: string, longest: number): string {
  const text = requireText(parameters, name);
  if (text.length <= longest) return text;
  throw new Refusal('System.ArgumentException', `${name} must have at most ${longest} characters.`);
}

/** An optional list of texts. @throws {Refusal} anything else */
export function optionalTexts(parameters: JsonObject, name: string): readonly string[] {
  const value = parameter(parameters, name) ?? [];
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw new Refusal('System.ArgumentException', `${name} must be a list of texts.`);
}

/** An optional text. @throws {Refusal} anything else */
export function optionalText(parameters: JsonObject, name: string): string | null {
  const value = parameter(parameters, name) ?? null;
  if (value === null || typeof value === 'string') return value;
  throw new Refusal('System.ArgumentException', `${name} must be a text.`);
}

/** An optional boolean, possibly as text. @throws {Refusal} anything else */
export function optionalFlag(parameters: JsonObject, name: string): boolean | null {
  const value = parameter(parameters, name) ?? null;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw new Refusal('System.FormatException', 'String was not recognized as a valid Boolean.');
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly otherwise: number;
}

/** An optional number, possibly as text. @throws {Refusal} not a number, or out of range */
export function optionalNumber(parameters: JsonObject, name: string, range: Range): number {
  return numberIn(parameters, name, range, ['number', () => true]);
}

/** An optional integer, possibly as text. @throws {Refusal} not an integer, or out of range */
export function optionalInteger(parameters: JsonObject, name: string, range: Range): number {
  return numberIn(parameters, name, range, ['whole number', Number.isInteger]);
}

function numberIn(
  parameters: JsonObject,
  name: string,
  { least, most, otherwise }: Range,
  [kind, isOfKind]: readonly [string, (number: number) => boolean],
): number {
  const value = parameter(parameters, name) ?? otherwise;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && isOfKind(number) && number >= least && number <= most) return number;
  throw new Refusal('System.ArgumentException', `${name} must be a ${kind} from ${least} to ${most}.`);
}
