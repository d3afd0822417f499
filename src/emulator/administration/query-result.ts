export type Row = Readonly<Record<string, unknown>>;

/** The tenant's answer with rows, each with its first column as the key. @param fullCount of all, if `rows` is a page */
export function queryResult(rows: readonly Row[], fullCount = rows.length): object {
  return {
    IsAggregate: false,
    Count: rows.length,
    Columns: Object.keys(rows[0] ?? {}).map((Name) => ({ Name, Title: Name, IsHidden: false })),
    FullCount: fullCount,
    Results: rows.map((row) => ({
      Entities: [{ Type: null, Key: Object.values(row)[0] ?? null, IsForeignKey: false }],
      Row: row,
    })),
    ReturnID: '',
  };
}
