import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { Path } from './faults.ts';
import type { YamlPiece } from './yaml-piece.ts';
import { isMergeKey, offsetIn, scalarOf, type YamlValues } from './yaml-values.ts';

/** A value with its key; null: it has none, as the items of a list. */
interface Entry {
  readonly key: Scalar | null;
  readonly value: Node | null;
  readonly piece: YamlPiece;
}

/** Finds where what a path leads to is in the text; where a part of the path is not there, where the part before it is. */
export function createYamlPlaces(targetOf: YamlValues['targetOf']) {
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Entry>>();

  function entryOf(node: Node | null, piece: YamlPiece, part: string | number): Entry | undefined {
    const target = resolved(node, piece);
    if (isMap(target.node)) return indexOf(target.node, target.piece).get(String(part));
    if (!isSeq(target.node) || !(part in target.node.items)) return undefined;
    return { key: null, value: target.node.items[Number(part)] as Node | null, piece: target.piece };
  }

  function resolved(node: Node | null, piece: YamlPiece): { node: Node | null; piece: YamlPiece } {
    return (isAlias(node) ? targetOf(node, piece) : undefined) ?? { node, piece };
  }

  /** The entries of a mapping, those that it merges among them. */
  function indexOf(map: YAMLMap, piece: YamlPiece): ReadonlyMap<string, Entry> {
    const known = indexes.get(map);
    if (known !== undefined) return known;
    const index = new Map<string, Entry>();
    const add = (name: string, entry: Entry): void => {
      if (!index.has(name)) index.set(name, entry);
    };
    indexes.set(map, index);
    for (const { key, value } of map.items)
      if (isScalar(key) && !isMergeKey(key))
        add(String(key.value), { key, value: value as Node | null, piece });
    for (const { value } of map.items.filter(({ key }) => isMergeKey(key))) {
      const list = resolved(value as Node | null, piece);
      for (const source of isSeq(list.node) ? list.node.items : [list.node]) {
        const target = resolved(source as Node | null, list.piece);
        if (isMap(target.node)) for (const entry of indexOf(target.node, target.piece)) add(...entry);
      }
    }
    return index;
  }

  return (root: YamlPiece, path: Path, at: 'key' | 'value'): number => {
    let entry: Entry = { key: null, value: root.root, piece: root };
    for (const part of path) {
      const below = entryOf(entry.value, entry.piece, part);
      if (below === undefined) break;
      entry = below;
    }
    const { key, value, piece } = entry;
    const isThere = value !== null && !(isScalar(value) && scalarOf(value) === undefined);
    const node = at === 'value' && isThere ? value : (key ?? value);
    return node === null ? piece.start : offsetIn(node, piece);
  };
}
