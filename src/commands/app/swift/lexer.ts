/** A part of Swift code. Spaces and line breaks belong to none. */
export interface Lexeme {
  /** `condition`: an `#if`, `#elseif`, `#else` or `#endif`, to the end of its line. */
  readonly kind: 'name' | 'string' | 'mark' | 'comment' | 'condition';
  readonly from: number;
  readonly to: number;
}

/** The beginning of a part; the whole of a name, a number and a mark. */
const beginning =
  /(?<comment>\/\/|\/\*)|(?<string>#{0,9}"(?:"")?)|(?<condition>#(?:if|elseif|else|endif)\b)|(?<name>`[\w$]{1,200}`|[\p{L}_$][\p{L}\p{N}_$]*)|\p{N}[\p{L}\p{N}_.]*|&&|\|\||\?\?|->|[=!<>+*/~-]=|\S/gu;

/** How deep strings may be nested in the code within strings. */
const nestingLimit = 20;

/**
 * The parts of Swift code (The Swift Programming Language, Lexical Structure), in order.
 */
export function* lex(code: string): Generator<Lexeme> {
  let at = 0;
  while (at < code.length) {
    beginning.lastIndex = at;
    const found = beginning.exec(code);
    if (found === null) return;
    const part = partOf(code, found);
    yield part;
    at = part.to;
  }
}

function partOf(code: string, found: RegExpExecArray): Lexeme {
  const { comment, string, condition, name } = found.groups ?? {};
  const from = found.index;
  if (comment !== undefined) return { kind: 'comment', from, to: endOfComment(code, from) };
  if (string !== undefined) {
    return { kind: 'string', from, to: endOfString(code, from, string, 0) };
  }
  if (condition !== undefined) return { kind: 'condition', from, to: endOfCondition(code, from) };
  return { kind: name === undefined ? 'mark' : 'name', from, to: from + found[0].length };
}

function endOfLine(code: string, from: number): number {
  const end = code.indexOf('\n', from);
  return end === -1 ? code.length : end;
}

/** A comment may follow a condition on its line. */
function endOfCondition(code: string, from: number): number {
  const end = endOfLine(code, from);
  const comment = code.slice(from, end).search(/\/[/*]/);
  return comment === -1 ? end : from + comment;
}

/** Comments within `/*` nest. */
function endOfComment(code: string, from: number): number {
  if (code[from + 1] === '/') return endOfLine(code, from);
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 0;
  for (let found = mark.exec(code); found !== null; found = mark.exec(code)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return code.length;
}

/**
 * The end of a string; one that is not closed ends with its line.
 * @param opening its quotes, after the hash signs of a raw string
 */
function endOfString(code: string, from: number, opening: string, depth: number): number {
  const quotes = opening.replace(/^#*/, '');
  const hashes = opening.slice(0, -quotes.length);
  const ends = quotes === '"' ? '|\\n' : '';
  const stop = new RegExp(`\\\\${hashes}[^]|${quotes}${hashes}${ends}`, 'g');
  stop.lastIndex = from + opening.length;
  for (let found = stop.exec(code); found !== null; found = stop.exec(code)) {
    const [mark] = found;
    if (mark === '\n') return found.index;
    if (!mark.startsWith('\\')) return stop.lastIndex;
    if (mark.endsWith('(')) stop.lastIndex = endOfCode(code, stop.lastIndex, depth);
  }
  return code.length;
}

/** The end of the code within a string, which begins after its parenthesis. */
function endOfCode(code: string, from: number, depth: number): number {
  if (depth >= nestingLimit) return code.length;
  const mark = /[()\n]|#{0,9}"(?:"")?/g;
  mark.lastIndex = from;
  let open = 1;
  for (let found = mark.exec(code); found !== null; found = mark.exec(code)) {
    const [text] = found;
    if (text === '\n') return found.index;
    if (text === '(') open++;
    else if (text === ')') open--;
    else mark.lastIndex = endOfString(code, found.index, text, depth + 1);
    if (open === 0) return mark.lastIndex;
  }
  return code.length;
}
