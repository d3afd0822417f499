import type { SwiftCode } from './code.ts';
import type { Declaration, SwiftFunction } from './declarations.ts';
import type { Span, SwiftSource } from './source.ts';
import {
  argumentOf,
  branchesOf,
  contentOf,
  itemsOf,
  pathOf,
  resultOf,
  splitAt,
  withoutParentheses,
} from './spans.ts';

/** The end that an expression leads to: a literal, a call, a list, or anything else. */
export interface End extends Span {
  /** The string that it is; null: none, or one that is known only at run time. */
  readonly text: string | null;
}

/** The strings that an expression may be. */
export interface Strings {
  readonly known: readonly string[];
  /** Whether it may be another one besides. */
  readonly isOpen: boolean;
}

/** Steps from one expression to another: names may go round in a circle. */
const depthLimit = 20;
/** Steps for one expression, and for all of them. */
const stepLimit = 1000;
const allStepsLimit = 20_000;
/** The most declarations of a name that are followed. */
const declarationsLimit = 100;

/** Names of Swift code, followed to what they stand for. */
export class Values {
  readonly #code: SwiftCode;
  #stepsLeft = 0;
  #allStepsLeft = allStepsLimit;
  readonly #arguments = new Map<Declaration, readonly (Span | null)[]>();

  constructor(code: SwiftCode) {
    this.#code = code;
  }

  strings(expression: Span): Strings {
    return joined(this.ends(expression));
  }

  /** The raw values of an enum, or those of the constants of another type. */
  rawValues(type: string): Strings {
    this.#begin();
    const members = this.#code.allMembers(this.#knownType(type));
    const cases = members.filter(({ kind }) => kind === 'case');
    const all = cases.length > 0 ? cases : members;
    const { known, isOpen } = joined(all.flatMap((each) => this.#rawOf(each, 0)));
    return { known, isOpen: isOpen || all.length === 0 };
  }

  /** @param type that is expected there, which `.name` belongs to */
  ends(expression: Span, type: string | null = null): readonly End[] {
    this.#begin();
    return this.#follow(expression, type, 0);
  }

  #begin(): void {
    this.#stepsLeft = Math.min(stepLimit, this.#allStepsLeft);
  }

  /** Whether no step is left. */
  #isWorn(): boolean {
    this.#allStepsLeft--;
    return this.#stepsLeft-- <= 0;
  }

  /**
   * The elements of the lists that an expression may be; null: it may be something else.
   */
  elements(expression: Span, type: string): readonly End[] | null {
    const elements: End[] = [];
    for (const list of this.ends(expression, type)) {
      const items = itemsOf(list);
      if (items === null) return null;
      for (const item of items) elements.push(...this.ends(item, type));
    }
    return elements;
  }

  #follow(expression: Span, type: string | null, depth: number): readonly End[] {
    const span = withoutParentheses(expression);
    const { source, from, to } = span;
    if (depth > depthLimit || this.#isWorn()) return [endAt(span)];
    if (to === from + 1 && source.isString(from)) return [endAt(span)];
    const branches = branchesOf(span);
    if (branches !== null) return branches.flatMap((each) => this.#follow(each, type, depth + 1));
    const parts = splitAt(span, '+');
    if (parts.length > 1) return [this.#sum(span, parts, depth)];
    const names = pathOf(span);
    if (names === null) return this.#result(span, type, depth) ?? [endAt(span)];
    const isRaw = names.at(-1) === 'rawValue' && names.length > 1;
    const path = { source, at: from, names: isRaw ? names.slice(0, -1) : names, type };
    const found = this.#declarations(path, depth);
    if (found.length === 0 || found.length > declarationsLimit) return [endAt(span)];
    return found.flatMap((each) =>
      isRaw ? this.#rawOf(each, depth + 1) : this.#valueOf(each, type, depth + 1),
    );
  }

  /** The results of a call of a function of the app; null: it is no such call. */
  #result(span: Span, type: string | null, depth: number): readonly End[] | null {
    const { source, from, to } = span;
    const open = source.opening(to - 1);
    const name = source.name(open - 1);
    if (open <= from || name === null || pathOf({ source, from, to: open }) === null) return null;
    const results = this.#code
      .functions(name)
      .map((each) => (each.brace === -1 ? null : resultOf(each.source, each.brace)));
    if (results.length === 0 || results.includes(null)) return null;
    return results.flatMap((result) =>
      result === null ? [] : this.#follow(result, type, depth + 1),
    );
  }

  /** The arguments for the parameter that an expression is; null: it is none. */
  passed(expression: Span): readonly Span[] | null {
    const span = withoutParentheses(expression);
    const { source, from, to } = span;
    const name = to === from + 1 ? source.name(from) : null;
    const [declaration] = name === null ? [] : this.#code.lookUp(name, source, from);
    if (declaration?.parameterOf == null) return null;
    const items = this.#argumentsFor(declaration, declaration.parameterOf);
    return items.length > 0 && !items.includes(null) ? items.flatMap((item) => item ?? []) : null;
  }

  /** Strings that are put together are one, if each of them is known. */
  #sum(span: Span, parts: readonly Span[], depth: number): End {
    const ends = parts.map((part) => this.#follow(part, null, depth + 1));
    const texts = ends.map(([end, ...others]) => (others.length === 0 ? end?.text : null));
    const isKnown = texts.every((text) => typeof text === 'string');
    return { ...span, text: isKnown ? texts.join('') : null };
  }

  /** The declarations that a path names; an empty name is the expected type. */
  #declarations({ source, at, names, type }: Path, depth: number): readonly Declaration[] {
    const [name = ''] = names.slice(-1);
    const owners = names.slice(0, -1);
    if (owners.length === 0) return this.#code.lookUp(name, source, at);
    if (owners.length === 1 && owners[0] === '')
      return type === null ? [] : this.#code.members(type, name);
    const owner = this.#typeOf({ source, at, names: owners, type }, depth + 1);
    return owner === null ? [] : this.#code.members(owner, name);
  }

