import { type LetterCase, sameName } from '../applications.ts';
import { badArgument, type Refusal, type Row } from '../envelope.ts';

interface Condition {
  readonly column: string;
  readonly letterCase: LetterCase;
  readonly value: string;
}

/** A SELECT of one table. */
export interface Select {
  readonly table: string;
  readonly isDistinct: boolean;
  /** Null: all columns. */
  readonly columns: readonly string[] | null;
  /** Null: all rows. */
  readonly condition: Condition | null;
}

const selectPart =
  /^select\s+(distinct\s+)?(\*|[a-z_]\w*(?:\s*,\s*[a-z_]\w*)*)\s+from\s+([a-z_]\w*)/i;
const wherePart = /^\s+where\s+([a-z_]\w*)\s*(=|\blike\b)\s*'((?:[^']|'')*)'/i;
const endPart = /^\s*;?$/;

/**
 * Reads the only SQL supported here. LIKE ignores letter case, but knows no wildcards.
 * @throws {Refusal}
 */
export function parseSelect(script: string): Select {
  const select = selectPart.exec(script);
  const afterSelect = script.slice(select?.[0].length ?? 0);
  const where = wherePart.exec(afterSelect);
  const afterWhere = afterSelect.slice(where?.[0].length ?? 0);
  if (select === null || !endPart.test(afterWhere))
    throw queryFailed(
      "the local tenant supports only SELECT a, b FROM T WHERE a = 'x', or LIKE 'x'",
    );
  const [, distinct, columns = '', table = ''] = select;
  return {
    table,
    isDistinct: distinct !== undefined,
    columns: columns === '*' ? null : columns.split(',').map((name) => name.trim()),
    condition: where === null ? null : conditionOf(where),
  };
}

function conditionOf([, column = '', operator, value = '']: RegExpExecArray): Condition {
  return {
    column,
    letterCase: operator === '=' ? 'sensitive' : 'insensitive',
    value: value.replaceAll("''", "'"),
  };
}

/** The requested rows and columns. @throws {Refusal} an unknown column */
export function runSelect(
  { columns, condition, isDistinct }: Select,
  names: readonly string[],
  rows: readonly Row[],
): readonly Row[] {
  const selected = columns?.map((column) => requireColumn(column, names)) ?? names;
  const matching = condition === null ? rows : filter(rows, condition, names);
  const found = matching.map((row) =>
    Object.fromEntries(selected.map((name) => [name, row[name] ?? null])),
  );
  return isDistinct ? withoutRepeats(found) : found;
}

function requireColumn(column: string, names: readonly string[]): string {
  const name = names.find((known) => sameName(known, column));
  if (name === undefined) throw queryFailed(`no such column: ${column}`);
  return name;
}

function filter(
  rows: readonly Row[],
  { column, value, letterCase }: Condition,
  names: readonly string[],
): readonly Row[] {
  const name = requireColumn(column, names);
  return rows.filter((row) => sameName(String(row[name] ?? ''), value, letterCase));
}

function withoutRepeats(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

export function queryFailed(detail: string): Refusal {
  return badArgument(`Query has failed: ${detail}`);
}
