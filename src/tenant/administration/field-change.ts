/** Members of a document, by the vendor's names. */
export type Members = Readonly<Record<string, unknown>>;

/** A member of a document that differs from the wanted value. */
export interface FieldChange {
  /** The vendor's name for it. */
  readonly field: string;
  /** Null: not set. */
  readonly old: unknown;
  readonly new: unknown;
}

/** The members that differ, in the order of `after`. */
export function changesOf(before: Members, after: Members): readonly FieldChange[] {
  return Object.entries(after)
    .map(([field, value]) => ({ field, old: before[field] ?? null, new: value }))
    .filter(({ field, old, new: value }) => !sameSetting(field, old, value));
}

/**
 * Whether two values of a member mean the same. A tenant may write a word or a number, in
 * any letter case.
 */
export function sameSetting(field: string, one: unknown, other: unknown): boolean {
  return one === other || (one !== null && folded(field, one) === folded(field, other));
}

const clientIdTypes: ReadonlyMap<string, string> = new Map([
  ['list', '0'],
  ['confidential', '1'],
]);

function folded(field: string, value: unknown): string {
  const text = String(value).toLowerCase();
  return field === 'ClientIDType' ? (clientIdTypes.get(text) ?? text) : text;
}
