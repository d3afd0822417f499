import { LineCounter, type ErrorCode as SyntaxCode } from 'yaml';
import { CliError } from '../../../errors/cli-error.ts';
import { parseJson } from '../../../text/json.ts';
import { count, nearestName } from '../../../text/phrasing.ts';
import { onOneLine } from '../../../text/printable.ts';

/** The keys that lead from the top of the file to a value. */
export type Path = readonly (string | number)[];

type Place = { readonly path: Path; readonly at: 'key' | 'value' } | { readonly offset: number };

const [shownFaults, keptFaults] = [50, 1000];
/** A comparison takes up to 30 µs. */
const comparedNames = 1000;

/** What is wrong with a file, collected so that all of it is told at once. */
export function collectFaults() {
  const kept: { readonly place: Place; readonly message: string }[] = [];
  let found = 0;
  return {
    add(place: Place, message: string): void {
      found++;
      if (kept.length < keptFaults) kept.push({ place, message });
    },
    /** The name of the first thousand that was most likely meant; undefined also for faults beyond those that are shown. */
    nearest: (name: string, names: Iterable<string>): string | undefined =>
      found < shownFaults ? nearestName(name.slice(0, 40), [...names].slice(0, comparedNames)) : undefined,
    /** @throws {CliError} fleet-file-invalid, if there are any */
    throwIfAny(file: string, text: string, locate: () => (place: Place) => number): void {
      if (found === 0) return;
      const offsetOf = locate();
      const located = kept
        .map(({ place, message }) => ({ offset: offsetOf(place), message }))
        .sort((one, other) => one.offset - other.offset);
      const places = placesIn(text);
      const lines = located.map(({ offset, message }) => `${onOneLine(file)}:${places(offset)}: ${message}`);
      const told = [...new Set(lines)];
      const all = told.length + found - kept.length;
      const more = all > shownFaults ? [`… and ${count(all - shownFaults, 'more fault')}`] : [];
      throw new CliError('fleet-file-invalid', `${onOneLine(file)} has ${count(all, 'fault')}`, {
        lines: [...told.slice(0, shownFaults), ...more],
      });
    },
  };
}

export type Faults = ReturnType<typeof collectFaults>;

/** `LINE:COLUMN` of an offset, both from 1 on; columns are counted in UTF-16, as editors do. */
function placesIn(text: string): (offset: number) => string {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${line}:${col}`;
  };
}

/** A name from the file within a sentence: in quotes, on one line, and only its beginning if it is long. */
export function quoted(name: string): string {
  const letters = [...name];
  return `"${onOneLine(letters.slice(0, 60).join(''))}${letters.length > 60 ? '…' : ''}"`;
}

export const tooDeep = 'this is nested too deeply';
export const keyTwice = 'this key occurs before in the same mapping';

/** The parser's own sentences quote the text, in which a secret may stand. */
const sentences: Readonly<Partial<Record<SyntaxCode, string>>> = {
  BAD_DQ_ESCAPE: 'this is no escape sequence: write \\\\ for a backslash, or use single quotes',
  BAD_INDENT:
    'this is indented by another width than what it belongs to, or a bracket before it is not closed',
  BAD_SCALAR_START: 'text that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a key and a value cannot follow here: text with a colon needs quotes',
  BLOCK_IN_FLOW: 'within brackets only brackets can follow',
  DUPLICATE_KEY: keyTwice,
  MISSING_CHAR: 'a comma, a colon or a blank is missing here',
  MULTILINE_IMPLICIT_KEY: 'a key stands on a line of its own: text of several lines needs quotes',
  MULTIPLE_DOCS: 'a second document begins here: a file declares one fleet',
  NON_STRING_KEY: 'a key is text',
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: 'a tab cannot indent: use blanks',
  TAG_RESOLVE_FAILED: 'this tag is unknown',
};

/** What is said of a fault of the syntax. @param message the parser's */
export function syntaxSentence(code: SyntaxCode, message = ''): string {
  if (code === 'MISSING_CHAR' && message.startsWith('Missing closing'))
    return 'a quote before this is not closed';
  if (code === 'MISSING_CHAR' && message.startsWith('Implicit map keys'))
    return 'a key needs a colon and a blank behind it';
  return sentences[code] ?? 'this does not belong here';
}

/** `; did you mean acme?`; empty where no name is near. */
export function guess(near: string | undefined): string {
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** Where a member begins: its key, which the items of a list have not, and its value, where it has one. Offsets. */
export interface Span {
  readonly key: number | null;
  readonly value: number | null;
}

export interface Places {
  root?: number;
  /** Of each mapping and list that was read, by the value itself. */
  readonly members: Map<unknown, Map<string, Span>>;
}

/** Where what a place names is; where a part of its path is not there, where the part before it is. */
export function offsetIn(
  { root = 0, members }: Places,
  whole: unknown,
  { path, at }: { path: Path; at: 'key' | 'value' },
): number {
  let [value, span]: [unknown, Span] = [whole, { key: null, value: root }];
  for (const part of path) {
    const inner = members.get(value)?.get(String(part));
    if (inner === undefined) break;
    [value, span] = [(value as Readonly<Record<string, unknown>>)[part], inner];
  }
  return (at === 'value' ? (span.value ?? span.key) : (span.key ?? span.value)) ?? root;
}

/** Tells each name that an object of a JSON text has twice. */
export function findDoubles(text: string, faults: Faults): void {
  /** The names so far of each object that is open; null: a list. */
  const open: (Set<string> | null)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (unit === '{' || unit === '[') open.push(unit === '{' ? new Set() : null);
    else if (unit === '}' || unit === ']') open.pop();
    const names = open.at(-1) ?? null;
    if (unit === '{' || unit === ',') isName = names !== null;
    if (unit !== '"') continue;
    const end = endOfText(text, at);
    if (isName && names !== null) {
      const source = text.slice(at, end + 1);
      const name = source.includes('\\') ? String(parseJson(source)) : source.slice(1, -1);
      if (names.has(name)) faults.add({ offset: at }, keyTwice);
      names.add(name);
      isName = false;
    }
    at = end;
  }
}

/** Where the quote is that ends the text which begins with the one here. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"' || at >= text.length) return at;
  }
}
