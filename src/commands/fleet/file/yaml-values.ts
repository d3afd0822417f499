import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { isObject } from '../../../text/json.ts';
import { type Faults, keyTwice, type Places, type Span, tooDeep } from './faults.ts';

/** Nothing that a fleet file may contain is nested deeper. */
export const deepest = 40;

/** A small file may use its anchors this often all the same. */
const freeValues = 10_000;

type Mapping = Record<string, unknown>;

interface Anchored {
  readonly value: unknown;
  /** In values, those of aliases within included. */
  readonly size: number;
  /** How many levels are nested in it, those of aliases within included. */
  readonly height: number;
}

export interface OpenMapping {
  readonly own: Mapping;
  readonly merged: Mapping[];
}

/**
 * Reads the nodes of one text, in its order, as plain values. Aliases share what they stand for, and together stand for no more
 * values than the text has characters: the time for all that follows is bounded by its size. Tells each key that a mapping has
 * twice, and each alias of nothing.
 */
export class YamlValues {
  readonly #most: number;
  readonly #faults: Faults;
  readonly #places: Places | null;
  readonly #anchors = new Map<string, Anchored>();
  #values = 0;
  /** The deepest level so far within the value that is read. */
  #lowest = 0;
  #whole = true;
  /** Entries of the first mappings that are read, added before those are. */
  #begun: OpenMapping[] = [];

  /** @param length of the text, in characters */
  constructor(length: number, faults: Faults, places: Places | null) {
    this.#most = length + freeValues;
    this.#faults = faults;
    this.#places = places;
  }

  /** False once aliases stand for nothing or for too much, or something is nested too deeply. */
  get whole(): boolean {
    return this.#whole;
  }

  open(): OpenMapping {
    const open = { own: {}, merged: [] };
    this.#places?.members.set(open.own, new Map());
    return open;
  }

  /** Adds the entries of a map. @param depth how many mappings and lists are around it */
  add({ own, merged }: OpenMapping, map: YAMLMap, depth: number): void {
    if (depth === 0) this.#noteRoot(map);
    const spans = this.#places?.members.get(own);
    for (const item of map.items) {
      const [key, node] = [item.key, item.value as Node | null];
      const value = this.#read(node, depth + 1);
      if (isMergeKey(key)) merged.push(...this.#mergeable(value, node));
      else if (isScalar(key)) {
        const name = String(key.value);
        if (Object.hasOwn(own, name)) this.#faults.add({ offset: offsetOf(key) }, keyTwice);
        else {
          setMember(own, name, value);
          spans?.set(name, spanOf(key, node));
        }
      }
    }
  }

  /** The value of the whole. @param begun the file and its tenants, where entries were added to them already */
  read(root: Node | null, begun: readonly OpenMapping[]): unknown {
    this.#begun = [...begun];
    this.#noteRoot(root);
    return this.#read(root, 0);
  }

  #noteRoot(node: Node | null): void {
    if (this.#places !== null && node !== null) this.#places.root ??= offsetOf(node);
  }

  #read(node: Node | null, depth: number): unknown {
    const [before, lowestBefore] = [this.#values++, this.#lowest];
    this.#lowest = depth;
    const value = this.#contentOf(node, depth);
    if (node !== null && !isAlias(node) && node.anchor !== undefined)
      this.#anchors.set(node.anchor, { value, size: this.#values - before, height: this.#lowest - depth });
    this.#lowest = Math.max(this.#lowest, lowestBefore);
    return value;
  }

  #contentOf(node: Node | null, depth: number): unknown {
    if (node === null || this.#values > this.#most) return undefined;
    if (isScalar(node)) return scalarOf(node);
    if (isAlias(node)) return this.#followed(node.source, node, depth);
    if (depth > deepest) return this.#refuse(node, tooDeep);
    if (isMap(node)) {
      const open = this.#begun.shift() ?? this.open();
      this.add(open, node, depth);
      return this.#close(open);
    }
    if (!isSeq(node)) return undefined;
    const nodes = node.items as (Node | null)[];
    const items = nodes.map((item) => this.#read(item, depth + 1));
    this.#places?.members.set(items, new Map(nodes.map((item, index) => [`${index}`, spanOf(null, item)])));
    return items;
  }

  #refuse(node: Node, sentence: string): undefined {
    this.#faults.add({ offset: offsetOf(node) }, sentence);
    this.#whole = false;
  }

  #followed(name: string, alias: Node, depth: number): unknown {
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) return this.#refuse(alias, 'this alias has no anchor before it');
    if (depth + anchored.height > deepest) return this.#refuse(alias, tooDeep);
    this.#lowest = Math.max(this.#lowest, depth + anchored.height);
    this.#values += anchored.size;
    if (this.#values <= this.#most) return anchored.value;
    return this.#refuse(alias, 'the aliases up to here stand for more values than the file has characters');
  }

  /** The key that comes first wins, and the mapping's own before those that are merged. */
  #close({ own, merged }: OpenMapping): Mapping {
    for (const other of merged)
      for (const name of Object.keys(other)) {
        if (Object.hasOwn(own, name)) continue;
        setMember(own, name, other[name]);
        const span = this.#places?.members.get(other)?.get(name);
        if (span !== undefined) this.#places?.members.get(own)?.set(name, span);
      }
    return own;
  }

  #mergeable(content: unknown, node: Node | null): Mapping[] {
    // What was refused is told already.
    if (content === undefined && !this.#whole) return [];
    const contents: unknown[] = Array.isArray(content) ? content : [content];
    if (contents.every(isObject)) return contents;
    if (node !== null)
      this.#faults.add({ offset: offsetOf(node) }, 'a merge key takes a mapping, or a list of mappings');
    return [];
  }
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
function scalarOf({ type, source, value }: Scalar): unknown {
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
