import type { Secret } from './secret.ts';
import { readings, unitsOf } from './spellings.ts';

/** What replaces a secret in a text. */
export const mask = '[secret]';

/** Shorter secrets occur in ordinary words, and masking them there would reveal them. */
const shortest = 4;

/**
 * A file in base64, or a token, is revealed by this many of its first characters as much as by all of it: an echo may be
 * cut anywhere. Passwords are shorter, or contain other characters.
 */
const encoded = /^[\w+/=.~-]{64,}$/;
const beginning = 32;

/** A place in a text: its first character and the one after its last. */
type Span = readonly [start: number, end: number];

/**
 * The text with every secret masked, in each spelling that an echoed request may have (see `readings`); secrets that
 * overlap or touch share one mask, and an existing mask is left alone. Takes time in proportion to the text, whatever
 * the secrets are.
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
 * Every occurrence of a pattern in a text, those that overlap or touch merged, in linear time whatever both are: the
 * search of Knuth, Morris and Pratt. The engine's own is quadratic for a maliciously chosen pattern and text.
 * @param least how many of its first units are enough, if the rest does not follow
 */
function createSearch(text: string, least = text.length): (units: Uint16Array) => Iterable<Span> {
  const pattern = unitsOf(text);
  /** For each prefix of the pattern, the length of its longest proper suffix that is also a prefix. */
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
