import { Composer, type CST, type Document, isMap, Lexer, type Node, Parser } from 'yaml';
import { type Faults, type Places, syntaxSentence, tooDeep } from './faults.ts';
import { deepest, type OpenMapping, YamlValues } from './yaml-values.ts';

/** Limits on the parser's work for a YAML text. */
export interface YamlBounds {
  readonly characters: number;
  /** The library's tokens, including blanks and line ends: 10,000 tenants of seven lines have 850,000. */
  readonly lexemes: number;
  /** Tokens whose nodes are in memory together; 250,000 take some 60 MB. */
  readonly atOnce: number;
  /** Tenants that are composed together; the nodes of earlier ones are freed by then. */
  readonly batch: number;
}

export const yamlBounds: YamlBounds = {
  characters: 16 * 1024 * 1024,
  lexemes: 1_500_000,
  atOnce: 250_000,
  batch: 100,
};

const tooMuch = 'a file with this many values must be valid JSON';

interface YamlFile {
  /** False: it is not YAML, or has no end, so it has no structure to check. */
  readonly whole: boolean;
  readonly value: unknown;
}

/**
 * Reads a YAML 1.2 text with the core schema, and reports its syntax faults. The library parses it once and composes its
 * tenants one batch at a time, so that the limits on tokens, nodes and levels bound time and memory.
 */
export function readYaml(text: string, bounds: YamlBounds, faults: Faults, places: Places | null): YamlFile {
  const refuse = (offset: number, sentence: string): YamlFile => {
    faults.add({ offset }, sentence);
    return { whole: false, value: undefined };
  };
  if (text.length > bounds.characters) return refuse(0, tooMuch);
  const values = new YamlValues(text.length, faults, places);
  // The library's own search for duplicate keys takes quadratic time.
  const composer = new Composer({ uniqueKeys: false, stringKeys: true, logLevel: 'error' });
  const parser = new Parser();
  const begun = [values.open(), values.open()];
  const told = new Set<number>();
  let [lexemes, cutAt, documents, hasDirective] = [0, 0, 0, false];

  /** Reports the first fault at each place of a document: the others follow from it. */
  const addFaults = ({ errors, warnings }: Document.Parsed): void => {
    for (const { code, message, pos } of [...errors, ...warnings]) {
      if (!told.has(pos[0]))
        faults.add({ offset: Math.min(pos[0], text.length) }, syntaxSentence(code, message));
      told.add(pos[0]);
    }
  };
  /** The fault, if the parser cannot continue. */
  const compose = (tokens: Iterable<CST.Token>): readonly [offset: number, sentence: string] | null => {
    for (const token of tokens) {
      if (token.type === 'directive') hasDirective = true;
      if (token.type === 'document' && ++documents > 1)
        return [token.offset, syntaxSentence('MULTIPLE_DOCS')];
      if (token.type === 'error' && token.message.includes('in YAML stream'))
        return [token.offset, syntaxSentence('UNEXPECTED_TOKEN')];
      for (const document of composer.next(token)) addFaults(document);
    }
    return null;
  };
  const composeEntries = (value: CST.BlockMap, depth: number): void => {
    if (value.items.length === 0) return;
    for (const _ of composer.next({ type: 'document', offset: value.offset, start: [], value }));
    for (const document of composer.end()) {
      addFaults(document);
      if (isMap(document.contents)) values.add(begun[depth] as OpenMapping, document.contents, depth);
    }
  };

  for (const lexeme of new Lexer().lex(text)) {
    const start = parser.offset;
    const broken = compose(parser.next(lexeme));
    if (broken !== null) return refuse(...broken);
    const { stack } = parser;
    // The levels come on top of the document and its top mapping.
    if (stack.length > deepest + 2 && isCollection(stack.at(-1))) return refuse(start, tooDeep);
    if (++lexemes > bounds.lexemes || lexemes - cutAt > bounds.atOnce) return refuse(start, tooMuch);
    if (!lexeme.endsWith('\n') || hasDirective) continue;
    const finished = takeFinished(parser, bounds.batch);
    if (finished === null) continue;
    finished.forEach(composeEntries);
    cutAt = lexemes;
  }
  const broken = compose(parser.end());
  if (broken !== null) return refuse(...broken);
  const [document] = composer.end(true, text.length);
  if (document === undefined) return { whole: false, value: undefined };
  addFaults(document);
  const value = values.read(document.contents as Node | null, cutAt === 0 ? [] : begun);
  return { whole: values.whole && told.size === 0, value };
}

function isCollection(token: CST.Token | undefined): boolean {
  return token?.type === 'block-map' || token?.type === 'block-seq' || token?.type === 'flow-collection';
}

/**
 * Takes the entries before the tenants, and all finished tenants, out of the parser's tree, if the tenants form a block mapping
 * without an anchor; null if they are fewer than `batch`. The parser looks back at two entries at most.
 */
function takeFinished({ stack }: Parser, batch: number): readonly CST.BlockMap[] | null {
  const [document, top, tenants] = stack;
  if (document?.type !== 'document' || top?.type !== 'block-map' || tenants?.type !== 'block-map')
    return null;
  if (tenants.items.length < batch + 2) return null;
  const entry = top.items.find(({ key }) => key?.type === 'scalar' && key.source === 'tenants');
  if (entry === undefined || entry !== top.items.at(-1) || entry.explicitKey === true) return null;
  if (entry.sep?.some(({ type }) => type === 'anchor' || type === 'tag') === true) return null;
  return [takeItems(top, 1), takeItems(tenants, 2)];
}

function takeItems(map: CST.BlockMap, left: number): CST.BlockMap {
  const taken = { ...map, items: map.items.splice(0, map.items.length - left) };
  const [next] = map.items;
  map.offset = next?.start[0]?.offset ?? next?.key?.offset ?? map.offset;
  return taken;
}
