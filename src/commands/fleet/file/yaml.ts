import {
  type Alias,
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { type Faults, keyTwice, type Place, syntaxSentence, tooDeep } from './faults.ts';

/** Limits on the parser's work for a YAML text. */
export interface YamlBounds {
  readonly characters: number;
  /** The library's tokens, including blanks and line ends: 10,000 tenants of seven lines have 850,000. */
  readonly lexemes: number;
  /** Tenants that are composed together; the nodes of earlier ones are freed, so the places of faults are found only in one batch. */
  readonly batch: number;
}

export const yamlBounds: YamlBounds = {
  characters: 16 * 1024 * 1024,
  lexemes: 1_500_000,
  batch: 100,
};

const collections = ['block-map', 'block-seq', 'flow-collection'];

/** The nesting limit: no fleet file needs more levels. */
const deepest = 40;

/** The values that aliases may add to any file, however small. */
const freeValues = 10_000;

const tooMuch = 'a file with this many values must be valid JSON';

interface YamlFile {
  /** False: it is not YAML, or has no end, so it has no structure to check. */
  readonly whole: boolean;
  /** False: it was read in batches, so another reading as one document may tell other faults, and their places. */
  readonly isFinal: boolean;
  readonly value: unknown;
  offsetOf(place: Place): number;
}

/** Reads a YAML 1.2 text with the core schema, and reports its syntax faults. Limits on tokens and levels bound its time. */
export function readYaml(text: string, bounds: YamlBounds, faults: Faults): YamlFile {
  const broken = (offset: number, sentence: string): YamlFile => {
    faults.clear();
    faults.add({ offset }, sentence);
    const offsetOf: YamlFile['offsetOf'] = (place) => ('offset' in place ? place.offset : 0);
    return { whole: false, isFinal: true, value: undefined, offsetOf };
  };
  if (text.length > bounds.characters) return broken(0, tooMuch);
  const values = new YamlValues(text.length + freeValues, faults);
  const told = new Set<number>();
  const compose = (tokens: readonly CST.Token[]): Node | null | undefined => {
    // The library's own search for duplicate keys takes quadratic time.
    const composer = new Composer({ uniqueKeys: false, stringKeys: true, logLevel: 'error' });
    const [document] = composer.compose(tokens, true, text.length);
    // The first fault at each place: the others follow from it.
    for (const { code, message, pos } of [
      ...(document?.errors ?? []),
      ...(document?.warnings ?? []),
    ]) {
      if (!told.has(pos[0]))
        faults.add({ offset: Math.min(pos[0], text.length) }, syntaxSentence(code, message));
      told.add(pos[0]);
    }
    return document?.contents;
  };
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  /** The members so far of the file and its tenants. */
  const begun = [new Map<string, unknown>(), new Map<string, unknown>()];
  let lexemes = 0;
  let { batch } = bounds;
  for (const lexeme of new Lexer().lex(text)) {
    const start = parser.offset;
    const finished = [...parser.next(lexeme)];
    tokens.push(...finished);
    // A directive holds for the whole document, which is then read as one.
    if (finished.some(({ type }) => type === 'directive')) batch = Number.POSITIVE_INFINITY;
    // The levels come on top of the document and its top mapping.
    if (parser.stack.length > deepest + 2 && collections.includes(parser.stack.at(-1)?.type ?? ''))
      return broken(start, tooDeep);
    // Each escape may become an error of the library.
    lexemes += lexeme.startsWith('"') ? 1 + 10 * (lexeme.split('\\').length - 1) : 1;
    if (lexemes > bounds.lexemes) return broken(start, tooMuch);
    for (const [depth, value] of takeFinished(parser, batch).entries())
      values.add(
        begun[depth],
        compose([{ type: 'document', offset: value.offset, start: [], value }]),
      );
  }
  tokens.push(...parser.end());
  const [, second] = tokens.filter(({ type }) => type === 'document');
  if (second !== undefined) return broken(second.offset, syntaxSentence('MULTIPLE_DOCS'));
  const lost = tokens.find(
    (token) => token.type === 'error' && token.message.includes('in YAML stream'),
  );
  if (lost !== undefined) return broken(lost.offset, syntaxSentence('UNEXPECTED_TOKEN'));
  const root = compose(tokens);
  if (root === undefined) return broken(0, syntaxSentence('UNEXPECTED_TOKEN'));
  const value = values.read(root, begun);
  return {
    whole: values.whole && told.size === 0,
    isFinal: bounds.batch === Number.POSITIVE_INFINITY,
    value,
    offsetOf: (place) => ('offset' in place ? place.offset : values.offsetIn(root, place)),
  };
}

/**
 * Takes out of the parser's tree the entries before the tenants and all finished tenants, if the tenants form a block mapping
 * without an anchor or a tag; none if they are fewer than a batch. The parser looks back at two entries at most.
 */
function takeFinished({ stack }: Parser, batch: number): readonly CST.BlockMap[] {
  const [, top, tenants] = stack;
  if (
    top?.type !== 'block-map' ||
    tenants?.type !== 'block-map' ||
    tenants.items.length < batch + 2
  )
    return [];
  const entry = top.items.at(-1);
  if (entry?.key?.type !== 'scalar' || entry.key.source !== 'tenants' || entry.explicitKey === true)
    return [];
  if (entry.sep?.some(({ type }) => type === 'anchor' || type === 'tag') === true) return [];
  return [
    { ...top, items: top.items.splice(0, top.items.length - 1) },
    { ...tenants, items: tenants.items.splice(0, tenants.items.length - 2) },
  ];
}

/** A key, which list items do not have, and its value, if it has one. */
type Member = readonly [key: Node | null, value: Node | null];

/**
 * Reads the nodes of one text as plain values. Aliases share their values, and together add at most as many values as the text
 * has characters: its size bounds the time of everything after. Reports each duplicate key of a mapping, and each alias without
 * an anchor.
 */
class YamlValues {
  /** False if an alias has no anchor or adds too many values. */
  whole = true;
  readonly #most: number;
  readonly #faults: Faults;
  /** The size is the number of values, including those of aliases. */
  readonly #anchors = new Map<
    string,
    { readonly node: Node; readonly value: unknown; readonly size: number }
  >();
  readonly #targets = new Map<Alias, Node>();
  /** The members of the first mappings that were read already. */
  #begun: Map<string, unknown>[] = [];
  #values = 0;

  constructor(most: number, faults: Faults) {
    this.#most = most;
    this.#faults = faults;
  }

  /** @param begun the members that were read already of the first mappings */
  read(root: Node | null, begun: Map<string, unknown>[]): unknown {
    this.#begun = begun;
    return this.#read(root);
  }

  #read(node: Node | null): unknown {
    const before = this.#values++;
    const value = this.#contentOf(node);
    if (node !== null && !isAlias(node) && node.anchor !== undefined)
      this.#anchors.set(node.anchor, { node, value, size: this.#values - before });
    return value;
  }

  #contentOf(node: Node | null): unknown {
    if (node === null || this.#values > this.#most) return undefined;
    if (isScalar(node)) return scalarOf(node);
    if (isAlias(node)) return this.#followed(node);
    if (isMap<Node, Node | null>(node)) return this.#mapping(node);
    return isSeq<Node | null>(node) ? node.items.map((item) => this.#read(item)) : undefined;
  }

  #followed(alias: Alias): unknown {
    const anchored = this.#anchors.get(alias.source);
    if (anchored === undefined) return this.#refuse(alias, 'this alias has no anchor before it');
    this.#targets.set(alias, anchored.node);
    this.#values += anchored.size;
    if (this.#values <= this.#most) return anchored.value;
    return this.#refuse(alias, 'the aliases so far add more values than the file has characters');
  }

  #refuse(node: Node, sentence: string): undefined {
    this.#faults.add({ offset: offsetOf(node) }, sentence);
    this.whole = false;
  }

  #mapping(map: YAMLMap<Node, Node | null>): Readonly<Record<string, unknown>> {
    const members = this.#begun.shift() ?? new Map<string, unknown>();
    this.add(members, map);
    return Object.fromEntries(members);
  }

  /** The first key wins. */
  add(members: Map<string, unknown> | undefined, map: Node | null | undefined): void {
    if (members === undefined || !isMap<Node, Node | null>(map)) return;
    for (const { key, value: node } of map.items) {
      const value = this.#read(node);
      const name = nameOf(key);
      if (members.has(name)) this.#faults.add({ offset: offsetOf(key) }, keyTwice);
      else members.set(name, value);
    }
  }

  /** The offset of a place; if a part of its path is missing, that of the part before it. */
  offsetIn(root: Node | null, { path, at }: Exclude<Place, { offset: number }>): number {
    let [key, value]: Member = [null, root];
    for (const part of path) {
      const member = this.#memberOf(value, String(part));
      if (member === null) break;
      [key, value] = member;
    }
    const node = at === 'value' ? (value ?? key) : (key ?? value);
    return node === null ? 0 : offsetOf(node);
  }

  #memberOf(node: Node | null, name: string): Member | null {
    const target = isAlias(node) ? this.#targets.get(node) : node;
    if (isSeq<Node>(target)) {
      const item = target.items[Number(name)];
      return item === undefined ? null : [null, item];
    }
    if (!isMap<Node, Node | null>(target)) return null;
    const member = target.items.find(({ key }) => nameOf(key) === name);
    if (member === undefined) return null;
    const { key, value } = member;
    return [key, isScalar(value) && scalarOf(value) === undefined ? null : value];
  }
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

function nameOf(key: Node): string {
  return isScalar(key) ? String(key.value) : '';
}

function offsetOf({ range }: Node): number {
  return range?.[0] ?? 0;
}
