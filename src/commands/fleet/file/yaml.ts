import {
  type Alias,
  Composer,
  type CST,
  type Document,
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

/** Limits on the parser's work for a text. */
export interface YamlBounds {
  readonly bytes: number;
  /**
   * The library's tokens, with blanks and line ends: 10,000 tenants of seven lines have
   * 850,000.
   */
  readonly lexemes: number;
}

export const yamlBounds: YamlBounds = {
  bytes: 8 * 1024 * 1024,
  lexemes: 1_500_000,
};

/** JSON that is read as YAML, for the places of its faults. */
export const jsonBounds: YamlBounds = {
  bytes: 16 * 1024 * 1024,
  lexemes: 1_500_000,
};

/** The nesting limit: no fleet file needs more levels below its top mapping. */
const maxLevels = 40;

/** The values that aliases may add to any file, however small. */
const freeValues = 10_000;

const tooMuch = 'a file with this many values must be valid JSON';

interface YamlFile {
  /** False: it is not YAML, or has no end, so it has no structure to check. */
  readonly whole: boolean;
  readonly value: unknown;
  offsetOf(place: Place): number;
}

/** Reads a YAML 1.2 text with the core schema, and reports its syntax faults. */
export function readYaml(text: string, bounds: YamlBounds, faults: Faults): YamlFile {
  const syntax = parseWithin(bounds, text);
  if ('fault' in syntax) return brokenFile(syntax.fault, faults);
  const [document, second] = composed(syntax.tokens, text.length);
  const { errors, warnings, contents } = document;
  if (second !== undefined)
    return brokenFile(
      { offset: second.range[0], sentence: syntaxSentence('MULTIPLE_DOCS') },
      faults,
    );
  const lost = errors.find(({ message }) => message.includes('in YAML stream'));
  if (lost !== undefined)
    return brokenFile({ offset: lost.pos[0], sentence: syntaxSentence(lost.code) }, faults);
  // The first fault at each place: the others follow from it.
  const places = new Set<number>();
  for (const { code, message, pos } of [...errors, ...warnings]) {
    const [start] = pos;
    if (!places.has(start))
      faults.add({ offset: Math.min(start, text.length) }, syntaxSentence(code, message));
    places.add(start);
  }
  const values = new YamlValues(text.length + freeValues, faults);
  const value = values.read(contents);
  return {
    whole: values.whole && places.size === 0,
    value,
    offsetOf: (place) => ('offset' in place ? place.offset : values.offsetIn(contents, place)),
  };
}

interface SyntaxFault {
  readonly offset: number;
  readonly sentence: string;
}

/** A file of which nothing but this fault is reported. */
function brokenFile({ offset, sentence }: SyntaxFault, faults: Faults): YamlFile {
  faults.clear();
  faults.add({ offset }, sentence);
  return {
    whole: false,
    value: undefined,
    offsetOf: (place) => ('offset' in place ? place.offset : 0),
  };
}

const collections = ['block-map', 'block-seq', 'flow-collection'];

type Syntax = { readonly tokens: readonly CST.Token[] } | { readonly fault: SyntaxFault };

/**
 * The syntax tree of a text, or the place where the text exceeds its bounds. The library
 * makes nodes of the tree by recursion, so deep nesting could end the process.
 */
function parseWithin(bounds: YamlBounds, text: string): Syntax {
  if (Buffer.byteLength(text) > bounds.bytes) return { fault: { offset: 0, sentence: tooMuch } };
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const offset = parser.offset;
    tokens.push(...parser.next(lexeme));
    const open = parser.stack.at(-1)?.type ?? '';
    // The levels come on top of the document and its top mapping.
    if (parser.stack.length > maxLevels + 2 && collections.includes(open))
      return { fault: { offset, sentence: tooDeep } };
    // Each escape may become an error of the library.
    lexemes += lexeme.startsWith('"') ? 1 + 10 * (lexeme.split('\\').length - 1) : 1;
    if (lexemes > bounds.lexemes) return { fault: { offset, sentence: tooMuch } };
  }
  tokens.push(...parser.end());
  return { tokens };
}

