import type { Secret } from './secret.ts';

/** The replacement of a secret in a text. */
export const mask = '[secret]';
/** Shorter secrets occur in ordinary words, where a mask would reveal them. */
const shortest = 4;

/**
 * Of a base64 file or a token, the first characters alone count as the secret, since an echo may be cut anywhere. Passwords are
 * shorter or contain other characters.
 */
const encoded = /^[\w+/=.~-]{64,}$/;
const beginning = 32;
/** A range of a text, without its end. */
type Span = readonly [start: number, end: number];

/**
 * Masks every secret, in each spelling of an echoed request (see `readings`). Secrets that overlap or touch share one mask; an
 * existing mask stays. Linear in the text for any secrets.
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
 * Finds every occurrence of a pattern and merges those that overlap or touch, in linear time (Knuth, Morris and Pratt). The
 * engine's own search is quadratic for malicious input.
 * @param least the number of first units that count as an occurrence
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

/** A text without escapes, and the origin of each of its units. */
interface Reading {
  /** UTF-16. */
  readonly units: Uint16Array;
  /** The index of each unit in the original, with one more for the end. */
  readonly origins: Uint32Array;
}

/** Decodes the escape at an index: its length in units, and its code point or UTF-16 unit. */
type Decoder = (units: Uint16Array, index: number) => Escape | null;

interface Escape {
  readonly length: number;
  readonly codePoint: number;
}

/** Levels of JSON within JSON: a request as text in an answer. */
const jsonDepth = 2;

/**
 * A text unchanged, and decoded from every spelling of an echoed request: form or URL (RFC 3986 §2.1, and `+` for a space),
 * also twice; JSON (RFC 8259 §7), also twice; HTML; and nested. Linear in the text.
 */
export function* readings(text: string): Generator<Reading> {
  const plain = {
    units: unitsOf(text),
    origins: new Uint32Array(text.length + 1).map((_, index) => index),
  };
  yield* withPercent(plain);
  let json = undo(plain, decodeJson);
  for (let depth = 0; json !== null && depth < jsonDepth; depth++) {
    yield* withPercent(json);
    json = undo(json, decodeJson);
  }
  const html = undo(plain, decodeHtml);
  if (html === null) return;
  yield* withPercent(html);
  const jsonInHtml = undo(html, decodeJson);
  if (jsonInHtml !== null) yield* withPercent(jsonInHtml);
}

/** The text in UTF-16. */
function unitsOf(text: string): Uint16Array {
  return new Uint16Array(text.length).map((_, index) => text.charCodeAt(index));
}

/** A reading, also decoded from a form, a URL, or either within a URL. */
function* withPercent(reading: Reading, depth = 2): Generator<Reading> {
  yield reading;
  if (depth === 0) return;
  const form = undo(reading, decodeForm);
  if (form !== null) yield form;
  const url = undo(reading, decodePercent);
  if (url !== null) yield* withPercent(url, depth - 1);
}

/** Decodes one kind of escape; null if the reading has none. */
function undo({ units, origins }: Reading, decode: Decoder): Reading | null {
  const undone = { units: new Uint16Array(units.length), origins: new Uint32Array(units.length + 1) };
  let [length, found] = [0, false];
  const put = (unit: number, origin: number): void => {
    undone.units[length] = unit;
    undone.origins[length++] = origin;
  };
  for (let index = 0; index < units.length; index++) {
    const origin = origins[index] ?? 0;
    const undoing = decode(units, index);
    if (undoing === null) put(units[index] ?? 0, origin);
    else {
      found = true;
      const { codePoint } = undoing;
      if (codePoint > 0xffff) put(0xd7c0 + (codePoint >> 10), origin);
      put(codePoint > 0xffff ? 0xdc00 + (codePoint & 0x3ff) : codePoint, origin);
      index += undoing.length - 1;
    }
  }
  if (!found) return null;
  undone.origins[length] = origins[units.length] ?? 0;
  return { units: undone.units.subarray(0, length), origins: undone.origins.subarray(0, length + 1) };
}

const shortJson = new Map(
  [...'"\\/bfnrt'].map((letter, index) => [code(letter), code('"\\/\b\f\n\r\t', index)]),
);

function decodeJson(units: Uint16Array, index: number): Escape | null {
  if (units[index] !== 0x5c) return null;
  const letter = units[index + 1] ?? 0;
  const short = shortJson.get(letter);
  if (short !== undefined) return { length: 2, codePoint: short };
  const value = letter === code('u') ? numberAt(units, index + 2, index + 6, 16) : null;
  return value === null ? null : { length: 6, codePoint: value };
}

const namedHtml = new Map([
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
]);

/** Longer than any character reference with a few leading zeros. */
const longestReference = 16;

function decodeHtml(units: Uint16Array, index: number): Escape | null {
  if (units[index] !== code('&')) return null;
  let end = index + 1;
  while (units[end] !== code(';')) if (end >= units.length || ++end - index > longestReference) return null;
  const length = end + 1 - index;
  if (units[index + 1] !== code('#')) {
    const value = namedHtml.get(String.fromCharCode(...units.subarray(index + 1, end)));
    return value === undefined ? null : { length, codePoint: code(value) };
  }
  const isHex = (units[index + 2] ?? 0) === code('x') || units[index + 2] === code('X');
  const codePoint = numberAt(units, index + (isHex ? 3 : 2), end, isHex ? 16 : 10);
  return codePoint === null || codePoint > 0x10ffff ? null : { length, codePoint };
}

function decodeForm(units: Uint16Array, index: number): Escape | null {
  return units[index] === code('+') ? { length: 1, codePoint: code(' ') } : decodePercent(units, index);
}

/** One character of UTF-8 (RFC 3629 §3), percent-encoded byte by byte. */
function decodePercent(units: Uint16Array, index: number): Escape | null {
  const first = byteAt(units, index);
  if (first === null) return null;
  if (first < 0x80) return { length: 3, codePoint: first };
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  let codePoint = first & (0x3f >> more);
  for (let place = 1; place <= more; place++) {
    const byte = byteAt(units, index + 3 * place);
    if (byte === null || byte >> 6 !== 2) return null;
    codePoint = codePoint * 64 + (byte & 0x3f);
  }
  return codePoint > 0x10ffff ? null : { length: 3 * (more + 1), codePoint };
}

function byteAt(units: Uint16Array, index: number): number | null {
  return units[index] === 0x25 ? numberAt(units, index + 1, index + 3, 16) : null;
}

/** The number between two indexes; null if any unit is not a digit. */
function numberAt(units: Uint16Array, start: number, end: number, base: 10 | 16): number | null {
  if (start >= end) return null;
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = digitOf(units[index] ?? 0);
    if (digit >= base) return null;
    value = value * base + digit;
  }
  return value;
}

function digitOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 ? letter - 0x57 : Number.POSITIVE_INFINITY;
}

function code(text: string, index = 0): number {
  return text.charCodeAt(index);
}
