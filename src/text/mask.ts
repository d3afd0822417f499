import type { Secret } from '../secret.ts';
import { readings, unitsOf } from './spellings.ts';

/** What stands in a text where a secret stood. */
export const mask = '[secret]';

/** A shorter secret is found in ordinary words, and taking it out there would tell it. */
const shortest = 4;

/**
 * A file in base64, or a token, is told by so many of its first characters as by all of it: an echo may be cut anywhere.
 * Passwords are shorter, or hold other characters.
 */
const encoded = /^[\w+/=.~-]{64,}$/;
const beginning = 32;

/** Where something stands in a text: its first character and the one behind its last. */
type Span = readonly [start: number, end: number];

/**
 * The text with every secret masked, in each spelling that an echoed request may have (see `readings`); secrets that
 * overlap or touch share one mask, and a mask that is there already is left alone. Takes time in proportion to the text,
 * whatever the secrets are.
 */
export function masked(text: string, secrets: readonly Secret[]): string {
  const values = secrets
    .map((secret) => secret.reveal())
    .filter((value) => value.length >= shortest && leastOf(value) <= text.length);
  if (values.length === 0) return text;
  const searches = [...new Set(values)].map((value) => createSearch(value, leastOf(value)));
  const covered = new Uint8Array(text.length);
  for (const { units, origins } of readings(text)) {
    for (const search of searches) {
      for (const [start, end] of search(units)) covered.fill(1, origins[start], origins[end]);
    }
  }
  for (const [start, end] of createSearch(mask)(unitsOf(text))) {
    const crossed = [start, end].some((edge) => covered[edge - 1] === 1 && covered[edge] === 1);
    if (!crossed) covered.fill(0, start, end);
  }
  return withMasks(text, covered);
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

/**
 * Every place of a pattern in a text, those that overlap or touch as one, in linear time whatever both are: Knuth, Morris
 * and Pratt's search. The engine's own takes quadratic time for a pattern and a text that were made for it.
 * @param least how many of its first units are enough, where no more of it follows
 */
function createSearch(text: string, least = text.length): (units: Uint16Array) => Iterable<Span> {
  const pattern = unitsOf(text);
  /** For each prefix of the pattern: how long its longest true suffix is that is a prefix too. */
  const borders = new Int32Array(pattern.length);
  for (let index = 1, length = 0; index < pattern.length; index++) {
    while (length > 0 && pattern[index] !== pattern[length]) length = borders[length - 1] ?? 0;
    if (pattern[index] === pattern[length]) length++;
    borders[index] = length;
  }
  return function* (units) {
    let found: Span | null = null;
    for (let index = 0, length = 0; index < units.length; index++) {
      while (length > 0 && units[index] !== pattern[length]) length = borders[length - 1] ?? 0;
      if (units[index] === pattern[length]) length++;
      if (length >= least) {
        const [start, end] = [index + 1 - length, index + 1];
        if (found !== null && start > found[1]) yield found;
        found = found !== null && start <= found[1] ? [found[0], end] : [start, end];
      }
      if (length === pattern.length) length = borders[length - 1] ?? 0;
    }
    if (found !== null) yield found;
  };
}
