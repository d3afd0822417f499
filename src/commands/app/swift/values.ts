import type { Declaration, Span, SwiftCode } from './code.ts';

/** A possible value of an expression; a list stands for all its elements. */
export type Value =
  /** A string or a boolean, and the index of its token. */
  | { readonly kind: 'literal'; readonly value: string | boolean; readonly at: number }
  /** The result of a type's initializer, by the index of the called name. */
  | { readonly kind: 'made'; readonly at: number }
  /** A member that the sources do not declare, such as `.alert` from the SDK. */
  | { readonly kind: 'member'; readonly name: string }
  /** Known only at run time, or not read. */
  | { readonly kind: 'unknown' };

const unknown: readonly Value[] = [{ kind: 'unknown' }];

/** Maximum steps from one expression to another, nested and in all: they may refer to each other in a circle. */
const [depthLimit, stepLimit] = [20, 2000];
/** Maximum tokens of a value; and maximum tokens and declarations to look at for all expressions. */
const [lengthLimit, workLimit] = [1500, 5_000_000];

/**
 * Finds the possible values of expressions: literals, constants and raw values of that name, and arguments that calls pass.
 * Scopes are not resolved: declarations in the same source take precedence over all others.
 */
export class SwiftValues {
  readonly #code: SwiftCode;
  #stepsLeft = 0;
  #workLeft = workLimit;

  constructor(code: SwiftCode) {
    this.#code = code;
  }

  of(expression: Span): readonly Value[] {
    this.#stepsLeft = stepLimit;
    return this.#valuesOf(expression, 0);
  }

  #valuesOf({ from, to }: Span, depth: number): readonly Value[] {
    const code = this.#code;
    const { text, value } = code.tokens[from] ?? { text: '', value: null };
    this.#workLeft -= to - from;
    if (depth > depthLimit || this.#stepsLeft-- <= 0 || this.#workLeft <= 0) return unknown;
    if (to === from + 1 && value !== null) return [{ kind: 'literal', value, at: from }];
    if (to === from + 1 && /^(?:true|false)$/.test(text))
      return [{ kind: 'literal', value: text === 'true', at: from }];
    if (text !== '[' || code.closing(from) !== to - 1) return this.#path(from, to, depth);
    const items = code.itemsIn({ from: from + 1, to: to - 1 });
    return items.flatMap((item) => (item.label === null ? this.#valuesOf(item, depth + 1) : unknown));
  }

  /** `name`, `Type.name`, `.name`, `Type.name.rawValue`, and `Type(…)`. */
  #path(from: number, to: number, depth: number): readonly Value[] {
    const code = this.#code;
    let at = code.text(from) === '.' ? from + 1 : from;
    while (code.nameAt(at) !== null && code.text(at + 1) === '.') at += 2;
    const name = code.nameAt(at);
    if (name === null || at >= to) return unknown;
    const isType = /^(?:init|\p{Lu}.*)$/su.test(name);
    const isMade = isType && code.text(at + 1) === '(' && code.closing(at + 1) === to - 1;
    if (isMade) return [{ kind: 'made', at }];
    if (at + 1 < to) return unknown;
    const isRaw = name === 'rawValue';
    const named = isRaw ? at - 2 : at;
    if (named < from) return unknown;
    const found = this.#declarations(from, named, isRaw);
    if (found === null) return isRaw ? unknown : [{ kind: 'member', name }];
    return found.length === 0 ? unknown : found.flatMap((each) => this.#declared(each, isRaw, depth + 1));
  }

  /** The possible declarations of a name; null for a member that the sources do not declare. */
  #declarations(from: number, at: number, isRaw: boolean): readonly Declaration[] | null {
    const code = this.#code;
    const declared = code.declarationsOf(code.text(at));
    this.#workLeft -= declared.length;
    const all = declared.filter(({ kind }) => (kind === 'case') === isRaw);
    const owner = at - 2 < from ? '' : code.text(at - 2);
    if (at > from && !/^[sS]elf$/.test(owner)) {
      if (/^\p{Ll}/u.test(owner)) return [];
      const members = all.filter((each) =>
        owner === '' ? code.text(each.at - 2) === 'static' : each.owner === owner,
      );
      return members.length > 0 ? members : null;
    }
    const own = all.filter((each) => code.placeAt(each.at).file === code.placeAt(at).file);
    return own.length > 0 ? own : all;
  }

  #declared({ kind, at, value, passed }: Declaration, isRaw: boolean, depth: number): readonly Value[] {
    if (passed !== undefined) return this.#passed(passed, depth);
    if (value == null) return isRaw ? [{ kind: 'literal', value: this.#code.text(at), at }] : unknown;
    const values = this.#valuesOf({ from: value, to: this.#endOf(value) }, depth);
    return kind === 'var' ? [...values, ...unknown] : values;
  }

  /** The arguments that calls of a function pass for a parameter. */
  #passed({ to, label }: NonNullable<Declaration['passed']>, depth: number): readonly Value[] {
    const code = this.#code;
    const uses = code.usesOf(to).filter((at) => code.text(at + 1) !== ':');
    const calls = code.callsOf(to);
    this.#workLeft -= calls.reduce((sum, call) => sum + call.to - call.from, uses.length);
    // A function that is passed on can be called from anywhere.
    if (calls.length === 0 || calls.length < uses.length || this.#workLeft <= 0) return unknown;
    return calls.flatMap((call) => {
      const item = code.argumentOf(call, label);
      return item === null ? unknown : this.#valuesOf(item, depth);
    });
  }

  /** The end of a declaration's value: a line that begins with an operator continues it. */
  #endOf(from: number): number {
    const code = this.#code;
    let at = from;
    for (; at < from + lengthLimit; at++) {
      const text = code.text(at);
      const isEnd = /^(?:[,;)}\]{]|else|)$/.test(text);
      if (isEnd || (at > from && code.isFirst(at) && !/^[.?:&|=<>!*/%^+-]/.test(text))) return at;
      if (/^[([]$/.test(text)) at = code.closing(at);
    }
    return at;
  }
}
