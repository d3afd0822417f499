import stringWidth from 'fast-string-width';
import { wrapAnsi } from 'fast-wrap-ansi';

/** A term and what it means, or a name and its value. */
export type Entry = readonly [term: string, meaning: string];

/** A meaning gets this many columns beside its term, or goes below. */
const narrowest = 24;

/** The columns that a text takes on a terminal: colors take none, 株 takes two. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/**
 * Lines of at most that many columns, broken at blanks. A word that is wider stays whole, for a terminal to fold at its
 * edge: a URL or a fingerprint can then still be copied.
 */
export function wrap(text: string, columns: number): readonly string[] {
  return widthOf(text) <= columns ? [text] : wrapAnsi(text, columns).split('\n');
}

/** Text whose every line that is too wide goes on below, with the same indent. */
export function fitted(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (widthOf(line) <= columns) return [line];
      const words = line.trimStart();
      return indented(words, line.length - words.length, columns);
    })
    .join('\n');
}

/**
 * A term, and its meaning at the wanted column, or halfway at most; below where there is no room beside. Without a last
 * line break.
 */
export function formatEntry([term, meaning]: Entry, wanted: number, columns: number): string {
  const column = Math.min(wanted, Math.floor(columns / 2));
  const room = columns - column;
  if (room < Math.min(widthOf(meaning), narrowest) || room < widestWord(meaning))
    return [term, ...indented(meaning, 4, columns)].join('\n');
  const lines = indented(meaning, column, columns);
  const isLong = widthOf(term) + 2 > column;
  return (isLong ? [term, ...lines] : [padded(term, column) + lines.join('\n').trimStart()]).join('\n');
}

/** Terms behind an indent, their meanings under each other. */
export function formatEntries(entries: readonly Entry[], columns: number, indent = ''): string {
  const terms = entries.map(([term]) => indent + term);
  const column = Math.max(...terms.map(widthOf)) + 2;
  return entries
    .map(([, meaning], index) => `${formatEntry([terms[index] ?? '', meaning], column, columns)}\n`)
    .join('');
}

/** The text with blanks up to that width. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Lines behind that many blanks, or fewer where that gives a word the room it needs. */
function indented(text: string, indent: number, columns: number): readonly string[] {
  const blanks = Math.max(0, Math.min(indent, columns - widestWord(text)));
  return wrap(text, columns - blanks).map((line) => ' '.repeat(blanks) + line);
}

function widestWord(text: string): number {
  return Math.max(...text.split(' ').map(widthOf));
}
