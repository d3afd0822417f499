import type { Place } from '../finding.ts';
import { type Conditions, compiled } from './conditions.ts';
import { type Declaration, type Scope, type SwiftFunction, scopesOf } from './declarations.ts';
import {
  type Budget,
  type Code,
  closing,
  itemsIn,
  nameAt,
  pairBrackets,
  type Span,
  stringOf,
  stringsIn,
  type Token,
  textAt,
  tokenize,
} from './tokens.ts';

/** The Swift source of a file, with its declarations. */
export interface SwiftSource extends Code {
  readonly file: string;
  /** Where each name stands, as indexes of tokens. */
  readonly names: ReadonlyMap<string, readonly number[]>;
  readonly strings: readonly Token[];
  readonly scopes: readonly Scope[];
  /** This source with all of its code, if part of it is not compiled. */
  readonly whole: SwiftSource | null;
}

/**
 * The source of a file; findings use the name. Without conditions, all of its code is read.
 * @param budget what tokens may cost still; null is given for a source that costs more
 */
export function readSwift(
  file: string,
  text: string,
  conditions: Conditions = () => null,
  budget: Budget = { left: Number.POSITIVE_INFINITY },
): SwiftSource | null {
  const before = budget.left;
  const tokens = tokenize(text.replace(/\r\n?/g, '\n'), budget);
  if (tokens === null) {
    budget.left = before;
    return null;
  }
  const kept = compiled(tokens, conditions);
  const source = sourceOf(file, kept, text.length);
  if (kept.length === tokens.length) return source;
  budget.left -= before - budget.left;
  return { ...source, whole: sourceOf(file, tokens, text.length) };
}

function sourceOf(file: string, tokens: readonly Token[], length: number): SwiftSource {
  const code = pairBrackets(tokens);
  const names = new Map<string, number[]>();
  for (const [at, { text }] of tokens.entries()) {
    const same = names.get(text);
    if (same !== undefined) same.push(at);
    else if (nameAt(code, at) !== null) names.set(text, [at]);
  }
  return { ...code, file, names, strings: stringsIn(tokens), scopes: scopesOf(code, length), whole: null };
}

/** The place of a token. */
export function placeAt({ file, tokens }: SwiftSource, at: number): Place {
  return { file, line: tokens[at]?.line ?? 1 };
}

/** A place among sources: the index of a token. */
export interface Spot {
  readonly source: SwiftSource;
  readonly at: number;
}

/** Where a name stands, but where a function of that name is declared. */
export function usesOf(sources: readonly SwiftSource[], name: string): readonly Spot[] {
  return sources.flatMap((source) =>
    (source.names.get(name) ?? [])
      .filter((at) => textAt(source, at - 1) !== 'func')
      .map((at) => ({ source, at })),
  );
}

/** The first place of one of the names, the first of them before the others. */
export function placeOf(sources: readonly SwiftSource[], ...names: readonly string[]): Place | null {
  for (const name of names) {
    const [use] = usesOf(sources, name);
    if (use !== undefined) return placeAt(use.source, use.at);
  }
  return null;
}

/** The string literals with their values. */
export function stringsOf(
  sources: readonly SwiftSource[],
): readonly { readonly value: string; readonly place: Place }[] {
  return sources.flatMap(({ file, strings }) =>
    strings.map((token) => ({ value: stringOf(token), place: { file, line: token.line } })),
  );
}

/** A declaration with its source and scope. */
export interface Declared {
  readonly source: SwiftSource;
  readonly scope: Scope;
  readonly declaration: Declaration;
}

/** What the sources declare by a name, wherever they do. */
export function declarationsOf(sources: readonly SwiftSource[], name: string): readonly Declared[] {
  return sources
    .filter(({ names }) => names.has(name))
    .flatMap((source) =>
      source.scopes.flatMap((scope) =>
        (scope.names.get(name) ?? []).map((declaration) => ({ source, scope, declaration })),
      ),
    );
}

/** The first type that lists one of the names among what it inherits. */
export function typeInheriting(sources: readonly SwiftSource[], ...names: readonly string[]): Place | null {
  for (const source of sources) {
    const scope = source.scopes.find(({ inherits }) => inherits.some((each) => names.includes(each)));
    if (scope !== undefined) return placeAt(source, scope.at);
  }
  return null;
}

/** A call with what stands between its parentheses. */
export interface SwiftCall extends Span, Spot {}

/** Nobody writes more calls of one name by hand; each is followed through all sources. */
const followedLimit = 500;

/** The calls of a function or an initializer by that name, of `.init(…)` by `init`; the first 500. */
export function callsOf(sources: readonly SwiftSource[], name: string): readonly SwiftCall[] {
  return usesOf(sources, name)
    .filter(({ source, at }) => textAt(source, at + 1) === '(')
    .filter(({ source, at }) => name !== 'init' || textAt(source, at - 1) === '.')
    .slice(0, followedLimit)
    .map(({ source, at }) => ({ source, at, code: source, from: at + 2, to: closing(source, at + 1) }));
}

/** An argument of a call, without its label. */
export interface Argument extends Span {
  readonly label: string | null;
}

/** The arguments between the parentheses of a call, in their order. */
export function argumentsOf(call: Span): readonly Argument[] {
  return itemsIn(call).map(({ code, from, to }) => {
    const isLabelled = textAt(code, from + 1) === ':' && nameAt(code, from) !== null;
    return { label: isLabelled ? textAt(code, from) : null, code, from: isLabelled ? from + 2 : from, to };
  });
}

/** The argument with that label: `isAccepted: true`. */
export function argumentOf(call: Span, label: string): Argument | null {
  return argumentsOf(call).find((argument) => argument.label === label) ?? null;
}

/** The functions of a source that have a body. */
export function functionsOf({ scopes }: SwiftSource): readonly SwiftFunction[] {
  return scopes.flatMap((scope) => scope.function ?? []);
}

/** How many tokens of function bodies to search: each may be within another, and is searched again. */
const searchLimit = 1_000_000;

/**
 * Whether the body of a function calls another, directly or through functions in the sources. After too much of a search it
 * counts as reached, since nobody can tell.
 */
export function reaches(sources: readonly SwiftSource[], from: Spot, name: string): boolean {
  const bodies = new Map<string, Spot[]>();
  for (const source of sources) {
    for (const { name: declared, body } of functionsOf(source)) {
      const same = bodies.get(declared);
      if (same === undefined) bodies.set(declared, [{ source, at: body }]);
      else same.push({ source, at: body });
    }
  }
  const pending = [from];
  let left = searchLimit;
  for (let body = pending.pop(); body !== undefined; body = pending.pop()) {
    const { source } = body;
    const end = closing(source, body.at);
    left -= end - body.at;
    if (left < 0) return true;
    for (let at = body.at; at < end; at++) {
      const called = /^[({]$/.test(textAt(source, at + 1)) ? nameAt(source, at) : null;
      if (called === name) return true;
      if (called === null) continue;
      for (const reached of bodies.get(called) ?? []) pending.push(reached);
      bodies.delete(called);
    }
  }
  return false;
}
