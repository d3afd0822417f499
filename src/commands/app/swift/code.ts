import type { Place } from '../finding.ts';
import type { Token } from './tokens.ts';

/** A declaration of a name. Numbers are indexes of tokens. */
export interface Declaration {
  /** `local`: known only at run time. */
  readonly kind: 'let' | 'var' | 'case' | 'local';
  readonly at: number;
  readonly isTyped?: boolean;
  /** The enclosing type. */
  readonly owner: string | undefined;
  /** The start of its value, if any. */
  readonly value?: number | null;
  /** For a parameter: its function, and the label of its argument. */
  readonly passed?: { readonly to: string; readonly label: string };
}

/** Tokens from one index up to but excluding another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A call: the index of its name, and what is between its parentheses. */
export interface SwiftCall extends Span {
  readonly at: number;
}

/** An argument, a parameter or an element, without its label. */
export interface Item extends Span {
  readonly label: string | null;
}

/** Maximum tokens to search for the parts of a declaration, and of a parameter list. */
const [nearby, signatureLimit] = [100, 1500];
/** Maximum calls of one name, and nested blocks; handwritten code has fewer. */
const [callsLimit, nestingLimit] = [500, 200];

const opening = /^[([{]$/;

/** The Swift code of an app: the tokens of all its sources in a row, and their declarations. */
export class SwiftCode {
  readonly tokens: readonly Token[];
  /** The indexes of each name. */
  readonly names = new Map<string, number[]>();
  /** The names of functions by each of their labels: `application didReceive…`. */
  readonly #functions = new Map<string, number>();
  /** The names of functions by the braces of their bodies, and those of types. */
  readonly #bodies = new Map<number, number>();
  readonly #types = new Map<number, string>();
  /** The first type that inherits each name, by the index of its own name. */
  readonly #inherited = new Map<string, number>();
  readonly #declarations = new Map<string, Declaration[]>();
  /** For each opening bracket the index of its closing one, or of the end of its file. */
  readonly #closings: Int32Array;
  /** For each token the brace of the block around it; -1 for none. */
  readonly #blocks: Int32Array;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
    this.#closings = new Int32Array(tokens.length);
    this.#blocks = new Int32Array(tokens.length);
    this.#pairBrackets();
    for (const [at, { text, value }] of tokens.entries()) {
      if (value !== null || this.nameAt(at) === null) continue;
      add(this.names, text, at);
      if (this.text(at - 1) !== '.') this.#readKeyword(text, at);
    }
  }

  /** The text of a token, or an empty string. */
  text(at: number): string {
    return this.tokens[at]?.text ?? '';
  }

  /** The name at an index; null for a token of another kind. */
  nameAt(at: number): string | null {
    const text = this.text(at);
    return /^[\p{L}_]/u.test(text) ? text : null;
  }

  placeAt(at: number): Place {
    const { file = '', line = 1 } = this.tokens[at] ?? {};
    return { file, line };
  }

  closing(bracket: number): number {
    return this.#closings[bracket] ?? bracket;
  }

  /** Whether a token is the first on its line. */
  isFirst(at: number): boolean {
    return this.tokens[at]?.line !== this.tokens[at - 1]?.line;
  }

  declarationsOf(name: string): readonly Declaration[] {
    return this.#declarations.get(name) ?? [];
  }

  /** The indexes of a name, except declarations of functions. */
  usesOf(name: string): readonly number[] {
    return (this.names.get(name) ?? []).filter((at) => this.text(at - 1) !== 'func');
  }

  /** The first place of the first name that occurs. */
  placeOf(...names: readonly string[]): Place | null {
    const at = names.map((name) => this.usesOf(name)[0]).find((use) => use !== undefined);
    return at === undefined ? null : this.placeAt(at);
  }

  /** The first type that inherits from a name. */
  typeInheriting(name: string): Place | null {
    const at = this.#inherited.get(name);
    return at === undefined ? null : this.placeAt(at);
  }

  /** The first function with that name and label, which distinguishes delegate methods; or null. */
  functionNamed(name: string, label: string): number | null {
    return this.#functions.get(`${name} ${label}`) ?? null;
  }

  /** The function around a token; null if none is near. */
  functionAt(at: number): number | null {
    let block = this.#blocks[at] ?? -1;
    for (let nesting = 0; nesting < nestingLimit && block >= 0 && !this.#bodies.has(block); nesting++)
      block = this.#blocks[block] ?? -1;
    return this.#bodies.get(block) ?? null;
  }

  /** The first 500 calls of a function or initializer by its name; `init` finds `.init(…)`. */
  callsOf(name: string): readonly SwiftCall[] {
    return this.usesOf(name)
      .filter((at) => this.text(at + 1) === '(' && (name !== 'init' || this.text(at - 1) === '.'))
      .slice(0, callsLimit)
      .map((at) => ({ at, from: at + 2, to: this.closing(at + 1) }));
  }

  /** The items between commas. */
  itemsIn({ from, to }: Span): readonly Item[] {
    const items: Item[] = [];
    let start = from;
    for (let at = from; at <= to; at++) {
      const text = this.text(at);
      if (at < to && opening.test(text)) at = this.closing(at);
      else if (at === to || text === ',') {
        const label = this.text(start + 1) === ':' ? this.nameAt(start) : null;
        if (start < at) items.push({ label, from: label === null ? start : start + 2, to: at });
        start = at + 1;
      }
    }
    return items;
  }

  /** The argument with that label: `isAccepted: true`. */
  argumentOf(call: Span, label: string): Item | null {
    return this.itemsIn(call).find((item) => item.label === label) ?? null;
  }

  #pairBrackets(): void {
    let [open, braces]: [number[], number[]] = [[], []];
    for (const [at, { text }] of this.tokens.entries()) {
      if (text === '}') braces.pop();
      this.#blocks[at] = braces.at(-1) ?? -1;
      if (text === '{') braces.push(at);
      if (opening.test(text)) open.push(at);
      else if (/^[)\]}]$/.test(text)) this.#closings[open.pop() ?? at] = at;
      else if (text === '') {
        for (const bracket of open) this.#closings[bracket] = at;
        [open, braces] = [[], []];
      }
    }
  }

  #readKeyword(text: string, at: number): void {
    if (text === 'func') this.#readFunction(at + 1);
    else if (text === 'init') this.#readFunction(at);
    else if (text === 'in') this.#readLocals(at);
    else if (/^(?:struct|class|enum|actor|extension)$/.test(text)) this.#readType(at + 1);
    else if (text === 'let' || text === 'var' || text === 'case') this.#readNames(at + 1, text);
  }

  #declare(at: number, kind: Declaration['kind'], rest: Partial<Declaration> = {}): void {
    const owner = this.#types.get(this.#blocks[at] ?? -1);
    add(this.#declarations, this.text(at), { at, kind, owner, ...rest });
  }

  /** The next matching token outside brackets, or the first on another line; null if none is near. */
  #find(from: number, pattern: RegExp, isOnLine = false): number | null {
    for (let at = from; at < from + nearby && at < this.tokens.length; at++) {
      const text = this.text(at);
      if (pattern.test(text) || (isOnLine && this.isFirst(at))) return at;
      if (opening.test(text)) at = this.closing(at);
    }
    return null;
  }

  /** @param at index of the name */
  #readFunction(at: number): void {
    const open = this.#find(at + 1, /^[({]$/) ?? at;
    const parameters = { from: open + 1, to: this.closing(open) };
    if (this.text(open) !== '(' || parameters.to - open > signatureLimit) return;
    const body = this.#find(parameters.to + 1, /^(?:|[{}]|func|var|let|init)$/);
    if (body !== null && this.text(body) === '{') this.#bodies.set(body, at);
    for (const { label: plain, from } of this.itemsIn(parameters)) {
      // In `_ token: Data` and `with token: Data` a name follows the label.
      const named = plain === null ? from + 1 : from - 2;
      const label = plain ?? this.text(from);
      const [to, key] = [this.text(at), `${this.text(at)} ${label}`];
      if (!this.#functions.has(key)) this.#functions.set(key, at);
      this.#declare(named, 'local', label === '_' || to === 'init' ? {} : { passed: { to, label } });
    }
  }

  /** @param at index of the name */
  #readType(at: number): void {
    const brace = this.#find(at, /^\{$/) ?? at;
    let last = at;
    while (this.text(last + 1) === '.') last += 2;
    this.#types.set(brace, this.text(last));
    const colon = this.#find(at, /^[:{]$/) ?? brace;
    for (let each = colon + 1; each < Math.min(brace, colon + nearby); each++)
      if (!this.#inherited.has(this.text(each))) this.#inherited.set(this.text(each), at);
  }

  /** The names in `let a: A = …` and in `case a = "A", b`. */
  #readNames(from: number, kind: 'let' | 'var' | 'case'): void {
    if (this.text(from) === '(') this.#readLocals(Math.min(this.closing(from), from + nearby));
    for (let at = from; this.nameAt(at) !== null; at++) {
      const named = at;
      at = this.text(at + 1) === '(' ? this.closing(at + 1) + 1 : at + 1;
      const isTyped = this.text(at) === ':';
      // A pattern of a `switch` declares nothing.
      if (kind === 'case' && isTyped) return;
      if (isTyped) at = this.#find(at + 1, /^(?:|[={,;)}\]])$/, true) ?? at;
      const computed = kind === 'var' && this.text(at) === '{' ? this.#onlyValueIn(at) : null;
      const value = computed ?? (this.text(at) === '=' ? at + 1 : null);
      this.#declare(named, computed === null ? kind : 'let', { isTyped, value });
      if (value !== null) at = value + 1;
      if (kind !== 'case' || this.text(at) !== ',') return;
    }
  }

  /** The string that is the whole content of a block: `{ "a" }`, `{ return "a" }`. */
  #onlyValueIn(brace: number): number | null {
    const at = this.text(brace + 1) === 'return' ? brace + 2 : brace + 1;
    return this.text(at) === '"' && this.text(at + 1) === '}' ? at : null;
  }

  /** The names that a closure or a loop binds before its `in`. */
  #readLocals(at: number): void {
    const bound = /^(?:|[{};]|for|in)$/;
    for (let before = at - 1; before > at - nearby && !bound.test(this.text(before)); before--)
      if (this.nameAt(before) !== null) this.#declare(before, 'local');
  }
}

function add<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
