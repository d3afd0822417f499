import type { Place } from '../finding.ts';
import { type Conditions, leftOut } from './conditions.ts';
import { type Declaration, type Declarations, declarationsOf } from './declarations.ts';
import { functionsOf, type Scope, type SwiftFunction, scopesOf } from './functions.ts';
import { blanked, type LexedSwift, lexSwift, pairBrackets, type Span, type SwiftString } from './lexer.ts';

/** The Swift source of a file, with its declarations. */
export interface SwiftSource extends LexedSwift {
  readonly file: string;
  /** Where each opening bracket is closed. */
  readonly brackets: ReadonlyMap<number, number>;
  readonly functions: readonly SwiftFunction[];
  /** The strings, by the offset of their opening quote. */
  readonly literals: ReadonlyMap<number, SwiftString>;
  readonly scopes: readonly Scope[];
  readonly declarations: Declarations;
  /** This source with all of its code, if part of it is not compiled. */
  readonly whole: SwiftSource | null;
}

/** The source of a file; findings use the name. Without conditions, all of its code is read. */
export function readSwift(file: string, text: string, conditions?: Conditions): SwiftSource {
  const lexed = withoutLongWords(lexSwift(text.replace(/\r\n?/g, '\n')));
  const gaps = conditions === undefined ? [] : leftOut(lexed.code, conditions);
  const all = sourceOf(file, lexed);
  return gaps.length === 0 ? all : { ...sourceOf(file, without(lexed, gaps)), whole: all };
}

function sourceOf(file: string, { code, strings }: LexedSwift): SwiftSource {
  const brackets = pairBrackets(code);
  const functions = functionsOf({ code, brackets });
  const literals = new Map(strings.map((literal) => [literal.offset, literal]));
  const scopes = scopesOf({ code, brackets, functions });
  const declarations = declarationsOf({ code, brackets, scopes, literals });
  return { file, code, strings, brackets, functions, literals, scopes, declarations, whole: null };
}

/** The longest name that is followed, in characters: a pattern made of a name cannot have any length. */
const longestName = 1000;

/** A source with words blanked that are too long to be anybody's names. */
function withoutLongWords({ code, strings }: LexedSwift): LexedSwift {
  if (code.split('\n').every(({ length }) => length <= longestName)) return { code, strings };
  const shortened = code.replace(/[\p{L}\p{N}_]+/gu, (word) =>
    word.length > longestName ? blanked(word) : word,
  );
  return { code: shortened, strings };
}

/** A source with spans blanked. */
function without({ code, strings }: LexedSwift, gaps: readonly Span[]): LexedSwift {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of gaps) {
    pieces.push(code.slice(at, start), blanked(code.slice(start, end)));
    at = end;
  }
  const left = `${pieces.join('')}${code.slice(at)}`;
  return { code: left, strings: strings.filter(({ offset }) => left[offset] === '"') };
}

/** The place of an offset. */
export function placeAt({ file, code }: SwiftSource, offset: number): Place {
  return { file, line: code.slice(0, offset).split('\n').length };
}

/** The innermost function around an offset. */
export function enclosing({ functions }: SwiftSource, offset: number): SwiftFunction | undefined {
  return functions.findLast(({ start, end }) => start <= offset && offset < end);
}

/** A declaration with its source and scope. */
export interface Declared {
  readonly source: SwiftSource;
  readonly scope: Scope;
  readonly declaration: Declaration;
}

/** The types of all sources, each with its extensions. */
export interface SwiftTypes {
  has(type: string): boolean;
  /** The places where a type lists what it inherits. */
  inherited(type: string): readonly { readonly source: SwiftSource; readonly scope: Scope }[];
  /** What a type itself declares by that name, in the asking source before all others: names may be private. */
  members(type: string, name: string, asking: SwiftSource): readonly Declared[];
  /** What is declared under that name outside any type. */
  globals(name: string, asking: SwiftSource): readonly Declared[];
}

export function indexTypes(sources: readonly SwiftSource[]): SwiftTypes {
  const types = new Map<string, { source: SwiftSource; scope: Scope }[]>();
  const files = sources.flatMap((source) => source.scopes.slice(0, 1).map((scope) => ({ source, scope })));
  for (const source of sources) {
    for (const scope of source.scopes) {
      if (scope.kind !== 'type') continue;
      const same = types.get(scope.name);
      if (same === undefined) types.set(scope.name, [{ source, scope }]);
      else same.push({ source, scope });
    }
  }
  const named = (
    places: readonly { source: SwiftSource; scope: Scope }[],
    name: string,
  ): readonly Declared[] =>
    places.flatMap(({ source, scope }) =>
      (source.declarations.get(scope)?.get(name) ?? []).map((declaration) => ({
        source,
        scope,
        declaration,
      })),
    );
  const nearest = (found: readonly Declared[], asking: SwiftSource): readonly Declared[] => {
    const own = found.filter(({ source }) => source === asking);
    return own.length > 0 ? own : found;
  };
  return {
    has: (type) => types.has(type),
    inherited: (type) => (types.get(type) ?? []).filter(({ scope }) => scope.inherits !== null),
    members: (type, name, asking) => nearest(named(types.get(type) ?? [], name), asking),
    globals: (name, asking) => nearest(named(files, name), asking),
  };
}

/** A string literal, and where it is. */
interface StringValue {
  readonly value: string;
  readonly source: SwiftSource;
  readonly offset: number;
}

/** Every string literal of the sources. */
export function stringsOf(sources: readonly SwiftSource[]): readonly StringValue[] {
  return sources.flatMap((source) => source.strings.map(({ value, offset }) => ({ value, source, offset })));
}

/** How many characters of function bodies to search: each may be within another, and is searched again. */
const searchLimit = 20_000_000;

/**
 * Whether a span of code calls a function, directly or through functions in the sources. After too much of a search it
 * counts as reached, since nobody can tell.
 */
export function reaches(sources: readonly SwiftSource[], code: string, name: string): boolean {
  const bodies = new Map<string, string[]>();
  for (const source of sources) {
    for (const { name: declared, start, end } of source.functions) {
      const body = source.code.slice(start, end);
      bodies.set(declared, bodies.get(declared) ?? []);
      bodies.get(declared)?.push(body);
    }
  }
  const pending = [code];
  let left = searchLimit;
  for (let body = pending.pop(); body !== undefined; body = pending.pop()) {
    left -= body.length;
    if (left < 0) return true;
    for (const [, called = ''] of body.matchAll(/\b(\w+)\s*[({]/g)) {
      if (called === name) return true;
      for (const reached of bodies.get(called) ?? []) pending.push(reached);
      bodies.delete(called);
    }
  }
  return false;
}