/** The first document of a syntax tree, which may be empty, and the second one. */
function composed(
  tokens: readonly CST.Token[],
  length: number,
): readonly [first: Document.Parsed, second?: Document.Parsed] {
  const composer = new Composer({
    // The library's own search for duplicate keys takes quadratic time.
    uniqueKeys: false,
    stringKeys: true,
    logLevel: 'error',
    // They quote the text.
    prettyErrors: false,
  });
  const [first, second] = composer.compose(tokens, true, length);
  if (first === undefined) throw new Error('the composer made no document');
  return second === undefined ? [first] : [first, second];
}

/** A key, which list items do not have, and its value, if it has one. */
type Member = readonly [key: Node | null, value: Node | null];

/**
 * Reads the nodes of one text as plain values. Aliases share their values, and together
 * add at most as many values as the text has characters: its size bounds the time of
 * everything after. Reports each duplicate key of a mapping, and each alias without an
 * anchor.
 */
class YamlValues {
  /** False if an alias has no anchor or adds too many values. */
  whole = true;
  readonly #maxValues: number;
  readonly #faults: Faults;
  /** The size is the number of values, including those of aliases. */
  readonly #anchors = new Map<
    string,
    { readonly node: Node; readonly value: unknown; readonly size: number }
  >();
  readonly #targets = new Map<Alias, Node>();
  #values = 0;

  constructor(maxValues: number, faults: Faults) {
    this.#maxValues = maxValues;
    this.#faults = faults;
  }

  read(node: Node | null): unknown {
    const before = this.#values++;
    const value = this.#contentOf(node);
    if (node !== null && !isAlias(node) && node.anchor !== undefined)
      this.#anchors.set(node.anchor, { node, value, size: this.#values - before });
    return value;
  }

  #contentOf(node: Node | null): unknown {
    if (node === null || this.#values > this.#maxValues) return undefined;
    if (isScalar(node)) return scalarOf(node);
    if (isAlias(node)) return this.#followed(node);
    if (isMap<Node, Node | null>(node)) return this.#mapping(node);
    return isSeq<Node | null>(node) ? node.items.map((item) => this.read(item)) : undefined;
  }

  #followed(alias: Alias): unknown {
    const anchored = this.#anchors.get(alias.source);
    if (anchored === undefined) return this.#refuse(alias, 'this alias has no anchor before it');
    this.#targets.set(alias, anchored.node);
    this.#values += anchored.size;
    if (this.#values <= this.#maxValues) return anchored.value;
    return this.#refuse(alias, 'the aliases so far add more values than the file has characters');
  }

  #refuse(node: Node, sentence: string): undefined {
    this.#faults.add({ offset: offsetOf(node) }, sentence);
    this.whole = false;
  }

  /** The first key wins. */
  #mapping(map: YAMLMap<Node, Node | null>): Readonly<Record<string, unknown>> {
    const members = new Map<string, unknown>();
    for (const { key, value: node } of map.items) {
      const value = this.read(node);
      const name = nameOf(key);
      if (members.has(name)) this.#faults.add({ offset: offsetOf(key) }, keyTwice);
      else members.set(name, value);
    }
    return Object.fromEntries(members);
  }

  /**
   * The offset of a place; if a part of its path is missing, that of the part before it.
   */
  offsetIn(root: Node | null, { path, at }: Exclude<Place, { offset: number }>): number {
    let member: Member = [null, root];
    for (const part of path) {
      const next = this.#memberOf(member[1], String(part));
      if (next === null) break;
      member = next;
    }
    const [key, value] = member;
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
 * The value of a scalar. A missing value is undefined, unlike an explicit `null`. A
 * number or a switch in an unusual spelling (`0x10`, `007`, `True`) is its text.
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
