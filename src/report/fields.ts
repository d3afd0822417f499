import { stripVTControlCharacters } from 'node:util';
import { onOneLine } from '../terminal/printable.ts';
import type { Style } from '../terminal/style.ts';

/** Lines of name and value, the values under each other. */
export function formatFields(
  fields: readonly (readonly [name: string, value: string])[],
  style: Style,
): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${style.dim(name.padEnd(width))}  ${onOneLine(value)}\n`).join('');
}

/** Rows under a head, columns as wide as their widest cell; cells may be coloured. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(widthOf)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd();
  return [style.dim(line(head)), ...rows.map(line).map(onOneLine)].map((text) => `${text}\n`).join('');
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
