import type { Span, SwiftSource } from './source.ts';
import { endOfExpression, resultOf } from './spans.ts';

/** A type, or an extension of one, with its body. */
export interface TypeBody {
  readonly kind: 'type';
  /** Without the types around it. */
  readonly name: string;
  readonly isEnum: boolean;
  readonly brace: number;
  /** The types that it inherits from, or conforms to. */
  readonly parents: readonly string[];
}

/** A function with its parameters and its body. */
export interface SwiftFunction {
  readonly kind: 'function';
  readonly source: SwiftSource;
  readonly name: string;
  /** The index of the name. */
  readonly at: number;
  readonly parameters: readonly Parameter[];
  /** The brace of its body; -1: a protocol has it without one. */
  readonly brace: number;
}

interface Parameter {
  /** The label of its argument; null: it has none. */
  readonly label: string | null;
  readonly name: string;
}

/** A declaration of a name. */
export interface Declaration {
  readonly source: SwiftSource;
  readonly name: string;
  /** The index of the name. */
  readonly at: number;
  /** `bound`: it has another value at each run. */
  readonly kind: 'let' | 'var' | 'case' | 'bound';
  /** The brace of the block that it belongs to; -1: none. */
  readonly block: number;
  readonly value: Span | null;
  /** Of a parameter: its function. */
  readonly parameterOf: SwiftFunction | null;
}

/** The declarations of a source. */
export interface Declarations {
  /** By their names. */
  readonly types: ReadonlyMap<string, readonly TypeBody[]>;
  /** By their names. */
  readonly functions: ReadonlyMap<string, readonly SwiftFunction[]>;
  /** The types and functions by the braces of their bodies. */
  readonly bodies: ReadonlyMap<number, TypeBody | SwiftFunction>;
  /** By the brace of their block, then by their names. */
  readonly inBlocks: ReadonlyMap<number, ReadonlyMap<string, readonly Declaration[]>>;
}

/** The most tokens between a keyword and what it declares. */
const nearby = 100;
/** The most tokens of a list of parameters. */
const longest = 2000;

const typeWords = new Set(['struct', 'class', 'enum', 'actor', 'extension', 'protocol']);
/** Words that follow `class` in a member of a type. */
const memberWords = new Set(['func', 'var', 'let', 'subscript', 'init', 'final', 'override']);
/** Words in front of a pattern, in which a name gets a part of another value. */
const binders = new Set(['if', 'guard', 'while', 'case', 'for', ',', '(']);

export function readDeclarations(source: SwiftSource): Declarations {
  return new Reader(source).read();
}

class Reader {
  readonly #source: SwiftSource;
  readonly #types = new Map<string, TypeBody[]>();
  readonly #functions = new Map<string, SwiftFunction[]>();
  readonly #bodies = new Map<number, TypeBody | SwiftFunction>();
  readonly #inBlocks = new Map<number, Map<string, Declaration[]>>();

  constructor(source: SwiftSource) {
    this.#source = source;
  }

  read(): Declarations {
    const source = this.#source;
    for (let at = 0; at < source.length; at++) {
      const word = source.name(at);
      if (word === null || source.text(at - 1) === '.') continue;
      if (typeWords.has(word)) this.#readType(at);
      else if (word === 'func' || word === 'init')
        this.#readFunction(word === 'func' ? at + 1 : at);
      else if (word === 'let' || word === 'var') this.#readConstants(at, word);
      else if (word === 'case') this.#readCases(at);
      else if (word === 'in') this.#readBound(at);
    }
    return {
      types: this.#types,
      functions: this.#functions,
      bodies: this.#bodies,
      inBlocks: this.#inBlocks,
    };
  }

