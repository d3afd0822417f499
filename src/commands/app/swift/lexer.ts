/** From one offset up to but excluding another. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A string literal of a Swift source. */
export interface SwiftString {
  /** Its value, with escapes resolved and interpolations left out. */
  readonly value: string;
  /** The text in pieces, with the interpolated code between them. */
  readonly parts: readonly (string | Span)[];
  /** Where its opening quote is. */
  readonly offset: number;
  readonly end: number;
}

/** A Swift source, lexed. */
export interface LexedSwift {
  /** Of the same length, with comments and the contents of strings blanked. */
  readonly code: string;
  readonly strings: readonly SwiftString[];
}

/** How deep strings with code may be nested; deeper code is treated as text. */
const nestingLimit = 100;

/** Separates code, strings and comments (The Swift Programming Language, Lexical Structure). */
export function lexSwift(text: string): LexedSwift {
  const token = /\/\/|\/\*|(#{0,9})("""|")|[([{)\]}]/g;
  const pieces: string[] = [];
  const strings: SwiftString[] = [];
  let at = 0;

  const keep = (to: number): void => {
    pieces.push(text.slice(at, to));
    at = to;
  };
  const blank = (to: number): void => {
    pieces.push(blanked(text.slice(at, to)));
    at = to;
  };

  /** Up to the end, or to the bracket that ends an interpolation. */
  function readCode(nesting: number): void {
    let open = 0;
    for (;;) {
      token.lastIndex = at;
      const found = token.exec(text);
      if (found === null) break;
      const { 0: whole, 1: hashes = '', 2: quotes, index } = found;
      keep(index);
      if (whole === '//') blank(endOf('\n', index));
      else if (whole === '/*') blank(endOfComment(text, index));
      else if (quotes !== undefined) readString(hashes, quotes, nesting);
      else if ('([{'.includes(whole)) open++;
      else if (open > 0) open--;
      else if (nesting > 0 && whole === ')') return;
      if (at === index) keep(index + 1);
    }
    keep(text.length);
  }

  function readString(hashes: string, quotes: string, nesting: number): void {
    const offset = at + hashes.length;
    const end = quotes + hashes;
    const escaped = `\\\\${hashes}(\\(|u\\{[0-9A-Fa-f]{1,8}\\}|[ \\t]*\\n|[^])?`;
    const part = new RegExp(`${end}|${escaped}${quotes === '"' ? '|\\n' : ''}`, 'g');
    const parts: Part[] = [];
    keep(offset + quotes.length);
    for (;;) {
      part.lastIndex = at;
      const found = part.exec(text);
      parts.push({ text: text.slice(at, found?.index) });
      blank(found?.index ?? text.length);
      if (found === null || found[0] === '\n') break;
      if (found[0] === end) {
        keep(at + end.length);
        break;
      }
      const next = at + found[0].length;
      if (found[1] !== '(' || nesting === nestingLimit) {
        blank(next);
        parts.push({ escape: found[1] ?? '' });
      } else {
        blank(next - 1);
        keep(next);
        readCode(nesting + 1);
        parts.push({ code: { start: next, end: at } });
        keep(Math.min(text.length, at + 1));
      }
    }
    const resolved = resolveParts(quotes === '"' ? parts : withoutIndentation(parts));
    const value = resolved.filter((each) => typeof each === 'string').join('');
    strings.push({ value, parts: resolved, offset, end: at });
  }

  const endOf = (end: string, from: number): number => {
    const index = text.indexOf(end, from);
    return index === -1 ? text.length : index;
  };

  readCode(0);
  return { code: pieces.join(''), strings };
}

/** Spaces in place of everything except line breaks. */
export function blanked(text: string): string {
  return text.replace(/[^\n]/g, ' ');
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

/** The pieces of a literal: text as written, what follows a backslash, and code. */
type Part = { readonly text: string } | { readonly escape: string } | { readonly code: Span };

/** A multi-line literal begins after its first line break, ends before its last, and its lines lose the closing indentation. */
function withoutIndentation(parts: readonly Part[]): readonly Part[] {
  const last = parts.at(-1);
  const [indentation = ''] =
    last !== undefined && 'text' in last ? (/(?<![ \t])[ \t]*$/.exec(last.text) ?? []) : [];
  return parts.map((part, index) => {
    if (!('text' in part)) return part;
    const before = parts[index - 1];
    const continues = before !== undefined && 'escape' in before && before.escape.endsWith('\n');
    // The start of a line is recognized by the line break before it, which is then removed again.
    let text = `${continues ? '\n' : ''}${part.text}`.replaceAll(`\n${indentation}`, '\n');
    if (index === parts.length - 1) text = text.replace(/\n[ \t]*$/, '');
    return { text: continues || index === 0 ? text.replace(/^\n/, '') : text };
  });
}

const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0' };

function resolveParts(parts: readonly Part[]): readonly (string | Span)[] {
  return parts.map((part) => {
    if ('code' in part) return part.code;
    if ('text' in part) return part.text;
    if (part.escape.endsWith('\n')) return '';
    const [, scalar] = /^u\{(.*)\}$/.exec(part.escape) ?? [];
    if (scalar === undefined) return named[part.escape] ?? part.escape;
    const code = Number.parseInt(scalar, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

/** Code with the offsets at which each of its brackets opens and closes. */
export interface Bracketed {
  readonly code: string;
  /** Where each opening bracket is closed. */
  readonly brackets: ReadonlyMap<number, number>;
}

/** Pairs the brackets in code whose comments and strings are blanked. */
export function pairBrackets(code: string): ReadonlyMap<number, number> {
  const brackets = new Map<number, number>();
  const open: number[] = [];
  for (const { 0: bracket, index } of code.matchAll(/[([{)\]}]/g)) {
    if ('([{'.includes(bracket)) open.push(index);
    else {
      const opening = open.pop();
      if (opening !== undefined) brackets.set(opening, index);
    }
  }
  return brackets;
}

/** Where the bracket opened at an offset is closed; the end of the source if it is not. */
export function closing({ code, brackets }: Bracketed, opening: number): number {
  return brackets.get(opening) ?? code.length;
}

/** What is between the commas of a list: arguments, parameters, elements. */
export function itemsIn({ code, brackets }: Bracketed, { start, end }: Span): readonly Span[] {
  const items: Span[] = [];
  let from = start;
  const mark = /[,([{]/g;
  mark.lastIndex = start;
  for (let found = mark.exec(code); found !== null && found.index < end; found = mark.exec(code)) {
    if (found[0] === ',') {
      items.push({ start: from, end: found.index });
      from = found.index + 1;
    } else mark.lastIndex = closing({ code, brackets }, found.index) + 1;
  }
  const rest = code.slice(from, end);
  return rest.trim() === '' ? items : [...items, { start: from, end }];
}
