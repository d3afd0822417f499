import type { Span, SwiftSource } from './source.ts';

const escapes: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** The string of a literal; null: code within it decides. */
export function contentOf(string: string): string | null {
  const [, hashes = '', quotes = ''] = /^(#*)("""|")/.exec(string) ?? [];
  const end = `${quotes}${hashes}`;
  if (!string.endsWith(end) || string.length < 2 * end.length) return null;
  const written = string.slice(end.length, -end.length);
  const content = quotes === '"' ? written : written.trim();
  const escaped = new RegExp(`\\\\${hashes}(?:u\\{([0-9a-f]{1,6})\\}|([\\s\\S]))`, 'gi');
  if (content.includes(`\\${hashes}(`)) return null;
  return content.replace(escaped, (_whole, digits?: string, letter = '') => {
    if (digits === undefined) return escapes.get(letter) ?? letter;
    const point = Number.parseInt(digits, 16);
    return point > 0x10ffff ? '' : String.fromCodePoint(point);
  });
}

export function withoutParentheses({ source, from, to }: Span): Span {
  let start = from;
  let end = to;
  while (source.text(start) === '(' && source.closing(start) === end - 1) {
    start++;
    end--;
  }
  return { source, from: start, to: end };
}

/** The index of a mark outside brackets, or null. */
export function markIn({ source, from, to }: Span, mark: string): number | null {
  for (let at = from; at < to; at++) {
    const text = source.isString(at) ? '' : source.text(at);
    if (text === mark) return at;
    if (/^[([{]$/.test(text)) at = source.closing(at);
  }
  return null;
}

/** Both sides of `a ? b : c`, and of `a ?? b`; null: it has none. */
export function branchesOf(span: Span): readonly Span[] | null {
  const { source, to } = span;
  const question = markIn(span, '?');
  const colon = question === null ? null : markIn({ ...span, from: question }, ':');
  if (question !== null && colon !== null)
    return [
      { source, from: question + 1, to: colon },
      { source, from: colon + 1, to },
    ];
  const sides = splitAt(span, '??');
  return sides.length > 1 ? sides : null;
}

export function splitAt(span: Span, mark: string): readonly Span[] {
  const { source, to } = span;
  const parts: Span[] = [];
  let from = span.from;
  for (let at = markIn(span, mark); at !== null; at = markIn({ source, from, to }, mark)) {
    parts.push({ source, from, to: at });
    from = at + 1;
  }
  return [...parts, { source, from, to }];
}

/**
 * The names of `a.b.c`; the first one of `.b` is empty. Null: the expression is no path.
 */
export function pathOf({ source, from, to }: Span): readonly string[] | null {
  const names = source.text(from) === '.' ? [''] : [];
  let at = names.length === 0 ? from : from + 1;
  for (; at < to; at += 2) {
    const name = source.name(at);
    const isLast = at + 1 === to;
    if (name === null || (!isLast && source.text(at + 1) !== '.')) return null;
    names.push(name);
  }
  return at === to + 1 ? names : null;
}

/** The argument of a call with a label, or null. */
export function argumentOf({ source, to }: Span, label: string): Span | null {
  const close = to - 1;
  if (source.text(close) !== ')') return null;
  const open = source.opening(close);
  return source.argument({ from: open + 1, to: close }, label);
}

/** The elements of a list, or of a set that is made of one; null: it is neither. */
export function itemsOf({ source, from, to }: Span): readonly Span[] | null {
  if (source.text(from) === '[' && source.closing(from) === to - 1)
    return source.items({ from: from + 1, to: to - 1 });
  const isSet = source.text(from) === 'Set' && source.text(from + 1) === '(';
  if (!isSet || source.closing(from + 1) !== to - 1) return null;
  return itemsOf({ source, from: from + 2, to: to - 1 });
}

/** The most tokens of an expression, and of a function whose result is followed. */
const longest = 2000;

const ending = /^(?:[,;)\]}{]|else|let|var|func|case|in|return)$/;

/** The end of an expression: a line that begins with an operator continues it. */
export function endOfExpression(source: SwiftSource, from: number): number {
  const last = Math.min(from + longest, source.length);
  for (let at = from; at < last; at++) {
    const text = source.isString(at) ? '' : source.text(at);
    if (ending.test(text)) return at;
    if (at > from && source.isFirst(at) && !/^[.?:&|=<>!*/%^+-]/.test(text)) return at;
    if (text === '(' || text === '[') at = source.closing(at);
  }
  return last;
}

/** The only expression that a block returns, or null. */
export function resultOf(source: SwiftSource, brace: number): Span | null {
  const end = source.closing(brace);
  if (end - brace > longest) return null;
  const returns: number[] = [];
  for (let at = brace + 1; at < end; at++) if (source.text(at) === 'return') returns.push(at);
  const [only, ...others] = returns;
  if (others.length > 0) return null;
  const from = only === undefined ? brace + 1 : only + 1;
  const to = endOfExpression(source, from);
  return from < to && (only !== undefined || to === end) ? { source, from, to } : null;
}
