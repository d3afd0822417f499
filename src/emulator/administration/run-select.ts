import type { Row } from './query-result.ts';
import { queryFailed, type Select } from './select.ts';

/** The requested rows and columns. @throws {Refusal} a column that the table does not have */
export function runSelect(
  { columns, join, conditions, order }: Select,
  names: readonly string[],
  rows: readonly Row[],
): readonly Row[] {
  const nameOf = (column: string): string => {
    const name = names.find((known) => known.toLowerCase() === column.toLowerCase());
    if (name === undefined) throw queryFailed(`no such column: ${column}`);
    return name;
  };
  const tests = conditions.map(({ column, operator, value }) => {
    const name = nameOf(column);
    const meets = operator === 'like' ? isLike : (text: string, other: string) => text === other;
    return (row: Row): boolean => meets(String(row[name] ?? ''), value);
  });
  const found = rows.filter((row) =>
    join === 'or' && tests.length > 0 ? tests.some((test) => test(row)) : tests.every((test) => test(row)),
  );
  const asked = columns?.map(nameOf) ?? names;
  const by = order === null ? null : nameOf(order.column);
  const sorted = by === null ? found : found.toSorted((a, b) => compare(String(a[by]), String(b[by])));
  const directed = order?.descending ? sorted.toReversed() : sorted;
  return directed.map((row) => Object.fromEntries(asked.map((name) => [name, row[name] ?? null])));
}

/** SQL's LIKE: `%` is any text, `_` any character; letter case does not count. */
function isLike(text: string, pattern: string): boolean {
  const [given, wanted] = [text.toLowerCase(), pattern.toLowerCase()];
  let [at, wantedAt, resume, wild] = [0, 0, 0, -1];
  while (at < given.length) {
    if (wanted[wantedAt] === '%') {
      wild = wantedAt++;
      resume = at;
    } else if (wanted[wantedAt] === '_' || wanted[wantedAt] === given[at]) {
      at++;
      wantedAt++;
    } else if (wild >= 0) {
      // The last `%` takes one more character.
      wantedAt = wild + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return /^%*$/.test(wanted.slice(wantedAt));
}

function compare(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}
