/** A term and what it means. */
export type Entry = readonly [term: string, meaning: string];

/** Columns that a page of help fills, as commander does where there is no terminal. */
const width = 80;

/** Terms indented, their meanings beside them or, after a long term, below. */
export function formatEntries(entries: readonly Entry[]): string {
  const column = Math.min(28, Math.max(...entries.map(([term]) => term.length)) + 4);
  const indent = ' '.repeat(column);
  return entries
    .map(([term, meaning]) => {
      const head = `  ${term}`;
      const below = head.length + 2 > column ? `${head}\n${indent}` : head.padEnd(column);
      return `${below}${wrap(meaning, width - column).join(`\n${indent}`)}\n`;
    })
    .join('');
}

/** Lines of at most so many columns, broken at blanks. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
