/** A string literal of a Swift source; what is interpolated is left out. */
export interface SwiftString {
  readonly value: string;
  /** Where its opening quote stands. */
  readonly offset: number;
}

/** A Swift source told apart. */
export interface LexedSwift {
  /** Of the same length: comments and the contents of strings are blank. */
  readonly code: string;
  readonly strings: readonly SwiftString[];
  /** Where each bracket that opens is closed. */
  readonly brackets: ReadonlyMap<number, number>;
}

/** How deep strings with code stand in each other at most; deeper, code is taken for text. */
const nestingLimit = 100;

/** Tells code, strings and comments apart (The Swift Programming Language, Lexical Structure). */
export function lexSwift(text: string): LexedSwift {
  const token = /\/\/|\/\*|(#{0,9})("""|")|[([{)\]}]/g;
  const pieces: string[] = [];
  const strings: SwiftString[] = [];
  const brackets = new Map<number, number>();
  let at = 0;

  const keep = (to: number): void => {
    pieces.push(text.slice(at, to));
    at = to;
  };
  const blank = (to: number): void => {
    pieces.push(text.slice(at, to).replace(/[^\n]/g, ' '));
    at = to;
  };

  /** Until the end, or until the bracket that ends an interpolation. */
  function readCode(nesting: number): void {
    const open: number[] = [];
    for (;;) {
      token.lastIndex = at;
      const found = token.exec(text);
      if (found === null) break;
      const { 0: whole, 1: hashes = '', 2: quotes, index } = found;
      keep(index);
      if (whole === '//') blank(endOf('\n', index));
      else if (whole === '/*') blank(endOfComment(text, index));
      else if (quotes !== undefined) readString(hashes, quotes, nesting);
      else if ('([{'.includes(whole)) open.push(index);
      else {
        const opening = open.pop();
        if (opening !== undefined) brackets.set(opening, index);
        else if (nesting > 0 && whole === ')') return;
      }
      if (at === index) keep(index + 1);
    }
    keep(text.length);
  }

  function readString(hashes: string, quotes: string, nesting: number): void {
    const offset = at + hashes.length;
    const end = quotes + hashes;
    const part = new RegExp(`${end}|\\\\${hashes}(\\(|[\\s\\S])?${quotes === '"' ? '|\\n' : ''}`, 'g');
    let value = '';
    keep(offset + quotes.length);
    for (;;) {
      part.lastIndex = at;
      const found = part.exec(text);
      value += text.slice(at, found?.index);
      blank(found?.index ?? text.length);
      if (found === null || found[0] === '\n') break;
      if (found[0] === end) {
        keep(at + end.length);
        break;
      }
      blank(at + found[0].length);
      if (found[1] !== '(' || nesting === nestingLimit) value += found[1] ?? '';
      else {
        readCode(nesting + 1);
        blank(Math.min(text.length, at + 1));
      }
    }
    strings.push({ value, offset });
  }

  const endOf = (end: string, from: number): number => {
    const index = text.indexOf(end, from);
    return index === -1 ? text.length : index;
  };

  readCode(0);
  return { code: pieces.join(''), strings, brackets };
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