  /** The type that a path names, or that it has an instance of; null: not known. */
  #typeOf(path: Path, depth: number): string | null {
    const { source, at, names } = path;
    const [name = ''] = names.slice(-1);
    if (names.length === 1 && /^[sS]elf$/.test(name)) return this.#code.typeAround(source, at);
    if (/^\p{Lu}/u.test(name)) return this.#knownType(name);
    if (depth > depthLimit || this.#isWorn()) return null;
    const [first, ...others] = this.#declarations(path, depth + 1);
    if (first?.value == null || others.length > 0) return null;
    const { value } = first;
    const close = value.to - 1;
    if (value.source.text(close) !== ')') return null;
    const type = value.source.name(value.source.opening(close) - 1) ?? '';
    return /^\p{Lu}/u.test(type) ? this.#knownType(type) : null;
  }

  #knownType(name: string): string {
    return this.#code.aliased(name) ?? name;
  }

  #valueOf(declaration: Declaration, type: string | null, depth: number): readonly End[] {
    const { kind, name, value, parameterOf } = declaration;
    if (parameterOf !== null) return this.#passed(declaration, parameterOf, depth);
    if (value === null || kind === 'case') return [unknownAt(declaration)];
    const ends = this.#follow(value, type, depth);
    const mayChange = kind === 'var' && this.#code.isAssigned(name);
    return mayChange ? [...ends, unknownAt(declaration)] : ends;
  }

  /** The raw value of a case, or of a constant that is made by `T(rawValue: …)`. */
  #rawOf(declaration: Declaration, depth: number): readonly End[] {
    const { source, kind, name, at, block, value } = declaration;
    if (kind === 'case' && value === null) {
      const isText = this.#code.typeAt(source, block)?.parents.includes('String') === true;
      return [{ source, from: at, to: at + 1, text: isText ? name : null }];
    }
    if (value === null || kind === 'bound') return [unknownAt(declaration)];
    if (kind === 'case') return this.#follow(value, null, depth + 1);
    return this.#follow(value, null, depth + 1).flatMap((end) => {
      const argument = argumentOf(end, 'rawValue');
      return argument === null ? [unknownAt(declaration)] : this.#follow(argument, null, depth + 1);
    });
  }

  /**
   * The arguments that calls of a function give for a parameter; null: one gives none.
   */
  #argumentsFor(
    declaration: Declaration,
    { name: called, parameters }: SwiftFunction,
  ): readonly (Span | null)[] {
    const known = this.#arguments.get(declaration);
    if (known !== undefined) return known;
    const index = parameters.findIndex(({ name }) => name === declaration.name);
    const label = parameters[index]?.label ?? null;
    const calls = called === 'init' ? [] : this.#code.calls(called);
    const items = calls.map(({ source, from, to }) => {
      const given = source.items({ from, to });
      const item = label === null ? given[index] : given.find((each) => each.label === label);
      return item ?? null;
    });
    this.#arguments.set(declaration, items);
    return items;
  }

  #passed(declaration: Declaration, to: SwiftFunction, depth: number): readonly End[] {
    const items = this.#argumentsFor(declaration, to);
    const isWhole = items.length > 0 && !items.includes(null);
    const ends = items.flatMap((item) =>
      item === null ? [] : this.#follow(item, null, depth + 1),
    );
    return isWhole ? ends : [...ends, unknownAt(declaration)];
  }
}

/** A name with its owners, and where it stands. */
interface Path {
  readonly source: SwiftSource;
  readonly at: number;
  readonly names: readonly string[];
  readonly type: string | null;
}

function joined(ends: readonly End[]): Strings {
  const texts = ends.flatMap(({ text }) => (text === null ? [] : text));
  return { known: [...new Set(texts)], isOpen: ends.some(({ text }) => text === null) };
}

function endAt({ source, from, to }: Span): End {
  const isString = to === from + 1 && source.isString(from);
  return { source, from, to, text: isString ? contentOf(source.text(from)) : null };
}

function unknownAt({ source, at }: Declaration): End {
  return { source, from: at, to: at + 1, text: null };
}
