import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { isObject } from '../../../text/json.ts';
import { type Faults, keyTwice, type Places, type Span, tooDeep } from './faults.ts';

/** The nesting limit: no fleet file needs more levels. */
export const deepest = 40;

/** The values that aliases may add to any file, however small. */
const freeValues = 10_000;

type Mapping = Record<string, unknown>;

interface Anchored {
  readonly value: unknown;
  /** The number of values, including those of aliases. */
  readonly size: number;
  /** The number of nested levels, including those of aliases. */
  readonly height: number;
}

export interface OpenMapping {
  readonly own: Mapping;
  readonly merged: Mapping[];
}

/**
 * Reads the nodes of one text in order as plain values. Aliases share their values, and together add at most as many values as
 * the text has characters: its size bounds the time of everything after. Reports each duplicate key of a mapping, and each
 * alias without an anchor.
 */
export class YamlValues {
  readonly #most: number;
  readonly #faults: Faults;
  readonly #places: Places | null;
  readonly #anchors = new Map<string, Anchored>();
  #values = 0;
  /** The deepest level so far within the current value. */
  #lowest = 0;
  #whole = true;
  /** Entries that were added to the first mappings before these are read. */
  #begun: OpenMapping[] = [];

  /** @param length of the text, in characters */
  constructor(length: number, faults: Faults, places: Places | null) {
    this.#most = length + freeValues;
    this.#faults = faults;
    this.#places = places;
  }

  /** False if an alias has no anchor or adds too many values, or if something is nested too deeply. */
  get whole(): boolean {
    return this.#whole;
  }

  open(): OpenMapping {
    const open = { own: {}, merged: [] };
    this.#places?.members.set(open.own, new Map());
    return open;
  }

  /** Adds the entries of a map. @param depth the number of mappings and lists around it */
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

  /** The value of the whole text. @param begun the file and its tenants, if entries were added to them already */
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
    return this.#refuse(alias, 'the aliases so far add more values than the file has characters');
  }

  /** The first key wins, and a mapping's own keys win over merged ones. */
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
    // A refused value is reported already.
    if (content === undefined && !this.#whole) return [];
    const contents: unknown[] = Array.isArray(content) ? content : [content];
    if (contents.every(isObject)) return contents;
    if (node !== null)
      this.#faults.add({ offset: offsetOf(node) }, 'a merge key must be a mapping, or a list of mappings');
    return [];
  }
}

/** Sets a member with any name. An object without a prototype would need no special case, but four times the memory. */
function setMember(mapping: Mapping, name: string, value: unknown): void {
  if (name !== '__proto__') mapping[name] = value;
  else Object.defineProperty(mapping, name, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * The value of a scalar. A missing value is undefined, unlike an explicit `null`. A number or a switch in an unusual spelling
 * (`0x10`, `007`, `True`) is its text.
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
