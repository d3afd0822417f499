import { isObject, parseJson } from '../text/json.ts';
import { Refusal } from './envelope.ts';

/** The members of a JSON object, or none. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The limits of a number, and what it is if it is absent. */
interface Range {
  readonly least: number;
  readonly most: number;
  readonly otherwise: number;
}

/** A call's parameters by name, in any letter case. All but `all` and `value` throw a `Refusal`. */
export interface Parameters {
  readonly all: JsonObject;
  /** Undefined: absent. */
  value(name: string): unknown;
  /** A required text that is not empty. */
  text(name: string): string;
  /** A required text that may be empty. */
  anyText(name: string): string;
  /** A required text of which something is kept. */
  shortText(name: string, longest: number): string;
  optionalText(name: string): string | null;
  /** A list of texts; none if it is absent. */
  texts(name: string): readonly string[];
  /** A boolean, possibly as text; null: absent. */
  flag(name: string): boolean | null;
  /** A number, possibly as text. */
  number(name: string, range: Range): number;
  /** An integer, possibly as text. */
  integer(name: string, range: Range): number;
}

export function readParameters(all: JsonObject): Parameters {
  const value = (name: string): unknown => {
    const spelled = Object.keys(all).find((known) => known.toLowerCase() === name.toLowerCase());
    return spelled === undefined ? undefined : all[spelled];
  };
  const anyText = (name: string): string => {
    const given = value(name);
    if (typeof given === 'string') return given;
    throw missing(name);
  };
  const text = (name: string): string => {
    const given = anyText(name);
    if (given !== '') return given;
    throw missing(name);
  };
  const numberIn = (name: string, { least, most, otherwise }: Range, isWhole: boolean): number => {
    const given = value(name) ?? otherwise;
    const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
    const isOfKind = typeof number === 'number' && (!isWhole || Number.isInteger(number));
    if (isOfKind && number >= least && number <= most) return number;
    const kind = isWhole ? 'whole number' : 'number';
    throw new Refusal('System.ArgumentException', `${name} must be a ${kind} from ${least} to ${most}.`);
  };
  return {
    all,
    value,
    text,
    anyText,
    shortText(name, longest) {
      const given = text(name);
      if (given.length <= longest) return given;
      throw new Refusal('System.ArgumentException', `${name} must have at most ${longest} characters.`);
    },
    optionalText(name) {
      const given = value(name) ?? null;
      if (given === null || typeof given === 'string') return given;
      throw new Refusal('System.ArgumentException', `${name} must be a text.`);
    },
    texts(name) {
      const given = value(name) ?? [];
      if (Array.isArray(given) && given.every((item): item is string => typeof item === 'string'))
        return given;
      throw new Refusal('System.ArgumentException', `${name} must be a list of texts.`);
    },
    flag(name) {
      const given = value(name) ?? null;
      if (given === null || typeof given === 'boolean') return given;
      if (typeof given === 'string' && /^(true|false)$/i.test(given)) return given.toLowerCase() === 'true';
      throw notBoolean();
    },
    number: (name, range) => numberIn(name, range, false),
    integer: (name, range) => numberIn(name, range, true),
  };
}

/** The refusal of a call without that parameter. */
export function missing(name: string): Refusal {
  return new Refusal('RequiredParameter', `The required parameter ${name} is missing.`);
}

/** .NET's words about a text that is neither true nor false. */
export function notBoolean(): Refusal {
  return new Refusal('System.FormatException', 'String was not recognized as a valid Boolean.');
}

/** The objects of a JSON list, or a single object in its place. @throws {Refusal} */
export function parseList(body: string): readonly JsonObject[] {
  const list = /^\s*\[/.test(body) ? parseParameters(`{"items":${body}}`).items : [parseParameters(body)];
  if (Array.isArray(list) && list.every(isObject)) return list;
  throw new Refusal('Newtonsoft.Json.JsonReaderException', 'The request body is not a list of JSON objects.');
}

/** The members of a JSON object; an empty body has none. @throws {Refusal} */
export function parseParameters(body: string): JsonObject {
  if (body.trim() === '') return {};
  const document = parseJson(body);
  if (document === undefined)
    throw new Refusal('Newtonsoft.Json.JsonReaderException', 'The request body is not valid JSON.');
  if (isObject(document)) return document;
  throw new Refusal('Newtonsoft.Json.JsonReaderException', 'The request body is not a JSON object.');
}
