import type { Place } from '../finding.ts';
import { type Lexeme, lex } from './lexer.ts';

/** Tokens from one index up to but excluding another. */
export interface Span {
  readonly source: SwiftSource;
  readonly from: number;
  readonly to: number;
}

/** An argument, a parameter or an element, without its label. */
export interface Item extends Span {
  readonly label: string | null;
}

/** A call: its name, and what stands between its parentheses. */
export interface Call extends Span {
  /** The index of the name. */
  readonly at: number;
}

const opening = /^[([{]$/;
const closing = /^[)\]}]$/;

/** The compiled code of a Swift source as tokens, which are read when they are needed. */
export class SwiftSource {
  readonly file: string;
  /** Without comments and what is not compiled; its lines keep their numbers. */
  readonly code: string;
  #tokens: Tokens | null = null;

  constructor(file: string, code: string) {
    this.file = file;
    this.code = code;
  }

  get #read(): Tokens {
    this.#tokens ??= readTokens(this.code);
    return this.#tokens;
  }

  /** The number of tokens. */
  get length(): number {
    return this.#read.parts.length;
  }

  /** The text of a token, without the ticks of a name; an empty one beyond the ends. */
  text(at: number): string {
    const part = this.#read.parts[at];
    return part === undefined ? '' : textOf(this.code, part);
  }

  /** The name at an index, or null. */
  name(at: number): string | null {
    return this.#read.parts[at]?.kind === 'name' ? this.text(at) : null;
  }

  isString(at: number): boolean {
    return this.#read.parts[at]?.kind === 'string';
  }

  /** The indexes of a name. */
  uses(name: string): readonly number[] {
    return this.#read.names.get(name) ?? [];
  }

  /** The bracket that closes one, or the end. */
  closing(bracket: number): number {
    return this.#read.closings.get(bracket) ?? this.length;
  }

  /** The bracket that one closes; -1: none. */
  opening(bracket: number): number {
    return this.#read.openings.get(bracket) ?? -1;
  }

  /** The innermost bracket around a token; -1: none. */
  around(at: number): number {
    return this.#read.around[at] ?? -1;
  }

  /** The brace of the innermost block around a token; -1: none. */
  block(at: number): number {
    return this.#read.blocks[at] ?? -1;
  }

  /** Whether a token is the first on its line. */
  isFirst(at: number): boolean {
    const before = this.#read.parts[at - 1];
    const part = this.#read.parts[at];
    if (before === undefined || part === undefined) return true;
    return this.code.slice(before.to, part.from).includes('\n');
  }

  place(at: number): Place {
    const from = this.#read.parts[at]?.from ?? 0;
    return { file: this.file, line: this.code.slice(0, from).split('\n').length };
  }

  /** The calls of a function or a type by its name, `.init(…)` of the type among them. */
  calls(name: string): readonly Call[] {
    return this.uses(name).flatMap((at) => {
      if (this.text(at - 1) === 'func') return [];
      const isInit = this.text(at + 1) === '.' && this.text(at + 2) === 'init';
      const open = isInit ? at + 3 : at + 1;
      if (this.text(open) !== '(') return [];
      return { source: this, at, from: open + 1, to: this.closing(open) };
    });
  }

  /** The parts between commas. */
  items({ from, to }: Pick<Span, 'from' | 'to'>): readonly Item[] {
    const items: Item[] = [];
    let start = from;
    for (let at = from; at <= to; at++) {
      const text = this.text(at);
      if (at < to && opening.test(text)) at = Math.min(this.closing(at), to);
      if (at < to && text !== ',') continue;
      const isNamed = start + 1 < at && this.name(start) !== null;
      const isLabelled = isNamed && this.text(start + 1) === ':';
      const label = isLabelled ? this.text(start) : null;
      if (start < at)
        items.push({ source: this, label, from: isLabelled ? start + 2 : start, to: at });
      start = at + 1;
    }
    return items;
  }

  /** The argument with a label, or null. */
  argument(call: Pick<Span, 'from' | 'to'>, label: string): Item | null {
    return this.items(call).find((item) => item.label === label) ?? null;
  }
}

interface Tokens {
  readonly parts: readonly Lexeme[];
  readonly names: ReadonlyMap<string, readonly number[]>;
  readonly closings: ReadonlyMap<number, number>;
  readonly openings: ReadonlyMap<number, number>;
  readonly around: Int32Array;
  readonly blocks: Int32Array;
}

function textOf(code: string, { from, to }: Lexeme): string {
  return code[from] === '`' ? code.slice(from + 1, to - 1) : code.slice(from, to);
}

function readTokens(code: string): Tokens {
  const parts = [...lex(code)];
  const names = new Map<string, number[]>();
  const closings = new Map<number, number>();
  const openings = new Map<number, number>();
  const around = new Int32Array(parts.length);
  const blocks = new Int32Array(parts.length);
  const open: number[] = [];
  for (const [at, part] of parts.entries()) {
    const text = part.kind === 'string' ? '' : textOf(code, part);
    const opened = closing.test(text) ? open.pop() : undefined;
    if (opened !== undefined) {
      closings.set(opened, at);
      openings.set(at, opened);
    }
    const bracket = open.at(-1) ?? -1;
    around[at] = bracket;
    const isBlock = bracket === -1 || code[parts[bracket]?.from ?? 0] === '{';
    blocks[at] = isBlock ? bracket : (blocks[bracket] ?? -1);
    if (opening.test(text)) open.push(at);
    if (part.kind !== 'name') continue;
    const uses = names.get(text) ?? [];
    uses.push(at);
    names.set(text, uses);
  }
  return { parts, names, closings, openings, around, blocks };
}
