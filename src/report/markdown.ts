/** A table in Markdown, its columns padded so that it can be read as it is. Cells are our own text, without `|` or line breaks. */
export function formatMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[], filler = ' '): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, filler)).join(' | ')} |\n`;
  return [line(head), line([], '-'), ...rows.map((row) => line(row))].join('');
}
