export type Row = Readonly<Record<string, unknown>>;

/** What the tenant answers with rows: each with the key of its first column. @param fullCount of all, where `rows` are a page */
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
