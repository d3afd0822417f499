import { setMember } from './mapping.ts';

type Mapping = Record<string, unknown>;

/** A line that says nothing; one with a key, and what stands behind it. */
const silent = /^ *(?:#.*)?$/;
const entry = /^( *)([A-Za-z][\w.-]{0,200}):(?: +(\S.*))?$/;

/** What a value within a line is made of. Plain text begins like a word or a path, so it cannot be a number. */
const word = /[A-Za-z/][\w.@/-]*(?::[\w.@/-]+)*/y;
const quoted = /"([ !#-[\]-~]*)"|'([ -&(-~]*)'/y;
const key = /([A-Za-z][\w.-]{0,200}): +/y;

/** Words that are no text in one of their spellings. */
const special = /^(?:null|true|false)$/i;

const deepest = 8;

/** One tenant of that length is none that a program writes, and has a bound of its own. */
const longest = 64 * 1024;

/**
 * Tenants in the plainest YAML there is, which is what programs write: keys and values on lines of their own or in braces,
 * without anchors, escapes, numbers, or texts over several lines. It takes a tenth of the parser's time.
 * @returns null for anything else, right or wrong, which is the parser's
 */
export function readPlainPiece(text: string): Mapping | null {
  if (text.length > longest) return null;
  const top: Mapping = {};
  /** The mappings around a line, each with its indent; that of one whose first key is still to come is not known. */
  const around: { readonly mapping: Mapping; indent: number }[] = [{ mapping: top, indent: -1 }];
  for (const line of text.split('\n')) {
    if (silent.test(line)) continue;
    const [, { length: indent } = '', name = '', source] = entry.exec(line) ?? [];
    if (name === '') return null;
    let inner = around.at(-1);
    if (inner?.indent === -1) {
      if (indent <= (around.at(-2)?.indent ?? -1)) return null;
      inner.indent = indent;
    }
    for (; inner !== undefined && inner.indent > indent; inner = around.at(-1)) around.pop();
    if (inner?.indent !== indent || !isNew(name, inner.mapping)) return null;
    const value = source === undefined ? {} : valueIn(source);
    if (value === undefined) return null;
    setMember(inner.mapping, name, value);
    if (source === undefined) around.push({ mapping: value as Mapping, indent: -1 });
  }
  return around.at(-1)?.indent === -1 ? null : top;
}

/** Whether it is a text in any reading, and no member yet. */
function isNew(name: string, mapping: Mapping): boolean {
  return !special.test(name) && !Object.hasOwn(mapping, name);
}

/** The value of a whole line; undefined: it is none of those. */
function valueIn(source: string): unknown {
  let at = 0;
  const take = (token: RegExp): RegExpExecArray | null => {
    token.lastIndex = at;
    const found = token.exec(source);
    if (found !== null) at = token.lastIndex;
    return found;
  };
  const blanks = (): void => {
    while (source[at] === ' ') at++;
  };
  const skip = (character: string): boolean => {
    blanks();
    if (source[at] !== character) return false;
    at++;
    return true;
  };

  const read = (depth: number): unknown => {
    if (depth > deepest) return undefined;
    if (skip('{')) return mappingAt(depth);
    if (skip('[')) return listAt(depth);
    const text = take(quoted);
    return text === null ? plain(take(word)?.[0]) : (text[1] ?? text[2]);
  };

  const mappingAt = (depth: number): Mapping | undefined => {
    const mapping: Mapping = {};
    if (skip('}')) return mapping;
    do {
      blanks();
      const name = take(key)?.[1];
      const value = name !== undefined && isNew(name, mapping) ? read(depth + 1) : undefined;
      if (name === undefined || value === undefined) return undefined;
      setMember(mapping, name, value);
    } while (skip(','));
    return skip('}') ? mapping : undefined;
  };

  const listAt = (depth: number): unknown[] | undefined => {
    const list: unknown[] = [];
    if (skip(']')) return list;
    do {
      blanks();
      const value = read(depth + 1);
      if (value === undefined) return undefined;
      list.push(value);
    } while (skip(','));
    return skip(']') ? list : undefined;
  };

  const value = read(0);
  blanks();
  return at === source.length ? value : undefined;
}

/** What an unquoted word stands for; undefined where that depends on more than its letters. */
function plain(text: string | undefined): unknown {
  if (text === undefined || !special.test(text)) return text;
  return text === 'null' ? null : undefined;
}