  #add(declaration: Omit<Declaration, 'source' | 'name'>): void {
    const source = this.#source;
    const name = source.text(declaration.at);
    const known = this.#inBlocks.get(declaration.block) ?? new Map<string, Declaration[]>();
    this.#inBlocks.set(declaration.block, known);
    append(known, name, { source, name, ...declaration });
  }

  #bind(at: number, block: number, parameterOf: SwiftFunction | null = null): void {
    this.#add({ at, kind: 'bound', block, value: null, parameterOf });
  }

  /** The next token outside brackets that fits, or null. */
  #find(from: number, pattern: RegExp): number | null {
    const source = this.#source;
    for (let at = from; at < Math.min(from + nearby, source.length); at++) {
      const text = source.text(at);
      if (pattern.test(text)) return at;
      if (text === '(' || text === '[') at = source.closing(at);
    }
    return null;
  }

  /** @param at index of the keyword */
  #readType(at: number): void {
    const source = this.#source;
    const isMember = source.name(at + 1) === null || memberWords.has(source.text(at + 1));
    const brace = isMember ? null : this.#find(at + 1, /^[{};]$/);
    if (brace === null || source.text(brace) !== '{') return;
    let last = at + 1;
    while (source.text(last + 1) === '.') last += 2;
    const parents: string[] = [];
    const colon = this.#find(at + 1, /^[:{]$/) ?? brace;
    for (let each = colon + 1; each < brace; each++) {
      const parent = source.name(each);
      if (parent !== null) parents.push(parent);
    }
    const isEnum = source.text(at) === 'enum';
    const type: TypeBody = { kind: 'type', name: source.text(last), isEnum, brace, parents };
    append(this.#types, type.name, type);
    this.#bodies.set(brace, type);
  }

  /** @param at index of the name */
  #readFunction(at: number): void {
    const source = this.#source;
    const open = this.#find(at + 1, /^[({}]$/);
    if (open === null || source.text(open) !== '(') return;
    const close = source.closing(open);
    if (close - open > longest) return;
    const next = this.#find(close + 1, /^(?:[{};]|func|var|let|init|case)$/);
    const brace = next !== null && source.text(next) === '{' ? next : -1;
    const items = source.items({ from: open + 1, to: close });
    const named = items.map(({ label, from }) => parameterAt(source, label, from));
    const parameters = named.map((each) => ({ label: each.label, name: source.text(each.name) }));
    const name = source.text(at);
    const found: SwiftFunction = { kind: 'function', source, name, at, parameters, brace };
    append(this.#functions, name, found);
    if (brace !== -1) this.#bodies.set(brace, found);
    for (const each of named) this.#bind(each.name, brace, found);
  }

  /** The names behind `let` or `var`. @param at index of the keyword */
  #readConstants(at: number, kind: 'let' | 'var'): void {
    const source = this.#source;
    const block = source.block(at);
    const isPattern = binders.has(source.text(at - 1));
    if (source.text(at + 1) === '(') this.#bindWithin(at + 2, source.closing(at + 1), block);
    for (let named = at + 1; source.name(named) !== null; ) {
      const value = this.#valueAfter(named, kind);
      const isBound = isPattern || (value === null && kind === 'let');
      this.#add({
        at: named,
        kind: isBound ? 'bound' : kind,
        block,
        value: isBound && !isAlias(source, named) ? null : value,
        parameterOf: null,
      });
      const end = value?.to ?? named + 1;
      if (isPattern || value === null || source.text(end) !== ',') return;
      named = end + 1;
    }
  }

  /**
   * The value of a constant, or the only expression of a computed variable; null: none.
   */
  #valueAfter(named: number, kind: 'let' | 'var'): Span | null {
    const source = this.#source;
    let at = named + 1;
    if (source.text(at) === ':') at = this.#endOfType(at + 1);
    if (source.text(at) === '=')
      return { source, from: at + 1, to: endOfExpression(source, at + 1) };
    return kind === 'var' && source.text(at) === '{' ? resultOf(source, at) : null;
  }

  #endOfType(from: number): number {
    const source = this.#source;
    const end = this.#find(from, /^[={},;)]$/) ?? from;
    for (let at = from + 1; at < end; at++) if (source.isFirst(at)) return at;
    return end;
  }

  /**
   * The cases of an enum; in a `switch` a case is a pattern.
   * @param at index of the keyword
   */
  #readCases(at: number): void {
    const source = this.#source;
    const block = source.block(at);
    const body = this.#bodies.get(block);
    if (body?.kind !== 'type' || !body.isEnum) return;
    for (let named = at + 1; source.name(named) !== null; ) {
      let end = named + 1;
      if (source.text(end) === '(') end = source.closing(end) + 1;
      const isGiven = source.text(end) === '=';
      const value = isGiven
        ? { source, from: end + 1, to: endOfExpression(source, end + 1) }
        : null;
      this.#add({ at: named, kind: 'case', block, value, parameterOf: null });
      if (value !== null) end = value.to;
      if (source.text(end) !== ',') return;
      named = end + 1;
    }
  }

  /** The names that a closure or a loop binds before its `in`. */
  #readBound(at: number): void {
    const source = this.#source;
    const brace = source.around(at);
    let from = at;
    const least = Math.max(brace, at - nearby);
    while (from - 1 > least && !/^(?:[{};]|for)$/.test(source.text(from - 1))) from--;
    const isLoop = source.text(from - 1) === 'for';
    this.#bindWithin(from, at, isLoop ? source.block(at) : brace);
  }

  #bindWithin(from: number, to: number, block: number): void {
    const end = Math.min(to, from + nearby);
    for (let at = from; at < end; at++) if (this.#source.name(at) !== null) this.#bind(at, block);
  }
}

/** In `_ token: Data` and `with token: Data` a name follows the label. */
function parameterAt(source: SwiftSource, label: string | null, from: number) {
  if (label !== null) return { label, name: from - 2 };
  const written = source.text(from);
  return { label: written === '_' ? null : written, name: from + 1 };
}

/** Whether `if let a = b` gives the name no part of another value. */
function isAlias(source: SwiftSource, named: number): boolean {
  return source.text(named + 1) === '=' && source.text(named - 2) !== 'case';
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
