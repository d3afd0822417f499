import { initialAt } from './expression.ts';
import type { SwiftFunction } from './functions.ts';
import { closing, itemsIn, type Span } from './lexer.ts';
import type { Declared, SwiftSource } from './source.ts';

/** A call with what stands between its parentheses. */
export interface SwiftCall extends Span {
  readonly source: SwiftSource;
  readonly offset: number;
}

/** Nobody writes more calls of one name by hand; each is followed through all sources. */
const followedLimit = 500;

/** The calls of a function or an initializer by that name, of `.init(…)` by `init`; the first 500. */
export function callsOf(sources: readonly SwiftSource[], name: string): readonly SwiftCall[] {
  // The lookbehind comes last: otherwise it would be tried at every character.
  const declared = name === 'init' ? '(?<=\\.init)' : `(?<!func\\s+${name})`;
  const called = new RegExp(`\\b${name}${declared}\\s*\\(`, 'g');
  const calls = sources.flatMap((source) =>
    [...source.code.matchAll(called)].map(({ index, 0: text }) => {
      const start = index + text.length;
      return { source, offset: index, start, end: closing(source, start - 1) };
    }),
  );
  return calls.slice(0, followedLimit);
}

/** An argument of a call, without its label. */
export interface Argument extends Span {
  readonly label: string | null;
}

/** The arguments between the parentheses of a call, in their order. */
export function argumentsOf({ source, start, end }: SwiftCall): readonly Argument[] {
  return itemsIn(source, { start, end }).map((item) => {
    const [head, label] = /^\s*`?([\p{L}\p{N}_]+)`?\s*:\s*/u.exec(
      source.code.slice(item.start, item.end),
    ) ?? [''];
    return { label: label ?? null, start: item.start + head.length, end: item.end };
  });
}

/** The argument with that label: `isAccepted: true`. */
export function argumentOf(call: SwiftCall, label: string): Argument | null {
  return argumentsOf(call).find((argument) => argument.label === label) ?? null;
}

/** Whether a call can be to a function: it has no label that the function lacks. */
export function isCallOf(call: SwiftCall, { parameters }: SwiftFunction): boolean {
  const given = argumentsOf(call);
  return (
    given.length <= parameters.length &&
    given.every(({ label }) => parameters.some((parameter) => parameter.label === label))
  );
}

/** The argument for a parameter: by its label, or by its position among those without one. */
export function argumentFor(
  call: SwiftCall,
  { parameters }: SwiftFunction,
  name: string,
): Argument | undefined {
  const parameter = parameters.find((each) => each.name === name);
  if (parameter === undefined) return undefined;
  const alike = parameters.filter(({ label }) => label === parameter.label);
  return argumentsOf(call).filter(({ label }) => label === parameter.label)[alike.indexOf(parameter)];
}

/** What an expression may stand for. */
export type Meaning =
  | Literal
  | { readonly kind: 'list'; readonly items: readonly (readonly Meaning[])[] }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'case'; readonly declared: Declared }
  /** What a call of a type creates; without a call, something of that type. */
  | { readonly kind: 'instance'; readonly type: string; readonly call: SwiftCall | null }
  | { readonly kind: 'function'; readonly source: SwiftSource; readonly declared: SwiftFunction }
  /** A member that the sources do not declare, such as `.alert` from the SDK. */
  | { readonly kind: 'member'; readonly name: string }
  /** Known only at run time. */
  | { readonly kind: 'unknown' };

/** A string or a boolean, and where it is. */
export interface Literal {
  readonly kind: 'literal';
  readonly value: string | boolean;
  readonly source: SwiftSource;
  readonly offset: number;
}

export type Meanings = readonly Meaning[];
export const unknown: Meanings = [{ kind: 'unknown' }];

/** The most meanings of one expression. */
const meaningLimit = 100;
/** The longest string to build, in characters: an identifier is shorter. */
const lengthLimit = 1000;

/** `rawValue` of a case: its value, else its name. */
export function rawValueOf({ source, declaration: { name, offset, value } }: Declared): Meanings {
  if (value === null) return [{ kind: 'literal', value: name, source, offset }];
  const expression = initialAt(source, value);
  if (expression?.kind !== 'string') return unknown;
  const { string } = expression;
  return [{ kind: 'literal', value: string.value, source, offset: string.offset }];
}

/** What an interpolated value becomes in a string: for a case, its name. */
export function spelled(meaning: Meaning): Meaning {
  if (meaning.kind !== 'case') return meaning;
  const { source, declaration } = meaning.declared;
  return { kind: 'literal', value: declaration.name, source, offset: declaration.offset };
}

/** Each string of the first followed by each of the second; the place is that of the first. */
export function joined(first: Meanings, second: Meanings): Meanings {
  return first
    .flatMap((one) =>
      second.map((other): Meaning => {
        if (one.kind !== 'literal' || other.kind !== 'literal') return { kind: 'unknown' };
        const value = `${one.value}${other.value}`;
        return value.length > lengthLimit ? { kind: 'unknown' } : { ...one, value };
      }),
    )
    .slice(0, meaningLimit);
}

/** How many expressions to follow from one, and in all: their number may keep growing. */
const [stepLimit, stepsInAll] = [5000, 100_000];
/** How far to follow them, one from another. */
export const depthLimit = 100;
/** How many characters of the sources to search for the uses of functions and variables. */
const searchLimit = 500_000_000;

/** Counts the work of evaluating a stranger's sources, and refuses what is beyond its limits. */
export class Budget {
  /** Characters of all sources. */
  readonly #size: number;
  readonly #searched = new Map<string, unknown>();
  readonly #followed = new Set<object>();
  #steps = 0;
  #stepsLeft = stepsInAll;
  #depth = 0;
  #searchLeft = searchLimit;

  constructor(size: number) {
    this.#size = size;
  }

  beginExpression(): void {
    this.#steps = 0;
  }

  /** Reads one step further, within the limits; what is being followed already is a circle. */
  follow(key: object, read: () => Meanings): Meanings {
    const spent = this.#depth >= depthLimit || this.#steps >= stepLimit || this.#stepsLeft <= 0;
    if (spent || this.#followed.has(key)) return unknown;
    this.#steps++;
    this.#stepsLeft--;
    this.#depth++;
    this.#followed.add(key);
    const meanings = read();
    this.#followed.delete(key);
    this.#depth--;
    return meanings.length > meaningLimit ? [...meanings.slice(0, meaningLimit), ...unknown] : meanings;
  }

  /** Searches all sources, once for each key; gives the other value once too much has been searched. */
  search<Result>(key: string, otherwise: Result, find: () => Result): Result {
    if (!this.#searched.has(key)) {
      if (this.#searchLeft < this.#size) return otherwise;
      this.#searchLeft -= this.#size;
      this.#searched.set(key, find());
    }
    return this.#searched.get(key) as Result;
  }
}
