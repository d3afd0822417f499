import { type Expression, expressionIn, initialAt, isInInitial, type Path, type Step } from './expression.ts';
import { scopeAt, typeAround } from './functions.ts';
import type { Span, SwiftString } from './lexer.ts';
import { closing } from './lexer.ts';
import {
  argumentFor,
  argumentsOf,
  callsOf,
  isCallOf,
  joined,
  type Literal,
  type Meaning,
  type Meanings,
  meaningLimit,
  rawValueOf,
  type SwiftCall,
  spelled,
  unknown,
} from './meaning.ts';
import type { SwiftSource } from './source.ts';
import { type Declared, indexTypes } from './types.ts';

/** Everything that an expression may stand for; the type is the one that a leading dot refers to. */
export type Evaluate = (source: SwiftSource, expression: Span, type: string) => readonly Meaning[];

/** How many expressions to follow from one, and in all: their number may keep growing. */
const [stepLimit, stepsInAll] = [5000, 100_000];
/** How far to follow them, one from another. */
const depthLimit = 100;
/** How many characters of the sources to search for the uses of functions and variables. */
const searchLimit = 500_000_000;
/** The longest function body to read for its results, in characters. */
const bodyLimit = 5000;

/**
 * Evaluates expressions by the names in all sources: locals before members before globals, members by their types and
 * extensions, and parameters by the calls of their functions.
 */
