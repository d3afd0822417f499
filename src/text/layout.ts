import stringWidth from 'fast-string-width';
import { wrapAnsi } from 'fast-wrap-ansi';
import { uncommanded } from './printable.ts';

/** A term and its meaning, or a name and its value. */
export type Entry = readonly [term: string, meaning: string];
/** A meaning with fewer columns goes below its term. */
const narrowest = 24;

export function widthOf(text: string): number {
  // ASCII needs no Unicode table, which takes milliseconds to load.
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

/**
 * Breaks a text at spaces into lines of at most that many columns. An `mfa-cli` command,
 * or a wider word such as a URL, stays whole so that it can be copied.
 */
export function wrap(text: string, columns: number): readonly string[] {
  if (widthOf(text) <= columns) return [text];
  const lines = wrapAnsi(withWholeCommands(text), columns).split('\n');
  return lines.map((line) => uncommanded(line.replaceAll(noBreak, ' ')));
}

const noBreak = '\u00a0';
const withWholeCommands = (text: string): string =>
  text.replace(/`mfa-cli [^`]*`/g, (command) => command.replaceAll(' ', noBreak));

/**
 * The blanks and the mark or number that a line begins with, colors among them: ` 1. `.
 */
const lead =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colors are part of a line
  /^(?:\u001b\[\d{1,3}m)? *(?:\u001b\[\d{1,3}m)?(?:[✓!✗i?+x]|\d{1,2}\.)(?:\u001b\[\d{1,3}m)? /;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colors are what is kept
const notColors = /(?:^|(?<=m))[^\u001b]+/g;

/**
 * Wraps every line that is too wide: with the same indent, or below the text behind a
 * mark or a number.
 */
export function fitted(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  return text
    .split('\n')
    .flatMap((line) => {
      if (widthOf(line) <= columns || /^ *\$ /.test(line)) return [line];
      const mark = lead.exec(line)?.[0] ?? '';
      if (mark === '') {
        const words = line.trimStart();
        return indented(words, line.length - words.length, columns);
      }
      const colored = mark.replace(notColors, '') + line.slice(mark.length);
      const [first = '', ...below] = indented(colored, widthOf(mark), columns);
      return [mark + first.trimStart(), ...below];
    })
    .join('\n');
}

/**
 * A term with its meaning at the wanted column, halfway at most, or below the term if the
 * room is too narrow. No trailing line break.
 */
function formatEntry([term, meaning]: Entry, wanted: number, columns: number): string {
  const column = Math.min(wanted, Math.floor(columns / 2));
  const room = columns - column;
  if (room < Math.min(widthOf(meaning), narrowest) || room < widestWord(meaning))
    return [term, ...indented(meaning, 4, columns)].join('\n');
  const lines = indented(meaning, column, columns);
  const isLong = widthOf(term) + 2 > column;
  return (isLong ? [term, ...lines] : [padded(term, column) + lines.join('\n').trimStart()]).join(
    '\n',
  );
}

/** The column of the meanings: two behind the widest term. */
export function columnOf(entries: readonly Entry[]): number {
  return Math.max(...entries.map(([term]) => widthOf(term))) + 2;
}

/** Terms after an indent, with their meanings aligned. */
export function formatEntries(
  entries: readonly Entry[],
  columns: number,
  indent = '',
  column = columnOf(entries),
): string {
  return entries
    .map(
      ([term, meaning]) =>
        `${formatEntry([indent + term, meaning], indent.length + column, columns)}\n`,
    )
    .join('');
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/**
 * A text of at most that many columns, without its middle if it is longer:
 * `tenant-of-a…bital`.
 */
export function shortened(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  const letters = [...text];
  const half = (columns - 1) / 2;
  let start = '';
  for (const letter of letters) {
    if (widthOf(start + letter) > Math.ceil(half)) break;
    start += letter;
  }
  let end = '';
  for (const letter of letters.toReversed()) {
    if (widthOf(letter + end) > Math.floor(half)) break;
    end = letter + end;
  }
  return `${start}…${end}`;
}

/** Lines after that many spaces; a line of a wider word, such as a URL, after fewer. */
function indented(text: string, indent: number, columns: number): readonly string[] {
  return wrap(text, columns - indent).map(
    (line) => ' '.repeat(Math.max(0, Math.min(indent, columns - widthOf(line)))) + line,
  );
}

function widestWord(text: string): number {
  return Math.max(...withWholeCommands(text).split(' ').map(widthOf));
}
