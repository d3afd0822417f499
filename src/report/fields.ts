import type { Style } from '../terminal/style.ts';
import { type Entry, formatEntries, padded, widthOf } from '../text/layout.ts';
import { inCell } from '../text/printable.ts';

/** Lines of name and value, the values aligned. */
export function formatFields(fields: readonly Entry[], style: Style): string {
  const entries = fields.map(([name, value]): Entry => [style.dim(inCell(name)), inCell(value)]);
  return formatEntries(entries, style.columns);
}

/** Rows under a header, columns as wide as their widest cell; where that is too wide, a block of fields per row. Cells may be colored. */
export function formatTable(
  head: readonly string[],
  cells: readonly (readonly string[])[],
  style: Style,
): string {
  const rows = cells.map((row) => row.map(inCell));
  const widths = head.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? '')), widthOf(title)),
  );
  if (widths.reduce((sum, width) => sum + width + 2, -2) > style.columns)
    return rows
      .map((row) =>
        formatFields(
          head.map((title, column) => [title.trim(), row[column] ?? '']),
          style,
        ),
      )
      .join('\n');
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [style.dim(line(head)), ...rows.map(line)].map((text) => `${text}\n`).join('');
}

/** A table in Markdown, its columns padded so that it can be read as it is. Cells are our own text, without `|` or line breaks. */
export function formatMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[], filler = ' '): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, filler)).join(' | ')} |\n`;
  return [line(head), line([], '-'), ...rows.map((row) => line(row))].join('');
}
