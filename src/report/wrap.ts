import { stripVTControlCharacters } from 'node:util';

/** Lines of at most this many columns, broken after blanks and commas, else anywhere; colors take no column. */
export function wrap(text: string, columns: number): readonly string[] {
  if (widthOf(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=[ ,])/).flatMap((part) => pieces(part, columns))) {
    if (line !== '' && widthOf((line + word).trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  return [...lines, line.trimEnd()];
}

/** The columns that a text takes. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** A word that is wider than a line, cut; it has no colour then. */
function pieces(word: string, columns: number): readonly string[] {
  if (widthOf(word.trimEnd()) <= columns) return [word];
  const plain = stripVTControlCharacters(word);
  const count = Math.ceil(plain.length / columns);
  return Array.from({ length: count }, (_, index) => plain.slice(index * columns, (index + 1) * columns));
}
