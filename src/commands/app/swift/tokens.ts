/** A token of Swift code, but not a comment, space or condition (`#if`). */
export interface Token {
  /** As written, without the ticks around a name; `"` for a string literal; empty after the last token of a file. */
  readonly text: string;
  /** The content of a string literal as written; null for any other token. */
  readonly value: string | null;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

const lexeme =
  /\n|[^\S\n]+|\/\/[^\n]*|\/\*|(#{0,9})("""|")|#(?:if|elseif|else|endif)\b[^\n]*|[\p{L}_][\p{L}\p{N}_]*|\p{N}[\p{L}\p{N}_.]*|&&|\|\||\?\?|->|[=!<>+]=|\S/gu;

/** Skipped text: spaces, line comments, ticks, and conditions, of which every branch is read. */
const passedOver = /^(?:\s|\/\/|#\w|`)/;

/**
 * The tokens of a Swift source (The Swift Programming Language, Lexical Structure). Interpolated code follows its string in
 * parentheses, and the rest of the string follows the code.
 * @param most maximum number of tokens
 * @returns null if the source has more
 */
export function tokenize(file: string, source: string, most: number): readonly Token[] | null {
  const text = source.replace(/\r\n?/g, '\n');
  const tokens: Token[] = [];
  const bodies = new Map<string, RegExp>();
  /** The enclosing strings, each with the number of open parentheses in its interpolated code. */
  const around: { hashes: string; quotes: string; open: number }[] = [];
  let [at, line] = [0, 1];

  const pass = (to: number): string => {
    const passed = text.slice(at, to);
    line += passed.split('\n').length - 1;
    at = to;
    return passed;
  };

  /** Reads to the end of a string, or to code in it. */
  const readString = (hashes: string, quotes: string): void => {
    const [first, end] = [line, quotes + hashes];
    const body = bodies.get(end) ?? bodyOf(hashes, quotes);
    bodies.set(end, body);
    body.lastIndex = at;
    const [whole = '', value = '', closing = ''] = body.exec(text) ?? [];
    pass(at + whole.length);
    tokens.push({ text: '"', value: quotes === '"' ? value : value.trim(), file, line: first });
    if (!closing.endsWith('(')) return;
    tokens.push({ text: '(', value: null, file, line });
    around.push({ hashes, quotes, open: 0 });
  };

  while (at < text.length) {
    lexeme.lastIndex = at;
    const [whole, hashes = '', quotes] = lexeme.exec(text) ?? [text.slice(at)];
    const start = at;
    pass(start + whole.length);
    if (tokens.length >= most) return null;
    if (quotes !== undefined) readString(hashes, quotes);
    else if (whole === '/*') pass(endOfComment(text, start));
    else if (!passedOver.test(whole)) {
      tokens.push({ text: whole, value: null, file, line });
      const string = around.at(-1);
      if (string === undefined) continue;
      string.open += whole === '(' ? 1 : whole === ')' ? -1 : 0;
      if (string.open >= 0) continue;
      around.pop();
      readString(string.hashes, string.quotes);
    }
  }
  return [...tokens, { text: '', value: null, file, line }];
}

/** A string literal after its opening quotes, or after code in it; then its end, or the start of code. */
function bodyOf(hashes: string, quotes: string): RegExp {
  const [end, slash] = [quotes + hashes, `\\\\${hashes}`];
  const other = quotes === '"' ? `${slash}\\(|\\n` : `${slash}\\(`;
  return new RegExp(`((?:(?!${end}|${other})(?:${slash}[^]|[^]))*)(${end}|${slash}\\(|)`, 'y');
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
