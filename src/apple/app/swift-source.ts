import type { Place } from './finding.ts';
import { type LexedSwift, lexSwift, type SwiftString } from './swift-lexer.ts';

/** The Swift source of a file, with the functions that it declares. */
export interface SwiftSource extends LexedSwift {
  readonly file: string;
  readonly functions: readonly SwiftFunction[];
  /** The strings that are given a name: `let approve = "…"`, `static let approve: String = "…"`, `case approve = "…"`. */
  readonly constants: ReadonlyMap<string, readonly SwiftString[]>;
}

/** A function or an initialiser (`init`) that is declared, with a body. */
export interface SwiftFunction {
  readonly name: string;
  /** What stands between name and body: parameters and result. */
  readonly signature: string;
  /** Where its name stands. */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

/** A call with what stands between its parentheses. */
export interface SwiftCall {
  readonly source: SwiftSource;
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

/** The source of a file; the name is what findings call it. */
export function readSwift(file: string, text: string): SwiftSource {
  const lexed = lexSwift(text);
  return { file, ...lexed, functions: functionsOf(lexed), constants: constantsOf(lexed) };
}

/** The place of an offset. */
export function placeAt({ file, code }: SwiftSource, offset: number): Place {
  return { file, line: code.slice(0, offset).split('\n').length };
}

/** More calls of one name, or more constants, nobody writes by hand; each is followed through all sources. */
const followedLimit = 500;

/** The calls of a function or an initialiser by that name; the first 500. */
export function callsOf(sources: readonly SwiftSource[], name: string): readonly SwiftCall[] {
  const calls = sources.flatMap((source) =>
    [...source.code.matchAll(new RegExp(`(?<!func\\s+)\\b${name}\\s*\\(`, 'g'))].map(({ index, 0: text }) => {
      const start = index + text.length;
      return { source, offset: index, start, end: closing(source, start - 1) };
    }),
  );
  return calls.slice(0, followedLimit);
}

/** The argument with that label as it is written, and where: `isAccepted: true` gives `true`. */
export function argumentOf(
  { source, start, end }: SwiftCall,
  label: string,
): { readonly text: string; readonly offset: number } | null {
  for (let from = start; from < end; ) {
    const to = endOfItem(source, from, end);
    const [head, name] = /^\s*(\w+)\s*:\s*/.exec(source.code.slice(from, to)) ?? [''];
    if (name === label)
      return { text: source.code.slice(from + head.length, to).trim(), offset: from + head.length };
    from = to + 1;
  }
  return null;
}

/** The function that an offset lies in, the innermost. */
export function enclosing({ functions }: SwiftSource, offset: number): SwiftFunction | undefined {
  return functions.findLast(({ start, end }) => start <= offset && offset < end);
}

function functionsOf({ code, brackets }: LexedSwift): readonly SwiftFunction[] {
  const next = /[{}]|\b(?:func|var|let|init)\b/g;
  return [...code.matchAll(/(?:\bfunc\s+(\w+)|(?<!\.\s*)\binit[?!]?)\s*(?:<[^>(]{0,300}>\s*)?\(/g)].flatMap(
    ({ index, 0: text, 1: name = 'init' }) => {
      const parameters = index + text.length - 1;
      const after = closing({ code, brackets }, parameters);
      // A requirement of a protocol has no body, and the next brace is another one's.
      next.lastIndex = after;
      const found = next.exec(code);
      if (found?.[0] !== '{') return [];
      const start = found.index;
      const [signature, end] = [code.slice(parameters, start), closing({ code, brackets }, start)];
      return [{ name, signature, offset: index + text.indexOf(name), start, end }];
    },
  );
}

function constantsOf({ code, strings }: LexedSwift): ReadonlyMap<string, readonly SwiftString[]> {
  const literals = new Map(strings.map((literal) => [literal.offset, literal]));
  const constants = new Map<string, SwiftString[]>();
  const declared = /(?:\b(?:let|var|case)\s+|,\s*)(\w+)\s*(?::\s*[\w.]+\s*)?=\s*#*(?=")/g;
  for (const { index, 0: text, 1: name = '' } of code.matchAll(declared)) {
    const literal = literals.get(index + text.length);
    const named = constants.get(name) ?? [];
    if (literal !== undefined && named.length < followedLimit) constants.set(name, [...named, literal]);
  }
  return constants;
}

/** Where the bracket that opens at an offset is closed; the end of the source where it is not. */
function closing({ code, brackets }: Pick<LexedSwift, 'code' | 'brackets'>, opening: number): number {
  return brackets.get(opening) ?? code.length;
}

/** Where the comma stands that ends an argument. */
function endOfItem({ code, brackets }: SwiftSource, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (code[at] === ',') return at;
    at = brackets.get(at) ?? at;
  }
  return end;
}
