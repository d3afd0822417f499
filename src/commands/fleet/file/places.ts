import type { Path } from './faults.ts';

/** Where a member begins: its key, which the items of a list have not, and its value, where it has one. Offsets. */
export interface Span {
  readonly key: number | null;
  readonly value: number | null;
}

/** Where in a text its values are. */
export interface Places {
  /** Offset of the whole. */
  root: number;
  /** Of each mapping and list that was read, by the value itself. */
  readonly members: Map<unknown, Map<string, Span>>;
}

/** Where what a place names is; where a part of its path is not there, where the part before it is. */
export function offsetIn(
  { root, members }: Places,
  whole: unknown,
  { path, at }: { path: Path; at: 'key' | 'value' },
): number {
  let [value, span]: [unknown, Span] = [whole, { key: null, value: root }];
  for (const part of path) {
    const inner = members.get(value)?.get(String(part));
    if (inner === undefined) break;
    [value, span] = [(value as Readonly<Record<string, unknown>>)[part], inner];
  }
  return (at === 'value' ? (span.value ?? span.key) : (span.key ?? span.value)) ?? root;
}
