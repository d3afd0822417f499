import { type Expression, expressionIn, initialAt, isInInitial, type Path, type Step } from './expression.ts';
import { scopeAt, typeAround } from './functions.ts';
import type { Span, SwiftString } from './lexer.ts';
import { closing } from './lexer.ts';
import {
  argumentFor,
  argumentsOf,
  Budget,
  callsOf,
  depthLimit,
  isCallOf,
  joined,
  type Literal,
  type Meaning,
  type Meanings,
  rawValueOf,
  type SwiftCall,
  spelled,
  unknown,
} from './meaning.ts';
import type { SwiftSource } from './source.ts';
import { type Declared, indexTypes } from './source.ts';

/** Everything that an expression may stand for; the type is the one that a leading dot refers to. */
export type Evaluate = (source: SwiftSource, expression: Span, type: string) => readonly Meaning[];

/** The longest function body to read for its results, in characters. */
const bodyLimit = 5000;

/**
 * Evaluates expressions by the names in all sources: locals before members before globals, members by their types and
 * extensions, and parameters by the calls of their functions.
 */
export function createEvaluation(sources: readonly SwiftSource[]): Evaluate {
  const evaluation = new Evaluation(sources);
  return (source, expression, type) => evaluation.from(source, expression, type);
}

class Evaluation {
  readonly #sources: readonly SwiftSource[];
  readonly #types: ReturnType<typeof indexTypes>;
  readonly #budget: Budget;

  constructor(sources: readonly SwiftSource[]) {
    this.#sources = sources;
    this.#types = indexTypes(sources);
    this.#budget = new Budget(sources.reduce((sum, { code }) => sum + code.length, 0));
  }

  from(source: SwiftSource, expression: Span, type: string): Meanings {
    this.#budget.beginExpression();
    return this.#evaluateIn(source, expression, type);
  }

