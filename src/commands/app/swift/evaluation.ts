import { type SwiftFunction, scopeAt, typeAround } from './declarations.ts';
import { type Expression, expressionIn, initialAt, type Step } from './expression.ts';
import { Names } from './names.ts';
import {
  type Argument,
  argumentsOf,
  callsOf,
  type Declared,
  type SwiftCall,
  type SwiftSource,
  usesOf,
} from './source.ts';
import { closing, type Span, startOf, stringOf, type Token, textAt } from './tokens.ts';

/** What an expression may stand for. */
export type Meaning =
  | Literal
  | { readonly kind: 'list'; readonly items: readonly Meanings[] }
  | { readonly kind: 'case'; readonly declared: Declared }
  /** What a call of a type creates. */
  | { readonly kind: 'instance'; readonly call: SwiftCall }
  /** A member that the sources do not declare, such as `.alert` from the SDK. */
  | { readonly kind: 'member'; readonly name: string }
  /** Known only at run time. */
  | { readonly kind: 'unknown' };

/** A string or a boolean, and where it is. */
export interface Literal {
  readonly kind: 'literal';
  readonly value: string | boolean;
  readonly source: SwiftSource;
  readonly token: Token;
}

type Meanings = readonly Meaning[];
const unknown: Meanings = [{ kind: 'unknown' }];

/** Everything that an expression may stand for; the type is the one that a leading dot refers to. */
export type Evaluate = (source: SwiftSource, expression: Span, type: string) => Meanings;

/** The most meanings of one expression, and the longest string to build, in characters: an identifier is shorter. */
const [meaningLimit, lengthLimit] = [100, 1000];
/** How many expressions to follow from one, in all, and one from another: they may refer to each other in a circle. */
const [stepLimit, stepsInAll, depthLimit] = [5000, 100_000, 100];
/** The longest body to read for its results, in tokens. */
const bodyLimit = 1500;

/**
 * Evaluates expressions by the names in all sources: locals before members before globals, members by their types and
 * extensions, and parameters by the calls of their functions.
 */
export function createEvaluation(sources: readonly SwiftSource[]): Evaluate {
  const evaluation = new Evaluation(sources);
  return (source, expression, type) => evaluation.from(source, expression, type);
}

/** How a name is used as a function. */
interface Uses {
  readonly calls: readonly SwiftCall[];
  readonly isHandedOn: boolean;
}

class Evaluation {
  readonly #sources: readonly SwiftSource[];
  readonly #names: Names;
  readonly #uses = new Map<string, Uses>();
  readonly #followed = new Set<object>();
  #steps = 0;
  #stepsLeft = stepsInAll;

  constructor(sources: readonly SwiftSource[]) {
    this.#sources = sources;
    this.#names = new Names(sources);
  }

  from(source: SwiftSource, expression: Span, type: string): Meanings {
    this.#steps = 0;
    return this.#evaluateIn(source, expression, type);
  }

