import type { Style } from '../terminal/style.ts';
import { padded, shortened, widthOf } from '../text/layout.ts';
import { inCell } from '../text/printable.ts';
import { formatFields } from './fields.ts';

/** A column of a list. Without a title it holds the mark of the next one. A `long` cell is not colored. */
export interface Column<Row> {
  readonly title: string;
  cell(row: Row): string;
  /** Its turn to be left out where the list is too wide, 1 first; undefined: never. */
  readonly least?: number;
  /** Whether its cells may lose their middle. */
  readonly long?: boolean;
}

/** A narrower terminal gets a block of fields per row. */
const narrowest = 50;
/** The columns that a shortened cell keeps while another column can be left out, and in any case. */
const [readable, shortest] = [24, 8];

/**
 * A line for each row. If that is too wide, the least important column is left out, then the next, until shortening the widest
 * cells is enough.
 */
export function formatList<Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: Style): string {
  const all = columns
    .map(({ title, cell, least = 0, long = false }) => {
      const cells = rows.map((row) => inCell(cell(row)));
      return { title, cells, width: widthOfColumn(title, cells), least, long };
    })
    .filter(({ width }) => width > 0);
  const turns = [0, ...all.map(({ least }) => least).filter((least) => least > 0)].sort((a, b) => a - b);
  const ways = turns.map((turn, index) => {
    const kept = all.filter(({ least }) => least === 0 || least > turn);
    const floor = index === turns.length - 1 ? shortest : turn === 0 ? Number.POSITIVE_INFINITY : readable;
    return within(kept, style.columns, floor);
  });
  const shown = (style.columns < narrowest ? null : ways.find((way) => way !== null)) ?? all;
  return formatTable(
    shown.map(({ title }) => title),
    rows.map((_row, index) => shown.map(({ cells }) => cells[index] ?? '')),
    style,
  );
}

interface Laid {
  readonly title: string;
  readonly cells: readonly string[];
  readonly width: number;
  readonly long: boolean;
}

/** The columns with their widest cells shortened, each to the floor at most; null if that is not enough. */
function within(columns: readonly Laid[], room: number, floor: number): readonly Laid[] | null {
  const widths = columns.map(({ width }) => width);
  const titles = columns.map(({ title }) => title);
  for (let over = widthOfLine(titles, widths) - room; over > 0; over--) {
    const most = Math.max(...widths.filter((_width, column) => columns[column]?.long));
    if (most <= floor) return null;
    widths[widths.findIndex((width, column) => width === most && columns[column]?.long)] = most - 1;
  }
  return columns.map((column, index) => ({
    ...column,
    cells: column.long ? column.cells.map((cell) => shortened(cell, widths[index] ?? 0)) : column.cells,
  }));
}

/** Rows under a header, columns as wide as their widest cell; where that is too wide, a block of fields per row. Cells may be colored. */
export function formatTable(
  head: readonly string[],
  cells: readonly (readonly string[])[],
  style: Style,
): string {
  const rows = cells.map((row) => row.map(inCell));
  const widths = head.map((title, column) =>
    widthOfColumn(
      title,
      rows.map((row) => row[column] ?? ''),
    ),
  );
  if (widthOfLine(head, widths) > style.columns)
    return rows.map((row) => formatFields(fieldsOf(head, row), style)).join('\n');
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0) + gapAfter(head[column]))
      .join('')
      .trimEnd();
  return [style.dim(line(head)), ...rows.map(line)].map((text) => `${text}\n`).join('');
}

/** A row as a block: a mark stands before the value of the next column. */
function fieldsOf(head: readonly string[], row: readonly string[]): readonly (readonly [string, string])[] {
  return head.flatMap((title, column) => {
    const mark = head[column - 1] === '' ? (row[column - 1] ?? '') : '';
    return title === '' ? [] : [[title, `${mark === '' ? '' : `${mark} `}${row[column] ?? ''}`] as const];
  });
}

function widthOfColumn(title: string, cells: readonly string[]): number {
  return cells.reduce((widest, cell) => Math.max(widest, widthOf(cell)), widthOf(title));
}

function widthOfLine(head: readonly string[], widths: readonly number[]): number {
  return widths.reduce((sum, width, column) => sum + width + gapAfter(head[column]).length, -2);
}

function gapAfter(title: string | undefined): string {
  return title === '' ? ' ' : '  ';
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