  #evaluate(source: SwiftSource, expression: Expression | null, type: string): Meanings {
    switch (expression?.kind) {
      case 'string':
        return this.#textOf(source, expression.string);
      case 'truth':
        return [{ kind: 'literal', value: expression.value, source, offset: expression.offset }];
      case 'list':
        return [
          { kind: 'list', items: expression.items.map((item) => this.#evaluateIn(source, item, type)) },
        ];
      case 'block':
        return this.#returnedFrom(source, expression.body, type);
      case 'sum':
        return expression.terms.map((term) => this.#evaluate(source, term, type)).reduce(joined);
      case 'either':
        return expression.terms.flatMap((term) => this.#evaluate(source, term, type));
      case 'path':
        return this.#pathOf(source, expression, type);
      default:
        return unknown;
    }
  }

  #pathOf(source: SwiftSource, { dotted, steps }: Path, type: string): Meanings {
    let meanings: Meanings = [{ kind: 'type', name: type }];
    for (const [index, step] of steps.entries()) {
      meanings =
        index === 0 && !dotted
          ? this.#named(source, step)
          : meanings.flatMap((meaning) => this.#memberOf(meaning, step.name, source));
      if (step.call !== null) meanings = meanings.flatMap((meaning) => this.#called(meaning, source, step));
    }
    return meanings;
  }

  #evaluateIn(source: SwiftSource, span: Span, type: string): Meanings {
    return this.#budget.follow({}, () => this.#evaluate(source, expressionIn(source, span), type));
  }

  /** A literal with its interpolations. */
  #textOf(source: SwiftSource, { parts, offset }: SwiftString): Meanings {
    const literal = (value: string): Literal => ({ kind: 'literal', value, source, offset });
    return parts
      .map(
        (part): Meanings =>
          typeof part === 'string' ? [literal(part)] : this.#evaluateIn(source, part, 'String').map(spelled),
      )
      .reduce(joined, [literal('')]);
  }

  /** The first name of a path, looked up from its place outward. */
  #named(source: SwiftSource, { name, offset }: Step): Meanings {
    const innermost = scopeAt(source.scopes, offset);
    const type = typeAround(innermost)?.name;
    if (name === 'Self' && type !== undefined) return [{ kind: 'type', name: type }];
    if (name === 'self' && type !== undefined) return [{ kind: 'instance', type, call: null }];
    for (let scope = innermost; scope.parent !== null; scope = scope.parent) {
      if (scope.kind === 'type') {
        const found = this.#membersOf(scope.name, name, source);
        if (found.length > 0) return found.flatMap((found) => this.#meaningOf(found));
        if (this.#types.has(`${scope.name}.${name}`))
          return [{ kind: 'type', name: `${scope.name}.${name}` }];
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
      if (declaration !== undefined) return this.#meaningOf({ source, scope, declaration });
    }
    if (this.#types.has(name)) return [{ kind: 'type', name }];
    const found = this.#types.globals(name, source);
    if (found.length > 0) return found.flatMap((found) => this.#meaningOf(found));
    return /^\p{Lu}/u.test(name) ? [{ kind: 'type', name }] : unknown;
  }

  #memberOf(meaning: Meaning, name: string, source: SwiftSource): Meanings {
    if (meaning.kind === 'type') {
      if (name === 'init' || name === 'self') return [meaning];
      const inner = `${meaning.name}.${name}`;
      if (this.#types.has(inner)) return [{ kind: 'type', name: inner }];
      const found = this.#membersOf(meaning.name, name, source);
      if (found.length > 0) return preferring(found, true).flatMap((found) => this.#meaningOf(found));
      // A type that nobody declares may be the module that contains the name.
      const module = !this.#types.has(meaning.name) && this.#types.has(name);
      return [module ? { kind: 'type', name } : { kind: 'member', name }];
    }
    if (meaning.kind === 'case') {
      const { declared } = meaning;
      if (name === 'rawValue') return rawValueOf(declared);
      return fallback(
        preferring(this.#membersOf(declared.scope.name, name, source), false).flatMap((found) =>
          this.#meaningOf(found),
        ),
      );
    }
    if (meaning.kind !== 'instance') return unknown;
    const { type, call } = meaning;
    const argument = call === null ? undefined : argumentsOf(call).find(({ label }) => label === name);
    if (call !== null && argument !== undefined) return this.#evaluateIn(call.source, argument, 'String');
    return fallback(
      preferring(this.#membersOf(type, name, source), false).flatMap((found) => this.#meaningOf(found)),
    );
  }

  /** What a type declares, or else inherits. */
  #membersOf(type: string, name: string, source: SwiftSource): readonly Declared[] {
    const seen = new Set([type]);
    for (const each of seen) {
      const found = this.#types.members(each, name, source);
      if (found.length > 0) return found;
      for (const { source: file, scope } of seen.size > depthLimit ? [] : this.#types.inherited(each)) {
        for (const path of file.code.slice(scope.inherits ?? 0, scope.start - 1).split(/,|\bwhere\b/)) {
          const [inherited = ''] = /[\p{L}\p{N}_.]+/u.exec(path) ?? [];
          seen.add(
            this.#types.has(inherited) ? inherited : each.slice(0, each.lastIndexOf('.') + 1) + inherited,
          );
        }
      }
    }
    return [];
  }

  #meaningOf({ source, scope, declaration }: Declared): Meanings {
    return this.#budget.follow(declaration, () => {
      const { kind, name, value, body, type } = declaration;
      const written = (): string => (type === null ? 'String' : this.#typeAt(source, type));
      switch (kind) {
        case 'case':
          return [{ kind: 'case', declared: { source, scope, declaration } }];
        case 'function':
          return declaration.function === null
            ? unknown
            : [{ kind: 'function', source, declared: declaration.function }];
        case 'alias':
          return value === null ? unknown : this.#evaluate(source, initialAt(source, value), '');
        case 'parameter':
          return this.#argumentsFor({ source, scope, declaration }, written());
        case 'local':
          return unknown;
        default: {
          const changed = kind === 'variable' && this.#isChanged(name) ? unknown : [];
          if (value !== null)
            return [...this.#evaluate(source, initialAt(source, value), written()), ...changed];
          if (body !== null) return this.#returnedFrom(source, body, written());
          return type === null ? unknown : [{ kind: 'instance', type: written(), call: null }, ...changed];
        }
      }
    });
  }

  /** The type written at an offset, by its full name if the sources declare it; for a list, that of its elements. */
  #typeAt(source: SwiftSource, offset: number): string {
    const typed = /\s*(?:(?:\[|Set<)\s*)?([\p{L}\p{N}_.]+)/uy;
    const [written = '', type = ''] = matchAt(typed, source.code, offset) ?? [];
    const end = offset + written.length;
    const start = end - type.length;
    const [meaning] = this.#evaluateIn(source, { start, end }, '');
    return meaning?.kind === 'type' ? meaning.name : source.code.slice(start, end);
  }

  /** Whether a variable is assigned again somewhere, or changed in place. */
  #isChanged(name: string): boolean {
    const change = new RegExp(
      `(?<![\\p{L}\\p{N}_])${name}(?<!\\b(?:let|var|case)\\s+${name})\\s*(?:[+|]?=(?!=)|\\.(?:insert|formUnion|append|remove|subtract)\\b)`,
      'u',
    );
    return this.#budget.search(`${name} =`, true, () => this.#sources.some(({ code }) => change.test(code)));
  }

  /** What the calls of a function pass for a parameter. */
  #argumentsFor({ source, scope, declaration }: Declared, type: string): Meanings {
    const { function: declared, parameter } = declaration;
    if (declared === null || parameter === null) return unknown;
    const owner = typeAround(scope.parent)?.name.split('.').at(-1);
    const names = declared.name === 'init' ? [owner ?? 'init', 'init', 'Self'] : [declared.name];
    const given = names
      .flatMap((name) => this.#budget.search(`${name}()`, [], () => callsOf(this.#sources, name)))
      .filter((call) => isCallOf(call, declared))
      .flatMap((call) => {
        const argument = argumentFor(call, declared, parameter.name);
        if (argument !== undefined) return this.#evaluateIn(call.source, argument, type);
        return parameter.value === null
          ? []
          : this.#evaluate(source, initialAt(source, parameter.value), type);
      });
    // A function passed on as a value is called by whoever has it.
    const value = new RegExp(`[(,:=]\\s*(?:self\\??\\.)?${declared.name}\\s*[,)\\n]`);
    const handedOn = (): boolean => this.#sources.some(({ code }) => value.test(code));
    return given.length === 0 || this.#budget.search(declared.name, true, handedOn)
      ? [...given, ...unknown]
      : given;
  }

  #called(meaning: Meaning, source: SwiftSource, { offset, call: span }: Step): Meanings {
    if (span === null) return unknown;
    const call: SwiftCall = { source, offset, ...span };
    if (meaning.kind === 'function') return this.#returnedFrom(meaning.source, meaning.declared.start, '');
    if (meaning.kind !== 'type') return unknown;
    const [argument, ...others] = argumentsOf(call);
    if (/^(NS|Static)?String$/.test(meaning.name) && argument?.label === null && others.length === 0)
      return this.#evaluateIn(source, argument, 'String');
    return [{ kind: 'instance', type: meaning.name, call }];
  }

  /** What the block of a getter, a function or a closure returns, by the offset of its brace. */
  #returnedFrom(source: SwiftSource, body: number, type: string): Meanings {
    const { code, literals } = source;
    const [start, end] = [body + 1, closing(source, body)];
    if (end - start > bodyLimit) return unknown;
    const getter = matchAt(/\s*get\s*\{/y, code, start);
    if (getter !== null) return this.#returnedFrom(source, start + getter[0].length - 1, type);
    const block = code.slice(start, end);
    const returns = [...block.matchAll(/(?<![.\p{L}\p{N}_])return\s/gu)];
    if (returns.length > 0)
      return returns.flatMap(({ index }) =>
        this.#evaluate(source, initialAt(source, start + index + 'return'.length), type),
      );
    const only = expressionIn(source, { start, end: start + block.trimEnd().length });
    if (only !== null) return this.#evaluate(source, only, type);
    // The branches of a `switch` or an `if` expression.
    const written = [...block.matchAll(/"/g)].map(({ index }) => literals.get(start + index));
    return [
      ...written.flatMap((string) => (string === undefined ? [] : this.#textOf(source, string))),
      ...unknown,
    ];
  }
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