  #evaluateIn(source: SwiftSource, span: Span, type: string): Meanings {
    return this.#follow({}, () => this.#evaluate(source, expressionIn(span), type));
  }

  #evaluateAt(source: SwiftSource, from: number, type: string): Meanings {
    return this.#evaluate(source, initialAt(source, from), type);
  }

  /** Reads one step further, within the limits; what is being followed already is a circle. */
  #follow(key: object, read: () => Meanings): Meanings {
    const spent = this.#followed.size >= depthLimit || this.#steps >= stepLimit || this.#stepsLeft <= 0;
    if (spent || this.#followed.has(key)) return unknown;
    this.#steps++;
    this.#stepsLeft--;
    this.#followed.add(key);
    const meanings = read();
    this.#followed.delete(key);
    return meanings.length > meaningLimit ? [...meanings.slice(0, meaningLimit), ...unknown] : meanings;
  }

  #evaluate(source: SwiftSource, expression: Expression | null, type: string): Meanings {
    switch (expression?.kind) {
      case 'string':
        return this.#textOf(source, expression.token);
      case 'truth': {
        const { token } = expression;
        return [{ kind: 'literal', value: token.text === 'true', source, token }];
      }
      case 'list':
        return [
          { kind: 'list', items: expression.items.map((item) => this.#evaluateIn(source, item, type)) },
        ];
      case 'sum':
        return expression.terms.map((term) => this.#evaluate(source, term, type)).reduce(joined);
      case 'path':
        return this.#path(source, expression, type);
      default:
        return unknown;
    }
  }

  /** A literal with its interpolations. */
  #textOf(source: SwiftSource, token: Token): Meanings {
    const literal = (value: string): Meanings => [{ kind: 'literal', value, source, token }];
    return (token.parts ?? [])
      .map((part) => {
        if (typeof part === 'string') return literal(part);
        const meanings = this.#evaluateIn(source, { code: part, from: 0, to: part.tokens.length }, 'String');
        return meanings.flatMap((each) =>
          each.kind === 'case' ? literal(each.declared.declaration.name) : [each],
        );
      })
      .reduce(joined, literal(''));
  }

  /** The last name of a path decides, among what the type before it declares. */
  #path(source: SwiftSource, path: Expression & { kind: 'path' }, type: string): Meanings {
    const { code, dotted, steps } = path;
    const [before, last] = [steps.slice(0, -1), steps.at(-1)];
    if (last === undefined) return unknown;
    const { name, at, call } = last;
    if (name === 'rawValue' && before.length > 0)
      return this.#path(source, { ...path, steps: before }, type).flatMap(rawValueOf);
    const isOwn = before.length === 0 && !dotted;
    const scope = scopeAt(source.scopes, startOf(code, at));
    const owner = ownerOf(before, type, typeAround(scope)?.name);
    const known = owner === null ? null : this.#names.typeNamed(owner, scope);
    const found = isOwn
      ? this.#names.own(source, code, last)
      : owner !== null && known === null
        ? []
        : this.#names.membersOf(known, name, source);
    if (call !== null) {
      const functions = found.filter(({ declaration }) => declaration.kind === 'function');
      if (functions.length > 0) return functions.flatMap((each) => this.#meaningOf(each, type));
      const makes = name === 'init' || /^\p{Lu}/u.test(name);
      return makes ? [{ kind: 'instance', call: { source, at, ...call } }] : unknown;
    }
    const meanings = found.flatMap((each) => this.#meaningOf(each, type));
    if (!isOwn && owner === null) return [...meanings, ...unknown];
    if (meanings.length > 0) return meanings;
    return isOwn ? unknown : [{ kind: 'member', name }];
  }

  #meaningOf(declared: Declared, type: string): Meanings {
    const { source, declaration } = declared;
    const { kind, value, body } = declaration;
    return this.#follow(declaration, () => {
      if (kind === 'case') return [{ kind, declared }];
      if (kind === 'parameter') return this.#argumentsFor(declared, type);
      if (kind === 'function') return this.#returned(source, declaration.function?.body ?? 0, type);
      if (value === null) return body === null ? unknown : this.#returned(source, body, type);
      const meanings = this.#evaluateAt(source, value, type);
      return kind === 'variable' ? [...meanings, ...unknown] : meanings;
    });
  }

  /** What the calls of a function pass for a parameter. */
  #argumentsFor(
    { source, scope, declaration: { function: declared, name, value } }: Declared,
    type: string,
  ): Meanings {
    if (declared === null) return unknown;
    const owner = typeAround(scope.parent)?.name.split('.').at(-1);
    const names = declared.name === 'init' ? [owner ?? 'init', 'init', 'Self'] : [declared.name];
    const uses = names.map((each) => this.#usesOf(each));
    const given = uses
      .flatMap(({ calls }) => calls)
      .flatMap((call) => {
        const argument = argumentFor(call, declared, name);
        if (argument === null) return [];
        if (argument !== undefined) return this.#evaluateIn(call.source, argument, type);
        return value === null ? [] : this.#evaluateAt(source, value, type);
      });
    // A function passed on as a value is called by whoever has it.
    const isHandedOn = declared.name !== 'init' && uses.some((each) => each.isHandedOn);
    return given.length === 0 || isHandedOn ? [...given, ...unknown] : given;
  }

  #usesOf(name: string): Uses {
    const known = this.#uses.get(name);
    if (known !== undefined) return known;
    const isHandedOn = usesOf(this.#sources, name).some(({ source, at }) =>
      /^[,)]$/.test(textAt(source, at + 1)),
    );
    const uses = { calls: callsOf(this.#sources, name), isHandedOn };
    this.#uses.set(name, uses);
    return uses;
  }

  /** What the block of a getter, a function or a closure returns, by the index of its brace. */
  #returned(source: SwiftSource, body: number, type: string): Meanings {
    const [from, to] = [body + 1, closing(source, body)];
    if (to - from > bodyLimit) return unknown;
    if (textAt(source, from) === 'get' && textAt(source, from + 1) === '{')
      return this.#returned(source, from + 1, type);
    const block = source.tokens.slice(from, to);
    const returns = block.flatMap(({ text }, index) => (text === 'return' ? from + index + 1 : []));
    if (returns.length > 0) return returns.flatMap((at) => this.#evaluateAt(source, at, type));
    const only = expressionIn({ code: source, from, to });
    if (only !== null) return this.#evaluate(source, only, type);
    // The branches of a `switch` or an `if` expression.
    return [
      ...block.filter(({ parts }) => parts !== null).flatMap((token) => this.#textOf(source, token)),
      ...unknown,
    ];
  }
}

/** The type that a path before a name is; null for anything else. */
function ownerOf(steps: readonly Step[], type: string, around: string | undefined): string | null {
  const [first] = steps;
  if (first === undefined) return type;
  if (/^[sS]elf$/.test(first.name) && steps.length === 1) return around ?? null;
  const isType = steps.every(({ name, call }) => call === null && /^\p{Lu}/u.test(name));
  return isType ? steps.map(({ name }) => (name === 'Self' ? (around ?? name) : name)).join('.') : null;
}

/** Each string of the first followed by each of the second; the place is that of the first. */
function joined(first: Meanings, second: Meanings): Meanings {
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

/** `rawValue` of a case: its value, else its name. */
function rawValueOf(meaning: Meaning): Meanings {
  if (meaning.kind !== 'case') return unknown;
  const { source, declaration } = meaning.declared;
  const { name, at, value } = declaration;
  const token = source.tokens[value ?? at];
  if (token === undefined || (value !== null && token.parts === null)) return unknown;
  return [{ kind: 'literal', value: value === null ? name : stringOf(token), source, token }];
}

/** The argument of a call for a parameter, by its label and its position; null where the call is to another function. */
function argumentFor(
  call: SwiftCall,
  { parameters }: SwiftFunction,
  name: string,
): Argument | undefined | null {
  const given = argumentsOf(call);
  const isFitting = given.every(({ label }) => parameters.some((parameter) => parameter.label === label));
  if (given.length > parameters.length || !isFitting) return null;
  const wanted = parameters.find((each) => each.name === name);
  const alike = parameters.filter(({ label }) => label === wanted?.label);
  return given.filter(({ label }) => label === wanted?.label)[alike.findIndex(({ at }) => at === wanted?.at)];
}
