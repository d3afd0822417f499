import type { Place } from '../finding.ts';
import { type Conditions, leftOut } from './conditions.ts';
import { type Declarations, declarationsOf } from './declarations.ts';
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
  /** The same with all of its code, if part of it is not compiled. */
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
