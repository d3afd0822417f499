/** A stretch of a text. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** A long fleet file in pieces, each of which is YAML of its own. */
export interface Pieces {
  /** Up to the line of `tenants:`, that one included. */
  readonly head: Piece;
  /** Tenants in between, each whole in one of them. */
  readonly tenants: readonly Piece[];
  /** The keys of the file behind them; null where there are none. */
  readonly tail: Piece | null;
}

/**
 * Where a long file can be cut: its top is a mapping in lines of their own, and so are its tenants; nothing that YAML has to say
 * reaches from a line of the same indent over the next one (YAML 1.2 §6.1, §8.2). Null for a file in any other style.
 * @param size of the pieces, in characters
 */
export function piecesOf(text: string, size: number): Pieces | null {
  const line = /(?:^|\n)tenants:[ \t]*(?:#[^\n]*)?\r?\n/.exec(text);
  if (line === null) return null;
  const start = line.index + line[0].length;
  const tenants = tenantsFrom(text, start, size);
  if (tenants === null) return null;
  const end = tenants.at(-1)?.end ?? start;
  const isTop = areKeys(text.slice(0, start), true) && areKeys(text.slice(end), false);
  const tail = end < text.length ? { start: end, end: text.length } : null;
  return isTop ? { head: { start: 0, end: start }, tenants, tail } : null;
}

/** Whether each line that is not indented is a comment or begins with a plain key. @param mayBegin with the mark of a document */
function areKeys(text: string, mayBegin: boolean): boolean {
  const lines = text.split('\n').filter((line) => /^[^\s#]/.test(line));
  const keys = mayBegin && /^---\s*(#.*)?$/.test(lines[0] ?? '') ? lines.slice(1) : lines;
  return keys.every((line) => /^[a-z][\w-]*:(\s|$)/.test(line));
}

/** A name and a colon. The parser takes a colon on the next line, too, but not for the first key of a mapping. */
const plainKey = /^[\w.-]+ *:(?:\s|$)/;

/** From the first line behind `tenants:` to the next that is not indented, or to the end. */
function tenantsFrom(text: string, start: number, size: number): readonly Piece[] | null {
  const pieces: Piece[] = [];
  let indent: number | null = null;
  let begin = start;
  let at = start;
  for (let next = start; at < text.length; at = next) {
    next = text.indexOf('\n', at) + 1 || text.length;
    let first = at;
    while (text[first] === ' ') first++;
    const letter = text[first] ?? '\n';
    if (/[\r\n#]/.test(letter) || (letter === '\t' && text.slice(first, next).trim() === '')) continue;
    if (first === at) break;
    const isFirst = indent === null;
    indent ??= first - at;
    if (first - at > indent) continue;
    const isKey = plainKey.test(text.slice(first, next));
    if (first - at < indent || !/[A-Za-z0-9._]/.test(letter) || (isFirst && !isKey)) return null;
    if (isFirst || !isKey || at - begin < size) continue;
    pieces.push({ start: begin, end: at });
    begin = at;
  }
  return indent === null ? null : [...pieces, { start: begin, end: at }];
}
