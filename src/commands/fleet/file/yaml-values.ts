import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { Faults } from './faults.ts';
import { isMapping, setMember } from './mapping.ts';
import { tooDeep } from './syntax-faults.ts';
import type { YamlPiece } from './yaml-piece.ts';

/** What is nested deeper is not worth a look: nothing that a fleet file may contain is. */
const deepest = 40;

/** A small file may use its anchors this often all the same. */
const freeValues = 10_000;

/** A node that aliases stand for. */
interface Anchored {
  readonly node: Node;
  readonly piece: YamlPiece;
  readonly value: unknown;
  /** In values, those of aliases within included. */
  readonly size: number;
  /** How many levels are nested in it, those of aliases within included. */
  readonly height: number;
}

/** Reads the nodes of one text, piece after piece, as plain values. */
export interface YamlValues {
  read(piece: YamlPiece): unknown;
  /** False once aliases stand for nothing or for too much, or something is nested too deeply. */
  readonly whole: boolean;
  /** What an alias stands for. */
  targetOf(alias: Alias, piece: YamlPiece): Anchored | undefined;
}

/**
 * Aliases share what they stand for, and together stand for no more values than the text has characters: the time for all
 * that follows is bounded by its size. Tells each key that a mapping has twice, and each alias of nothing.
 * @param length of the text
 */
export function createYamlValues(length: number, faults: Faults): YamlValues {
  /** By name, in the order of the text. */
  const anchors = new Map<string, Anchored[]>();
  let values = 0;
  /** The deepest level so far within the value that is read. */
  let lowest = 0;
  let [whole, exhausted] = [true, false];

  function read(node: Node | null, piece: YamlPiece, depth: number): unknown {
    const [before, lowestBefore] = [values++, lowest];
    lowest = depth;
    const value = contentOf(node, piece, depth);
    if (node !== null && !isAlias(node) && node.anchor !== undefined) {
      const sameName = anchors.get(node.anchor) ?? [];
      sameName.push({ node, piece, value, size: values - before, height: lowest - depth });
      anchors.set(node.anchor, sameName);
    }
    lowest = Math.max(lowest, lowestBefore);
    return value;
  }

  function contentOf(node: Node | null, piece: YamlPiece, depth: number): unknown {
    if (node === null || exhausted) return undefined;
    if (isScalar(node)) return scalarOf(node);
    if (isAlias(node)) return followed(node, piece, depth);
    if (depth > deepest) return refuse(node, piece, tooDeep);
    if (isSeq(node)) return node.items.map((item) => read(item as Node | null, piece, depth + 1));
    return isMap(node) ? mappingOf(node, piece, depth) : undefined;
  }

  function refuse(node: Node, piece: YamlPiece, sentence: string): undefined {
    faults.add(placeOf(node, piece), sentence);
    whole = false;
  }

  function followed(alias: Alias, piece: YamlPiece, depth: number): unknown {
    const anchored = anchors.get(alias.source)?.at(-1);
    if (anchored === undefined) return refuse(alias, piece, 'this alias has no anchor before it');
    if (depth + anchored.height > deepest) return refuse(alias, piece, tooDeep);
    lowest = Math.max(lowest, depth + anchored.height);
    spend(anchored.size, alias, piece);
    return anchored.value;
  }

  function spend(size: number, node: Node, piece: YamlPiece): void {
    values += size;
    if (values <= length + freeValues || exhausted) return;
    exhausted = true;
    refuse(node, piece, 'the aliases up to here stand for more values than the file has characters');
  }

  function mappingOf(map: YAMLMap, piece: YamlPiece, depth: number): Record<string, unknown> {
    const mapping: Record<string, unknown> = {};
    const merged: Record<string, unknown>[] = [];
    for (const { key, value } of map.items) {
      const content = read(value as Node | null, piece, depth + 1);
      if (isMergeKey(key)) merged.push(...mergeable(content, value as Node | null, piece));
      else if (isScalar(key)) {
        const name = String(key.value);
        if (Object.hasOwn(mapping, name)) faults.add(placeOf(key, piece), keyTwice);
        else setMember(mapping, name, content);
      }
    }
    // The key that comes first wins, and the mapping's own before those that are merged.
    for (const other of merged) {
      for (const name of Object.keys(other))
        if (!Object.hasOwn(mapping, name)) setMember(mapping, name, other[name]);
    }
    return mapping;
  }

  function mergeable(content: unknown, node: Node | null, piece: YamlPiece): Record<string, unknown>[] {
    // What was refused is told already.
    if (content === undefined && !whole) return [];
    const contents: unknown[] = Array.isArray(content) ? content : [content];
    if (contents.every(isMapping)) return contents;
    if (node !== null) faults.add(placeOf(node, piece), 'a merge key takes a mapping, or a list of mappings');
    return [];
  }

  return {
    read: (piece) => read(piece.root, piece, 0),
    get whole() {
      return whole;
    },
    targetOf(alias, piece) {
      const at = offsetIn(alias, piece);
      // The value around an alias is not whole yet, and is none that it could stand for.
      const isBefore = ({ node, piece: { start } }: Anchored): boolean =>
        start + (node.range?.[1] ?? 0) <= at;
      return anchors.get(alias.source)?.findLast(isBefore);
    },
  };
}

export const keyTwice = 'this key occurs before in the same mapping';

/**
 * The value of a scalar. What stands as nothing after its key is undefined, and differs from a `null` that is written out. A
 * number or a switch in an unusual spelling (`0x10`, `007`, `True`) is its text.
 */
export function scalarOf({ type, source, value }: Scalar): unknown {
  if (type !== 'PLAIN' || typeof value === 'string') return value;
  if (value === null) return source === '' ? undefined : null;
  return String(value) === source ? value : source;
}

export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}

/** Where in the text a node begins. */
export function offsetIn({ range }: Node, { start }: YamlPiece): number {
  return start + (range?.[0] ?? 0);
}

function placeOf(node: Node, piece: YamlPiece): { readonly offset: number } {
  return { offset: offsetIn(node, piece) };
}
