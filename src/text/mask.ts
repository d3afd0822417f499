import { nextOf, readings, unitsOf } from './readings.ts';
import type { Secret } from './secret.ts';

/** The replacement of a secret in a text. */
export const mask = '[secret]';
/** Shorter secrets occur in ordinary words, where a mask would reveal them. */
const shortest = 4;

/**
 * Of a base64 file or a token, the first characters alone count as the secret, since an
 * echo may be cut anywhere. Passwords are shorter or contain other characters.
 */
const encoded = /^[\w+/=.~-]{64,}$/;
const beginning = 32;
/** A range of a text, without its end. */
type Span = readonly [start: number, end: number];

/**
 * Masks every secret, in each spelling of an echoed request (see `readings`). Secrets
 * that overlap or touch share one mask; an existing mask stays. Linear in the text for
 * any secrets.
 */
export function masked(text: string, secrets: readonly Secret[]): string {
  const values = secrets
    .map((secret) => secret.reveal())
    .filter((value) => value.length >= shortest && leastOf(value) <= text.length);
  if (values.length === 0) return text;
  const searches = [...new Set(values)].map(searchFor);
  const covered = new Uint8Array(text.length);
  const overlap = maxUnits * Math.max(...values.map(leastOf));
  for (let from = 0; from < text.length; ) {
    let end = from + windowUnits + overlap;
    while (!cover(covered, text.slice(from, end), from, searches) && end < text.length)
      end += end - from;
    from = startBefore(text, end - overlap);
  }
  for (const start of placesOf(mask, text)) {
    const end = start + mask.length;
    const crossed = [start, end].some((edge) => covered[edge - 1] === 1 && covered[edge] === 1);
    if (!crossed) covered.fill(0, start, end);
  }
  return withMasks(text, covered);
}

/**
 * Where a text has the mask. The mask does not overlap itself, so that the search is
 * linear.
 */
function* placesOf(word: string, text: string): Generator<number> {
  let at = text.indexOf(word);
  while (at !== -1) {
    yield at;
    at = text.indexOf(word, at + word.length);
  }
}

/**
 * Units of a text that are read at a time, so that the readings of a long text take
 * little memory: a window, and after it as many units as a secret has in its longest
 * spelling.
 */
const windowUnits = 256 * 1024;

/**
 * The most units for one of a secret: three bytes of UTF-8 in a URL within a URL, each
 * character of that as `\\uXXXX` in JSON.
 */
const maxUnits = 3 * 5 * 6;

/** Where to begin a window: not after a backslash, which may be half of an escape. */
function startBefore(text: string, at: number): number {
  let start = at;
  while (start > at - windowUnits / 2 && text[start - 1] === '\\') start--;
  return start;
}

/**
 * Covers each secret in a part of a text. Returns whether it is sure that all were seen
 * to their end: false where one reaches the end of the part.
 */
function cover(
  covered: Uint8Array,
  part: string,
  from: number,
  searches: readonly Search[],
): boolean {
  let isWhole = true;
  for (const { units, origins } of readings(part)) {
    for (const search of searches) {
      for (const [start, end] of occurrences(units, search)) {
        covered.fill(1, from + (origins[start] ?? 0), from + (origins[end] ?? part.length));
        if (end === units.length) isWhole = false;
      }
    }
  }
  return isWhole;
}

function leastOf(value: string): number {
  return encoded.test(value) ? beginning : value.length;
}

function withMasks(text: string, covered: Uint8Array): string {
  const parts: string[] = [];
  for (let index = 0; index < text.length; ) {
    const isSecret = covered[index] === 1;
    const next = covered.indexOf(isSecret ? 0 : 1, index);
    const end = next === -1 ? text.length : next;
    parts.push(isSecret ? mask : text.slice(index, end));
    index = end;
  }
  return parts.join('');
}

/** A secret to find, and how far the search for it has come. */
interface Search {
  readonly pattern: Uint16Array;
  /**
   * For each prefix of the pattern, the length of its longest proper suffix that is also
   * a prefix.
   */
  readonly borders: Int32Array;
  /** The number of first units that count as an occurrence. */
  readonly least: number;
}

function searchFor(value: string): Search {
  const pattern = unitsOf(value);
  return { pattern, borders: bordersOf(pattern), least: leastOf(value) };
}

function bordersOf(pattern: Uint16Array): Int32Array {
  const borders = new Int32Array(pattern.length);
  let length = 0;
  for (let index = 1; index < pattern.length; index++) {
    while (length > 0 && pattern[index] !== pattern[length]) length = borders[length - 1] ?? 0;
    if (pattern[index] === pattern[length]) length++;
    borders[index] = length;
  }
  return borders;
}

/**
 * Finds every occurrence of a pattern and merges those that overlap or touch, in linear
 * time (Knuth, Morris and Pratt). The engine's own search is quadratic for malicious
 * input.
 */
function occurrences(units: Uint16Array, { pattern, borders, least }: Search): readonly Span[] {
  const [first = 0] = pattern;
  const found: Span[] = [];
  let start = -1;
  let end = -1;
  let length = 0;
  for (let index = 0; index < units.length; index++) {
    if (length === 0) index = nextOf(units, index, first, first);
    const unit = units[index];
    while (length > 0 && unit !== pattern[length]) length = borders[length - 1] ?? 0;
    if (unit === pattern[length]) length++;
    if (length >= least) {
      const from = index + 1 - length;
      if (from > end && end !== -1) found.push([start, end]);
      if (from > end) start = from;
      end = index + 1;
    }
    if (length === pattern.length) length = borders[length - 1] ?? 0;
  }
  if (end !== -1) found.push([start, end]);
  return found;
}
