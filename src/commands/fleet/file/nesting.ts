import { Lexer } from 'yaml';

/** Nobody nests so deeply, and the parser, which calls itself for each level, has stack for a thousand at least. */
const deepest = 200;

/**
 * Where a text becomes nested so deeply that the parser may run out of stack; null: nowhere, as far as a look at it tells. It is
 * not left to the parser alone: at the end of the stack V8 ends the process where it has a regular expression to compile.
 */
export function tooDeepAt(text: string): number | null {
  const line = deepLine(text);
  if (line !== null) return line;
  const token = deepToken(text);
  // Those in texts and comments count so far, and the lexer takes time.
  return token === null || deepToken(new Lexer().lex(text)) === null ? null : token;
}

/** The first line with more columns before its first word, which may be `- - - -`: each is a level at most. */
function deepLine(text: string): number | null {
  for (let at = 0; at < text.length; at = text.indexOf('\n', at) + 1 || text.length) {
    let first = at;
    while (' -?:\t'.includes(text[first] ?? '\n')) first++;
    if (first - at > deepest) return at;
  }
  return null;
}

/**
 * How many characters are before the one that is within so many levels: brackets, and what follows a colon, a dash or a
 * question mark, up to the next comma of the same bracket, or outside of all to the end of the line.
 */
function deepToken(tokens: Iterable<string>): number | null {
  /** The level within each bracket that is open. */
  const open: number[] = [];
  let [level, index] = [0, 0];
  for (const token of tokens) {
    if (token === '[' || token === '{') open.push(++level);
    else if (token === ':' || token === '-' || token === '?') level++;
    else if (token === ',') level = open.at(-1) ?? 0;
    else if (token === ']' || token === '}') level = Math.max(0, (open.pop() ?? 1) - 1);
    else if (open.length === 0 && token.endsWith('\n')) level = 0;
    if (level > deepest) return index;
    index += token.length;
  }
  return null;
}
