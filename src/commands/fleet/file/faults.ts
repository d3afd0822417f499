import { LineCounter, type ErrorCode as SyntaxCode } from 'yaml';
import { CliError } from '../../../errors/cli-error.ts';
import { nearestName } from '../../../text/nearest-name.ts';
import { count } from '../../../text/phrasing.ts';
import { onOneLine } from '../../../text/printable.ts';

/** The keys that lead from the top of the file to a value. */
export type Path = readonly (string | number)[];

export type Place =
  | { readonly path: Path; readonly at: 'key' | 'value' }
  | { readonly offset: number };

const shownFaults = 50;
const keptFaults = 1000;
/** A comparison takes up to 30 µs. */
const comparedNames = 1000;

/** The faults of a file so far. */
export interface Faults {
  isEmpty(): boolean;
  clear(): void;
  add(place: Place, message: string): void;
  /**
   * The most similar of the first thousand names; undefined if none is similar, or past
   * the faults that are shown.
   */
  nearest(name: string, names: Iterable<string>): string | undefined;
  /** @throws {CliError} fleet-file-invalid, if there are any */
  throwIfAny(file: string, text: string, locate: () => FaultLocator): void;
}

interface FaultLocator {
  readonly offsetOf: (place: Place) => number;
}

/** Collects the faults of a file, to report them together. */
export function collectFaults(): Faults {
  const kept: { readonly place: Place; readonly message: string }[] = [];
  let found = 0;
  return {
    isEmpty: () => found === 0,
    clear() {
      found = kept.length = 0;
    },
    add(place, message) {
      found++;
      if (kept.length < keptFaults) kept.push({ place, message });
    },
    nearest: (name, names) =>
      found < shownFaults
        ? nearestName(name.slice(0, 40), [...names].slice(0, comparedNames))
        : undefined,
    throwIfAny(file, text, locate) {
      if (found === 0) return;
      const { offsetOf } = locate();
      const located = kept
        .map(({ place, message }) => ({ offset: offsetOf(place), message }))
        .sort((one, other) => one.offset - other.offset);
      const places = placesIn(text);
      const lines = located.map(
        ({ offset, message }) => `${onOneLine(file)}:${places(offset)}: ${message}`,
      );
      const distinct = [...new Set(lines)];
      const all = distinct.length + found - kept.length;
      const more = all > shownFaults ? [`… and ${count(all - shownFaults, 'more fault')}`] : [];
      throw new CliError('fleet-file-invalid', `${onOneLine(file)} has ${count(all, 'fault')}`, {
        lines: [...distinct.slice(0, shownFaults), ...more],
      });
    },
  };
}

/** `LINE:COLUMN` of an offset, both from 1; columns count UTF-16 units, as editors do. */
function placesIn(text: string): (offset: number) => string {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1))
    lines.addNewLine(end + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${line}:${col}`;
  };
}

/**
 * A name from the file for a sentence: quoted, on one line, and shortened if it is long.
 */
export function quoted(name: string): string {
  const letters = [...name];
  return `"${onOneLine(letters.slice(0, 60).join(''))}${letters.length > 60 ? '…' : ''}"`;
}

export const tooDeep = 'this is nested too deeply';
export const keyTwice = 'this key appears twice in the same mapping';

/** Replace the parser's own sentences, which quote text that may hold a secret. */
const sentences: Readonly<Partial<Record<SyntaxCode, string>>> = {
  BAD_DQ_ESCAPE: 'this is not an escape sequence: write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'the indentation does not match, or an earlier bracket is not closed',
  BAD_SCALAR_START: 'text that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a key cannot follow a value here: check the indentation, or quote text that contains a colon',
  BLOCK_IN_FLOW: 'inside brackets, nested values need brackets as well',
  DUPLICATE_KEY: keyTwice,
  MISSING_CHAR: 'a comma, a colon or a space is missing here',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line: text of several lines needs quotes',
  MULTIPLE_DOCS: 'a second YAML document starts here, but a fleet file has only one',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: 'tabs cannot indent: use spaces',
  TAG_RESOLVE_FAILED: 'this tag is unknown',
};

/** The sentence for a syntax fault. @param message the parser's */
export function syntaxSentence(code: SyntaxCode, message = ''): string {
  if (code === 'MISSING_CHAR' && message.startsWith('Missing closing'))
    return 'an earlier quote is not closed';
  if (code === 'MISSING_CHAR' && message.startsWith('Implicit map keys'))
    return 'a key needs a colon and a space after it';
  return sentences[code] ?? 'this is not allowed here';
}

/** `; did you mean acme?`; empty if no name is similar. */
export function guess(near: string | undefined): string {
  return near === undefined ? '' : `; did you mean ${near}?`;
}