export function createEvaluation(sources: readonly SwiftSource[]): Evaluate {
  const types = indexTypes(sources);
  const size = sources.reduce((sum, { code }) => sum + code.length, 0);
  const searched = new Map<string, unknown>();
  const followed = new Set<object>();
  let [steps, stepsLeft, depth, searchLeft] = [0, stepsInAll, 0, searchLimit];

  /** One step further, within the limits; something already being followed is a circle. */
  const follow = (key: object, read: () => Meanings): Meanings => {
    if (followed.has(key) || depth >= depthLimit || steps >= stepLimit || stepsLeft <= 0) return unknown;
    [steps, stepsLeft, depth] = [steps + 1, stepsLeft - 1, depth + 1];
    followed.add(key);
    const meanings = read();
    followed.delete(key);
    depth--;
    return meanings.length > meaningLimit ? [...meanings.slice(0, meaningLimit), ...unknown] : meanings;
  };
  /** A search of all sources, done once; the other value once too much has been searched. */
  const search = <Result>(key: string, otherwise: Result, find: () => Result): Result => {
    if (!searched.has(key)) {
      if (searchLeft < size) return otherwise;
      searchLeft -= size;
      searched.set(key, find());
    }
    return searched.get(key) as Result;
  };

  const evaluate = (source: SwiftSource, expression: Expression | null, type: string): Meanings => {
    switch (expression?.kind) {
      case 'string':
        return textOf(source, expression.string);
      case 'truth':
        return [{ kind: 'literal', value: expression.value, source, offset: expression.offset }];
      case 'list':
        return [{ kind: 'list', items: expression.items.map((item) => evaluateIn(source, item, type)) }];
      case 'block':
        return returnedFrom(source, expression.body, type);
      case 'sum':
        return expression.terms.map((term) => evaluate(source, term, type)).reduce(joined);
      case 'either':
        return expression.terms.flatMap((term) => evaluate(source, term, type));
      case 'path':
        return pathOf(source, expression, type);
      default:
        return unknown;
    }
  };
  const pathOf = (source: SwiftSource, { dotted, steps }: Path, type: string): Meanings => {
    let meanings: Meanings = [{ kind: 'type', name: type }];
    for (const [index, step] of steps.entries()) {
      meanings =
        index === 0 && !dotted
          ? named(source, step)
          : meanings.flatMap((meaning) => memberOf(meaning, step.name, source));
      if (step.call !== null) meanings = meanings.flatMap((meaning) => called(meaning, source, step));
    }
    return meanings;
  };
  const evaluateIn = (source: SwiftSource, span: Span, type: string): Meanings =>
    follow({}, () => evaluate(source, expressionIn(source, span), type));

  /** A literal with its interpolations. */
  const textOf = (source: SwiftSource, { parts, offset }: SwiftString): Meanings => {
    const literal = (value: string): Literal => ({ kind: 'literal', value, source, offset });
    return parts
      .map(
        (part): Meanings =>
          typeof part === 'string' ? [literal(part)] : evaluateIn(source, part, 'String').map(spelled),
      )
      .reduce(joined, [literal('')]);
  };

  /** The first name of a path, looked up from its place outward. */
  const named = (source: SwiftSource, { name, offset }: Step): Meanings => {
    const innermost = scopeAt(source.scopes, offset);
    const type = typeAround(innermost)?.name;
    if (name === 'Self' && type !== undefined) return [{ kind: 'type', name: type }];
    if (name === 'self' && type !== undefined) return [{ kind: 'instance', type, call: null }];
    for (let scope = innermost; scope.parent !== null; scope = scope.parent) {
      if (scope.kind === 'type') {
        const found = membersOf(scope.name, name, source);
        if (found.length > 0) return found.flatMap(meaningOf);
        if (types.has(`${scope.name}.${name}`)) return [{ kind: 'type', name: `${scope.name}.${name}` }];
        continue;
      }
      const found = source.declarations.get(scope)?.get(name) ?? [];
      const { start } = scope;
      // A local does not exist yet in its own value: `let category = make(category)`.
      const declaration = found.findLast(
        ({ kind, offset: declared, value }) =>
          kind === 'function' ||
          (declared < offset && (value === null || declared < start || !isInInitial(source, value, offset))),
      );
      if (declaration !== undefined) return meaningOf({ source, scope, declaration });
    }
    if (types.has(name)) return [{ kind: 'type', name }];
    const found = types.globals(name, source);
    if (found.length > 0) return found.flatMap(meaningOf);
    return /^\p{Lu}/u.test(name) ? [{ kind: 'type', name }] : unknown;
  };

  const memberOf = (meaning: Meaning, name: string, source: SwiftSource): Meanings => {
    if (meaning.kind === 'type') {
      if (name === 'init' || name === 'self') return [meaning];
      const inner = `${meaning.name}.${name}`;
      if (types.has(inner)) return [{ kind: 'type', name: inner }];
      const found = membersOf(meaning.name, name, source);
      if (found.length > 0) return preferring(found, true).flatMap(meaningOf);
      // A type that nobody declares may be the module that contains the name.
      const module = !types.has(meaning.name) && types.has(name);
      return [module ? { kind: 'type', name } : { kind: 'member', name }];
    }
    if (meaning.kind === 'case') {
      const { declared } = meaning;
      if (name === 'rawValue') return rawValueOf(declared);
      return fallback(preferring(membersOf(declared.scope.name, name, source), false).flatMap(meaningOf));
    }
    if (meaning.kind !== 'instance') return unknown;
    const { type, call } = meaning;
    const argument = call === null ? undefined : argumentsOf(call).find(({ label }) => label === name);
    if (call !== null && argument !== undefined) return evaluateIn(call.source, argument, 'String');
    return fallback(preferring(membersOf(type, name, source), false).flatMap(meaningOf));
  };

  /** What a type declares, or else inherits. */
  const membersOf = (type: string, name: string, source: SwiftSource): readonly Declared[] => {
    const seen = new Set([type]);
    for (const each of seen) {
      const found = types.members(each, name, source);
      if (found.length > 0) return found;
      for (const { source: file, scope } of seen.size > depthLimit ? [] : types.inherited(each)) {
        for (const path of file.code.slice(scope.inherits ?? 0, scope.start - 1).split(/,|\bwhere\b/)) {
          const [inherited = ''] = /[\p{L}\p{N}_.]+/u.exec(path) ?? [];
          seen.add(types.has(inherited) ? inherited : `${each.replace(/[^.]*$/, '')}${inherited}`);
        }
      }
    }
    return [];
  };

  const meaningOf = ({ source, scope, declaration }: Declared): Meanings =>
    follow(declaration, () => {
      const { kind, name, value, body, type } = declaration;
      const written = (): string => (type === null ? 'String' : typeAt(source, type));
      switch (kind) {
        case 'case':
          return [{ kind: 'case', declared: { source, scope, declaration } }];
        case 'function':
          return declaration.function === null
            ? unknown
            : [{ kind: 'function', source, declared: declaration.function }];
        case 'alias':
          return value === null ? unknown : evaluate(source, initialAt(source, value), '');
        case 'parameter':
          return argumentsFor({ source, scope, declaration }, written());
        case 'local':
          return unknown;
        default: {
          const changed = kind === 'variable' && isChanged(name) ? unknown : [];
          if (value !== null) return [...evaluate(source, initialAt(source, value), written()), ...changed];
          if (body !== null) return returnedFrom(source, body, written());
          return type === null ? unknown : [{ kind: 'instance', type: written(), call: null }, ...changed];
        }
      }
    });

  /** The type written at an offset, by its full name if the sources declare it; for a list, that of its elements. */
  const typeAt = (source: SwiftSource, offset: number): string => {
    const [written = ''] = matchAt(/\s*(?:\[|Set<)?\s*[\p{L}\p{N}_.]+/uy, source.code, offset) ?? [];
    const start = offset + written.search(/[\p{L}\p{N}_.]+$/u);
    const end = offset + written.length;
    const [meaning] = evaluateIn(source, { start, end }, '');
    return meaning?.kind === 'type' ? meaning.name : source.code.slice(start, end);
  };

  /** Whether a variable is assigned again somewhere, or changed in place. */
  const isChanged = (name: string): boolean => {
    const change = new RegExp(
      `(?<![\\p{L}\\p{N}_])${name}(?<!\\b(?:let|var|case)\\s+${name})\\s*(?:[+|]?=(?!=)|\\.(?:insert|formUnion|append|remove|subtract)\\b)`,
      'u',
    );
    return search(`${name} =`, true, () => sources.some(({ code }) => change.test(code)));
  };

  /** What the calls of a function pass for a parameter. */
  const argumentsFor = ({ source, scope, declaration }: Declared, type: string): Meanings => {
    const { function: declared, parameter } = declaration;
    if (declared === null || parameter === null) return unknown;
    const owner = typeAround(scope.parent)?.name.split('.').at(-1);
    const names = declared.name === 'init' ? [owner ?? 'init', 'init', 'Self'] : [declared.name];
    const given = names
      .flatMap((name) => search(`${name}()`, [], () => callsOf(sources, name)))
      .filter((call) => isCallOf(call, declared))
      .flatMap((call) => {
        const argument = argumentFor(call, declared, parameter.name);
        if (argument !== undefined) return evaluateIn(call.source, argument, type);
        return parameter.value === null ? [] : evaluate(source, initialAt(source, parameter.value), type);
      });
    // A function passed on as a value is called by whoever has it.
    const value = new RegExp(`[(,:=]\\s*(?:self\\??\\.)?${declared.name}\\s*[,)\\n]`);
    const handedOn = (): boolean => sources.some(({ code }) => value.test(code));
    return given.length === 0 || search(declared.name, true, handedOn) ? [...given, ...unknown] : given;
  };

  const called = (meaning: Meaning, source: SwiftSource, { offset, call: span }: Step): Meanings => {
    if (span === null) return unknown;
    const call: SwiftCall = { source, offset, ...span };
    if (meaning.kind === 'function') return returnedFrom(meaning.source, meaning.declared.start, '');
    if (meaning.kind !== 'type') return unknown;
    const [argument, ...others] = argumentsOf(call);
    if (/^(NS|Static)?String$/.test(meaning.name) && argument?.label === null && others.length === 0)
      return evaluateIn(source, argument, 'String');
    return [{ kind: 'instance', type: meaning.name, call }];
  };

  /** What the block of a getter, a function or a closure returns, by the offset of its brace. */
  const returnedFrom = (source: SwiftSource, body: number, type: string): Meanings => {
    const { code, literals } = source;
    const [start, end] = [body + 1, closing(source, body)];
    if (end - start > bodyLimit) return unknown;
    const getter = matchAt(/\s*get\s*\{/y, code, start);
    if (getter !== null) return returnedFrom(source, start + getter[0].length - 1, type);
    const block = code.slice(start, end);
    const returns = [...block.matchAll(/(?<![.\p{L}\p{N}_])return\s/gu)];
    if (returns.length > 0)
      return returns.flatMap(({ index }) =>
        evaluate(source, initialAt(source, start + index + 'return'.length), type),
      );
    const only = expressionIn(source, { start, end: start + block.trimEnd().length });
    if (only !== null) return evaluate(source, only, type);
    // The branches of a `switch` or an `if` expression.
    const written = [...block.matchAll(/"/g)].map(({ index }) => literals.get(start + index));
    return [...written.flatMap((string) => (string === undefined ? [] : textOf(source, string))), ...unknown];
  };

  return (source, expression, type) => {
    steps = 0;
    return evaluateIn(source, expression, type);
  };
}

/** Those that are static, or are not, if there are any. */
function preferring(found: readonly Declared[], fixed: boolean): readonly Declared[] {
  const fitting = found.filter(({ declaration }) => declaration.isStatic === fixed);
  return fitting.length > 0 ? fitting : found;
}

function fallback(meanings: Meanings): Meanings {
  return meanings.length > 0 ? meanings : unknown;
}

function matchAt(pattern: RegExp, code: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(code);
}
