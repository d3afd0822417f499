/** A token of Swift code; comments and blanks are none (The Swift Programming Language, Lexical Structure). */
export interface Token {
  /** As written, without the ticks around a name; `"` for a string literal. */
  readonly text: string;
  readonly start: number;
  /** From 1. */
  readonly line: number;
  /** The text of a string literal with its escapes resolved, and the interpolated code between; null for any other token. */
  readonly parts: readonly (string | Code)[] | null;
}

/** Tokens with their brackets paired. */
export interface Code {
  readonly tokens: readonly Token[];
  /** For each opening bracket the index of the one that closes it; 0 where none does. */
  readonly closings: Int32Array;
}

/** Tokens from one index up to but excluding another. */
export interface Span {
  readonly code: Code;
  readonly from: number;
  readonly to: number;
}

/** How deep strings with code may be nested; deeper code is treated as text. */
const nestingLimit = 100;

const lexeme =
  /\n|[^\S\n]+|\/\/[^\n]*|\/\*|(#{0,9})("""|")|#(?:if|elseif|else|endif)\b|[\p{L}_][\p{L}\p{N}_]*|\p{N}[\p{L}\p{N}_.]*|&&|\|\||\?\?|->|[=!<>+]=|\S/gu;

/** What becomes more than a token: a scope, a declaration or a string. It costs five times the memory. */
const heavy = /^(?:[{"]|let|var|case|for|func|init|class|struct|enum|actor|protocol|extension)$/;

/** What tokens may cost still, a light one 1. */
export interface Budget {
  left: number;
}

/** What ends a piece of a string literal: its end, or an escape. */
function marksOf(hashes: string, quotes: string): RegExp {
  const escapes = `\\\\${hashes}(\\(|u\\{[0-9A-Fa-f]{1,8}\\}|[ \\t]*\\n|[^])?`;
  return new RegExp(`${quotes}${hashes}|${escapes}${quotes === '"' ? '|\\n' : ''}`, 'g');
}

/** The tokens of a Swift source, whose lines end in `\n`; null if they cost too much. */
export function tokenize(text: string, budget: Budget): readonly Token[] | null {
  const marks = new Map<string, RegExp>();
  let [at, line] = [0, 1];

  const pass = (to: number): string => {
    const passed = text.slice(at, to);
    line += passed.split('\n').length - 1;
    at = to;
    return passed;
  };

  /** Up to the end, or to the parenthesis that ends an interpolation. */
  function readCode(nesting: number): readonly Token[] {
    const tokens: Token[] = [];
    for (let open = 0; budget.left > 0; ) {
      lexeme.lastIndex = at;
      const found = lexeme.exec(text);
      if (found === null) return tokens;
      const { 0: whole, 1: hashes = '', 2: quotes, index: start } = found;
      if (whole === '/*') pass(endOfComment(text, start));
      else if (quotes !== undefined) tokens.push(readString(hashes, quotes, nesting));
      else {
        pass(start + whole.length);
        if (whole.trim() === '' || whole === '`' || whole.startsWith('//')) continue;
        budget.left -= heavy.test(whole) ? 5 : 1;
        if (nesting > 0 && open === 0 && whole === ')') return tokens;
        if (isOpening(whole)) open++;
        else if (isClosing(whole) && open > 0) open--;
        tokens.push({ text: whole, start, line, parts: null });
      }
    }
    return tokens;
  }

  function readString(hashes: string, quotes: string, nesting: number): Token {
    const [start, first, end] = [at, line, quotes + hashes];
    const mark = marks.get(end) ?? marksOf(hashes, quotes);
    marks.set(end, mark);
    const parts: (string | Code)[] = [];
    pass(start + hashes.length + quotes.length);
    for (;;) {
      mark.lastIndex = at;
      const found = mark.exec(text);
      const written = pass(found?.index ?? text.length);
      parts.push(quotes === '"' ? written : withoutIndentation(written));
      if (found === null || found[0] === '\n') break;
      pass(at + found[0].length);
      if (found[0] === end) break;
      const [, escaped = ''] = found;
      const isCode = escaped === '(' && nesting < nestingLimit;
      parts.push(isCode ? pairBrackets(readCode(nesting + 1)) : resolveEscape(escaped));
    }
    budget.left -= 5;
    return { text: '"', start, line: first, parts };
  }

  const tokens = readCode(0);
  return budget.left > 0 ? tokens : null;
}

/** Comments nest. */
function endOfComment(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}

const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0' };

/** What stands for an escape; nothing for a line break. */
function resolveEscape(escaped: string): string {
  const [, scalar] = /^u\{(.*)\}$/.exec(escaped) ?? [];
  if (scalar === undefined) return escaped.endsWith('\n') ? '' : (named[escaped] ?? escaped);
  const code = Number.parseInt(scalar, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** Of a multi-line literal, without the line breaks around it and the indentation. */
function withoutIndentation(text: string): string {
  return text.replace(/\n[ \t]*/g, '\n').replace(/^\n|\n$/g, '');
}

export function isOpening(text: string): boolean {
  return text === '(' || text === '[' || text === '{';
}

function isClosing(text: string): boolean {
  return text === ')' || text === ']' || text === '}';
}

export function pairBrackets(tokens: readonly Token[]): Code {
  const closings = new Int32Array(tokens.length);
  const open: number[] = [];
  for (const [index, { text }] of tokens.entries()) {
    if (isOpening(text)) open.push(index);
    else if (isClosing(text)) closings[open.pop() ?? index] = index;
  }
  return { tokens, closings };
}

/** The index of the bracket that closes the one at an index; the number of tokens where none does. */
export function closing({ tokens, closings }: Code, opening: number): number {
  return closings[opening] || tokens.length;
}

/** The text of the token at an index; empty where there is none. */
export function textAt({ tokens }: Code, index: number): string {
  return tokens[index]?.text ?? '';
}

/** The offset of the token at an index. */
export function startOf({ tokens }: Code, index: number): number {
  return tokens[index]?.start ?? Number.POSITIVE_INFINITY;
}

/** The name at an index; null where a token of another kind, or none, is. */
export function nameAt(code: Code, index: number): string | null {
  const text = textAt(code, index);
  return /^[\p{L}_]/u.test(text) ? text : null;
}

/** Whether a token is the first on its line. */
export function isFirst({ tokens }: Code, index: number): boolean {
  return (tokens[index]?.line ?? 0) > (tokens[index - 1]?.line ?? 0);
}

/** What is between the commas of a list: arguments, parameters, elements. */
export function itemsIn({ code, from, to }: Span): readonly Span[] {
  const items: Span[] = [];
  let start = from;
  for (let at = from; at < to; at++) {
    const text = textAt(code, at);
    if (isOpening(text)) at = closing(code, at);
    else if (text === ',') {
      items.push({ code, from: start, to: at });
      start = at + 1;
    }
  }
  return start < to ? [...items, { code, from: start, to }] : items;
}

/** The value of a string literal, with interpolations left out. */
export function stringOf({ parts }: Token): string {
  return (parts ?? []).filter((part) => typeof part === 'string').join('');
}

/** The string literals among tokens, and those in the code that is interpolated in them. */
export function stringsIn(tokens: readonly Token[], found: Token[] = []): readonly Token[] {
  for (const token of tokens) {
    if (token.parts === null) continue;
    found.push(token);
    for (const part of token.parts) if (typeof part !== 'string') stringsIn(part.tokens, found);
  }
  return found;
}
