import type { Style } from '../terminal/style.ts';
import { padded, shortened, widthOf } from '../text/layout.ts';
import { inCell } from '../text/printable.ts';
import { formatFields } from './fields.ts';

/**
 * How a list becomes narrower: the columns to leave out, the least important first, and
 * those, without colors, whose cells may lose their middle.
 */
interface Narrowing {
  readonly least: readonly string[];
  readonly long: readonly string[];
}

/** A narrower terminal gets a block of fields per row. */
const narrowest = 50;
/** The width that a shortened cell keeps while another column can be left out. */
const readable = 24;
/** The width that a shortened cell keeps in any case. */
const shortest = 8;

interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  readonly width: number;
}

/**
 * Rows under a header. A list that is too wide loses its least important columns until
 * shortening its widest cells is enough; any other table becomes a block of fields per
 * row. Cells may be colored. A column without a title has the mark of the next.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
  narrowing?: Narrowing,
): string {
  const all = head
    .map((title, column): Column => {
      const cells = rows.map((row) => inCell(row[column] ?? ''));
      return { title, cells, width: Math.max(widthOf(title), cells.reduce(widest, 0)) };
    })
    .filter(({ width }) => width > 0);
  const isList = narrowing !== undefined && style.columns >= narrowest;
  const shown = isList ? narrowed(all, narrowing, style.columns) : all;
  if (widthOfAll(shown) > style.columns)
    return rows.map((_row, index) => formatFields(fieldsOf(all, index), style)).join('\n');
  const line = (text: (column: Column) => string): string =>
    shown
      .map((column) => padded(text(column), column.width) + gapAfter(column))
      .join('')
      .trimEnd();
  const lines = rows.map((_row, index) => line(({ cells }) => cells[index] ?? ''));
  return [style.dim(line(({ title }) => title)), ...lines].map((text) => `${text}\n`).join('');
}

function widest(most: number, cell: string): number {
  return Math.max(most, widthOf(cell));
}

function widthOfAll(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + column.width + gapAfter(column).length, -2);
}

function gapAfter({ title }: Column): string {
  return title === '' ? ' ' : '  ';
}

function narrowed(
  all: readonly Column[],
  { least, long }: Narrowing,
  room: number,
): readonly Column[] {
  for (let gone = 0; ; gone++) {
    const kept = all.filter(({ title }) => !least.slice(0, gone).includes(title));
    const fitting = within(kept, long, room, minWidth(gone, least.length));
    if (fitting !== null || gone === least.length) return fitting ?? all;
  }
}

/** No cell is shortened before a column is left out, and each far only at the end. */
function minWidth(gone: number, most: number): number {
  if (gone === most) return shortest;
  return gone === 0 ? Number.POSITIVE_INFINITY : readable;
}

/**
 * The columns with their widest cells shortened, each to the floor at most; null if that
 * is not enough.
 */
function within(
  columns: readonly Column[],
  long: readonly string[],
  room: number,
  floor: number,
): readonly Column[] | null {
  const widths = new Map(columns.map(({ title, width }) => [title, width]));
  for (let over = widthOfAll(columns) - room; over > 0; over--) {
    const [title = '', most = 0] = [...widths]
      .filter(([name]) => long.includes(name))
      .reduce((one, other) => (other[1] > one[1] ? other : one), ['', 0]);
    if (most <= floor) return null;
    widths.set(title, most - 1);
  }
  return columns.map(({ title, cells, width }) => {
    const most = widths.get(title) ?? width;
    return {
      title,
      width: most,
      cells: most === width ? cells : cells.map((cell) => shortened(cell, most)),
    };
  });
}

/** A row as a block: a mark stands before the value of the next column. */
function fieldsOf(columns: readonly Column[], row: number): readonly (readonly [string, string])[] {
  return columns.flatMap(({ title, cells }, index) => {
    const before = columns[index - 1];
    const mark = before?.title === '' ? (before.cells[row] ?? '') : '';
    return title === '' ? [] : [[title, `${mark} ${cells[row] ?? ''}`.trim()] as const];
  });
}

/**
 * A table in Markdown, its columns padded so that it can be read as it is. Cells are the
 * program's own text, without `|` or line breaks.
 */
export function formatMarkdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[], filler = ' '): string => {
    const padded = widths.map((width, column) => (cells[column] ?? '').padEnd(width, filler));
    return `| ${padded.join(' | ')} |\n`;
  };
  return [line(head), line([], '-'), ...rows.map((row) => line(row))].join('');
}
