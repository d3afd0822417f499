import type { Style } from '../terminal/style.ts';
import { widthOf, wrap } from './wrap.ts';

/** Lines of name and value, the values aligned. */
export function formatFields(
  fields: readonly (readonly [name: string, value: string])[],
  style: Style,
): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields
    .map(([name, value]) => {
      const [first = '', ...others] = wrap(value.replaceAll('\n', '\\u000a'), style.columns - width - 2);
      const indented = others.map((line) => `${' '.repeat(width + 2)}${line}\n`);
      return `${style.dim(name.padEnd(width))}  ${first}\n${indented.join('')}`;
    })
    .join('');
}

/** Rows under a header, columns as wide as their widest cell; cells may be coloured. */
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
  return [style.dim(line(head)), ...rows.map(line)].map((text) => `${text}\n`).join('');
}
