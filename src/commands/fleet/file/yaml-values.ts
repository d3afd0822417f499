import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { type Faults, keyTwice, tooDeep } from './faults.ts';
import type { Places, Span } from './places.ts';
import { isMapping } from './schema.ts';

/** A small file may use its anchors this often all the same. */
const freeValues = 10_000;

type Mapping = Record<string, unknown>;

/** What aliases stand for. */
interface Anchored {
  readonly value: unknown;
  /** In values, those of aliases within included. */
  readonly size: number;
  /** How many levels are nested in it, those of aliases within included. */
  readonly height: number;
}

/** A mapping, some of whose entries may still come. */
export interface OpenMapping {
  readonly own: Mapping;
  readonly merged: Mapping[];
}

/** Entries that were read before the rest of the file. */
interface EarlyEntries {
  readonly file: OpenMapping;
  readonly tenants: OpenMapping;
}

/** Reads the nodes of one text, in its order, as plain values. */
export interface YamlValues {
  open(): OpenMapping;
  /** @param depth how many mappings and lists are around it */
  add(open: OpenMapping, map: YAMLMap, depth: number): void;
  /** The value of the whole. @param early what was added already of the file and of its tenants; null: nothing */
  read(root: Node | null, early: EarlyEntries | null): unknown;
  /** False once aliases stand for nothing or for too much, or something is nested too deeply. */
  readonly whole: boolean;
}

/**
 * Aliases share what they stand for, and together stand for no more values than the text has characters: the time for all
 * that follows is bounded by its size. Tells each key that a mapping has twice, and each alias of nothing.
 * @param length of the text
 * @param deepest level that is read
 */
export function createYamlValues(
  length: number,
  deepest: number,
  faults: Faults,
  places: Places | null,
): YamlValues {
  const anchors = new Map<string, Anchored>();
  let values = 0;
  /** The deepest level so far within the value that is read. */
  let lowest = 0;
  let [whole, exhausted] = [true, false];
  let early: EarlyEntries | null = null;
  let isNoted = false;

  function read(node: Node | null, depth: number): unknown {
    const [before, lowestBefore] = [values++, lowest];
    lowest = depth;
    const value = contentOf(node, depth);
    if (node !== null && !isAlias(node) && node.anchor !== undefined)
      anchors.set(node.anchor, { value, size: values - before, height: lowest - depth });
    lowest = Math.max(lowest, lowestBefore);
    return value;
  }

  function contentOf(node: Node | null, depth: number): unknown {
    if (node === null || exhausted) return undefined;
    if (isScalar(node)) return scalarOf(node);
    if (isAlias(node)) return followed(node.source, node, depth);
    if (depth > deepest) return refuse(node, tooDeep);
    if (isMap(node)) {
      const open = depth === 0 && early !== null ? early.file : createMapping();
      add(open, node, depth);
      return close(open);
    }
    if (!isSeq(node)) return undefined;
    const nodes = node.items as (Node | null)[];
    const items = nodes.map((item) => read(item, depth + 1));
    places?.members.set(items, new Map(nodes.map((item, index) => [String(index), spanOf(null, item)])));
    return items;
  }

  function refuse(node: Node, sentence: string): undefined {
    faults.add({ offset: offsetOf(node) }, sentence);
    whole = false;
  }

  function followed(name: string, alias: Node, depth: number): unknown {
    const anchored = anchors.get(name);
    if (anchored === undefined) return refuse(alias, 'this alias has no anchor before it');
    if (depth + anchored.height > deepest) return refuse(alias, tooDeep);
    lowest = Math.max(lowest, depth + anchored.height);
    values += anchored.size;
    if (values > length + freeValues) {
      exhausted = true;
      return refuse(alias, 'the aliases up to here stand for more values than the file has characters');
    }
    return anchored.value;
  }

  function createMapping(): OpenMapping {
    const open = { own: {}, merged: [] };
    places?.members.set(open.own, new Map());
    return open;
  }

  function add({ own, merged }: OpenMapping, { items }: YAMLMap, depth: number): void {
    const spans = places?.members.get(own);
    for (const item of items) {
      const [key, node] = [item.key, item.value as Node | null];
      const isTenants = depth === 0 && early !== null && isScalar(key) && key.value === 'tenants';
      const value = isTenants ? restOf(node) : read(node, depth + 1);
      if (isMergeKey(key)) merged.push(...mergeable(value, node));
      else if (isScalar(key)) {
        const name = String(key.value);
        if (Object.hasOwn(own, name)) faults.add({ offset: offsetOf(key) }, keyTwice);
        else {
          setMember(own, name, value);
          spans?.set(name, spanOf(key, node));
        }
      }
    }
  }

  function restOf(node: Node | null): unknown {
    if (early === null) return undefined;
    const { tenants } = early;
    early = null;
    if (isMap(node)) add(tenants, node, 1);
    return close(tenants);
  }

  /** The key that comes first wins, and the mapping's own before those that are merged. */
  function close({ own, merged }: OpenMapping): Mapping {
    for (const other of merged)
      for (const name of Object.keys(other)) {
        if (Object.hasOwn(own, name)) continue;
        setMember(own, name, other[name]);
        const span = places?.members.get(other)?.get(name);
        if (span !== undefined) places?.members.get(own)?.set(name, span);
      }
    return own;
  }

  function mergeable(content: unknown, node: Node | null): Mapping[] {
    // What was refused is told already.
    if (content === undefined && !whole) return [];
    const contents: unknown[] = Array.isArray(content) ? content : [content];
    if (contents.every(isMapping)) return contents;
    if (node !== null)
      faults.add({ offset: offsetOf(node) }, 'a merge key takes a mapping, or a list of mappings');
    return [];
  }

  function noteRoot(node: Node): void {
    if (places !== null && !isNoted) places.root = offsetOf(node);
    isNoted = true;
  }

  return {
    open: createMapping,
    add(open, map, depth) {
      if (depth === 0) noteRoot(map);
      add(open, map, depth);
    },
    read(root, entries) {
      early = entries;
      if (root !== null) noteRoot(root);
      return read(root, 0);
    },
    get whole() {
      return whole;
    },
  };
}

/** Sets a member of a mapping, whatever its name; an object without a prototype would need none of this, but four times the room. */
function setMember(mapping: Mapping, name: string, value: unknown): void {
  if (name !== '__proto__') mapping[name] = value;
  else Object.defineProperty(mapping, name, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * The value of a scalar. What stands as nothing after its key is undefined, and differs from a `null` that is written out. A
 * number or a switch in an unusual spelling (`0x10`, `007`, `True`) is its text.
 */
export function scalarOf({ type, source, value }: Scalar): unknown {
  if (type !== 'PLAIN' || typeof value === 'string') return value;
  if (value === null) return source === '' ? undefined : null;
  return String(value) === source ? value : source;
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}

function spanOf(key: Node | null, value: Node | null): Span {
  const isThere = value !== null && !(isScalar(value) && scalarOf(value) === undefined);
  return { key: key === null ? null : offsetOf(key), value: isThere ? offsetOf(value) : null };
}

function offsetOf({ range }: Node): number {
  return range?.[0] ?? 0;
}
