import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Faults, Place } from './faults.ts';
import { isMapping } from './mapping.ts';
import { tellSyntax } from './syntax-faults.ts';

/** A YAML text as plain values, and where in the text each of them is. */
export interface YamlSource {
  /** False: it is no YAML, or has no end; there is no structure that could be judged. */
  readonly whole: boolean;
  /**
   * Mappings are objects without a prototype. What stands as nothing after its key is undefined, and differs from a `null`
   * that is written out. A number or a switch in an unusual spelling (`0x10`, `007`, `True`) is its text.
   */
  readonly value: unknown;
  offsetOf(place: Place): number;
}

/** What is nested deeper is not worth a look: nothing that a fleet file may contain is. */
const deepest = 40;

/** A small file may use its anchors this often all the same. */
const freeValues = 10_000;

/**
 * Reads YAML 1.2 with its core schema, aliases and merge keys. Aliases share what they stand for, and together stand for no
 * more values than the text has characters: the time for all that follows is bounded by the size of the text. Tells every
 * fault of the syntax, each key that a mapping has twice, and each alias of nothing.
 */
export function readYaml(text: string, faults: Faults): YamlSource {
  const document = parsed(text, faults);
  let [whole, exhausted] = [!faults.found, false];
  const anchors = new Map<string, Anchored>();
  const targets = new Map<Alias, Node>();
  const indexes = new WeakMap<YAMLMap, Map<string, Entry>>();
  let values = 0;

  function read(node: Node | null, depth: number): unknown {
    const before = values++;
    const value = contentOf(node, depth);
    if (node !== null && !isAlias(node) && node.anchor !== undefined)
      anchors.set(node.anchor, { node, value, size: values - before });
    return value;
  }

  function contentOf(node: Node | null, depth: number): unknown {
    if (node === null || exhausted) return undefined;
    if (isScalar(node)) return scalarOf(node);
    if (isAlias(node)) return followed(node);
    if (depth > deepest) {
      faults.add(placeOf(node), 'this is nested too deeply');
      whole = false;
      return undefined;
    }
    if (isSeq(node)) return node.items.map((item) => read(item as Node | null, depth + 1));
    return isMap(node) ? mappingOf(node, depth) : undefined;
  }

  function followed(alias: Alias): unknown {
    const anchored = anchors.get(alias.source);
    if (anchored === undefined) {
      faults.add(placeOf(alias), 'this alias has no anchor before it');
      whole = false;
      return undefined;
    }
    targets.set(alias, anchored.node);
    values += anchored.size;
    if (values > text.length + freeValues && !exhausted) {
      exhausted = true;
      faults.add(placeOf(alias), 'the aliases up to here stand for more values than the file has characters');
    }
    return anchored.value;
  }

  function mappingOf(map: YAMLMap, depth: number): Record<string, unknown> {
    const mapping: Record<string, unknown> = Object.create(null);
    const merged: Record<string, unknown>[] = [];
    const own = new Set<string>();
    for (const { key, value } of map.items) {
      const content = read(value as Node | null, depth + 1);
      if (isMergeKey(key)) merged.push(...mergeable(content, value as Node | null));
      else if (isScalar(key)) {
        const name = String(key.value);
        if (own.has(name)) faults.add(placeOf(key), `this key occurs before in the same mapping`);
        else mapping[name] = content;
        own.add(name);
      }
    }
    // The key that comes first wins, and the mapping's own before those that are merged.
    for (const other of merged)
      for (const name of Object.keys(other)) {
        values++;
        if (!(name in mapping)) mapping[name] = other[name];
      }
    return mapping;
  }

  function mergeable(content: unknown, node: Node | null): Record<string, unknown>[] {
    const contents: unknown[] = Array.isArray(content) ? content : [content];
    if (contents.every(isMapping)) return contents;
    if (node !== null) faults.add(placeOf(node), 'a merge key takes a mapping, or a list of mappings');
    return [];
  }

  function offsetOf(place: Place): number {
    if ('offset' in place) return place.offset;
    let entry: Entry = { key: null, value: document };
    for (const part of place.path) {
      const below = entryOf(entry.value, part);
      if (below === undefined) break;
      entry = below;
    }
    const { key, value } = entry;
    const isThere = value !== null && !(isScalar(value) && scalarOf(value) === undefined);
    const node = place.at === 'value' && isThere ? value : (key ?? value);
    return node?.range?.[0] ?? 0;
  }

  function entryOf(node: Node | null, part: string | number): Entry | undefined {
    const target = isAlias(node) ? targets.get(node) : node;
    if (isSeq(target)) return Number(part) < target.items.length ? itemOf(target, Number(part)) : undefined;
    return isMap(target) ? indexOf(target).get(String(part)) : undefined;
  }

  function indexOf(map: YAMLMap): Map<string, Entry> {
    const known = indexes.get(map);
    if (known !== undefined) return known;
    const index = new Map<string, Entry>();
    indexes.set(map, index);
    for (const { key, value } of map.items)
      if (isScalar(key) && !isMergeKey(key) && !index.has(String(key.value)))
        index.set(String(key.value), { key, value: value as Node | null });
    for (const { value } of map.items.filter(({ key }) => isMergeKey(key)))
      for (const source of isSeq(value) ? value.items : [value]) {
        const target = isAlias(source) ? targets.get(source) : source;
        if (isMap(target))
          for (const [name, entry] of indexOf(target)) if (!index.has(name)) index.set(name, entry);
      }
    return index;
  }

  const value = read(document, 0);
  return { whole: whole && !exhausted, value, offsetOf };
}

interface Anchored {
  readonly node: Node;
  readonly value: unknown;
  /** In values, those of aliases within included. */
  readonly size: number;
}

interface Entry {
  readonly key: Scalar | null;
  readonly value: Node | null;
}

function parsed(text: string, faults: Faults): Node | null {
  try {
    const { contents, errors, warnings } = parseDocument(text, {
      // Its own search for keys that occur twice takes quadratic time, and its count of aliases knows no large file.
      uniqueKeys: false,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'error',
    });
    // What else is said of one place follows from the first.
    const told = new Set<number>();
    for (const error of [...errors, ...warnings]) {
      if (!told.has(error.pos[0])) tellSyntax(error, text, faults);
      told.add(error.pos[0]);
    }
    return contents as Node | null;
  } catch (error) {
    // The parser calls itself for what is nested.
    if (!(error instanceof RangeError)) throw error;
    faults.add({ offset: 0 }, 'this is nested too deeply');
    return null;
  }
}

function scalarOf({ type, source, value }: Scalar): unknown {
  if (type !== 'PLAIN' || typeof value === 'string') return value;
  if (value === null) return source === '' ? undefined : null;
  return String(value) === source ? value : source;
}

function itemOf({ items }: YAMLSeq, index: number): Entry {
  return { key: null, value: items[index] as Node | null };
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}

function placeOf({ range }: Node): Place {
  return { offset: range?.[0] ?? 0 };
}
