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
  for (const { text: decoded, origins } of readings(text)) {
    for (const search of searches) {
      for (const [start, end] of search(decoded)) covered.fill(1, origins[start], origins[end]);
    }
  }
  for (const [start, end] of createSearch(mask)(text)) {
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
function createSearch(pattern: string, least = pattern.length): (text: string) => Iterable<Span> {
  /** For each prefix of the pattern, the length of its longest proper suffix that is also a prefix. */
  const borders = new Int32Array(pattern.length);
  for (let index = 1, length = 0; index < pattern.length; index++) {
    while (length > 0 && pattern[index] !== pattern[length]) length = borders[length - 1] ?? 0;
    if (pattern[index] === pattern[length]) length++;
    borders[index] = length;
  }
  return function* (text) {
    let found: Span | null = null;
    for (let index = 0, length = 0; index < text.length; index++) {
      while (length > 0 && text[index] !== pattern[length]) length = borders[length - 1] ?? 0;
      if (text[index] === pattern[length]) length++;
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
  readonly text: string;
  /** The index of each unit in the original, with one more for the end. */
  readonly origins: Uint32Array;
}

/** One kind of escape, and the text that it stands for; null if it is none after all. */
interface Escape {
  readonly pattern: RegExp;
  decode(found: RegExpExecArray): string | null;
}

/** Levels of JSON within JSON: a request as text in an answer. */
const jsonDepth = 2;

/**
 * A text unchanged, and decoded from every spelling of an echoed request: form or URL (RFC 3986 §2.1, and `+` for a space),
 * also twice; JSON (RFC 8259 §7), also twice; HTML; and nested. Linear in the text.
 */
export function* readings(text: string): Generator<Reading> {
  const plain = { text, origins: new Uint32Array(text.length + 1).map((_, index) => index) };
  yield* withPercent(plain);
  let inner = undo(plain, json);
  for (let depth = 0; inner !== null && depth < jsonDepth; depth++) {
    yield* withPercent(inner);
    inner = undo(inner, json);
  }
  const page = undo(plain, html);
  if (page === null) return;
  yield* withPercent(page);
  const jsonInHtml = undo(page, json);
  if (jsonInHtml !== null) yield* withPercent(jsonInHtml);
}

/** A reading, also decoded from a form, a URL, or either within a URL. */
function* withPercent(reading: Reading, depth = 2): Generator<Reading> {
  yield reading;
  if (depth === 0) return;
  const inForm = undo(reading, form);
  if (inForm !== null) yield inForm;
  const inUrl = undo(reading, url);
  if (inUrl !== null) yield* withPercent(inUrl, depth - 1);
}

/** Decodes one kind of escape; null if the reading has none. */
function undo({ text, origins }: Reading, { pattern, decode }: Escape): Reading | null {
  // A string built from a million pieces needs 100 MB; a buffer does not.
  const units = Buffer.allocUnsafe(2 * text.length);
  const newOrigins = new Uint32Array(text.length + 1);
  let [length, end] = [0, 0];
  const add = (part: string): void => {
    length += units.write(part, 2 * length, 'utf16le') / 2;
  };
  const keep = (until: number): void => {
    newOrigins.set(origins.subarray(end, until), length);
    add(text.slice(end, until));
  };
  for (const found of text.matchAll(pattern)) {
    const decoded = decode(found);
    if (decoded === null) continue;
    keep(found.index);
    newOrigins.fill(origins[found.index] ?? 0, length, length + decoded.length);
    add(decoded);
    end = found.index + found[0].length;
  }
  if (end === 0) return null;
  keep(text.length + 1);
  return {
    text: units.toString('utf16le', 0, 2 * length),
    origins: newOrigins.subarray(0, length + 1),
  };
}

const shortJson: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const json: Escape = {
  pattern: /\\(?:(["\\/bfnrt])|u([\da-fA-F]{4}))/g,
  decode: ([, short = '', hex]) =>
    hex === undefined ? (shortJson[short] ?? short) : String.fromCharCode(Number.parseInt(hex, 16)),
};

const namedInHtml: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
};

/** The numbers have few leading zeros. */
const html: Escape = {
  pattern: /&(?:(quot|apos|amp|lt|gt)|#(\d{1,14})|#[xX]([\da-fA-F]{1,13}));/g,
  decode([, name, decimal, hex = '']) {
    if (name !== undefined) return namedInHtml[name] ?? null;
    const codePoint = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return codePoint > 0x10ffff ? null : String.fromCodePoint(codePoint);
  },
};

/** A character of UTF-8 (RFC 3629 §3), percent-encoded byte by byte. */
const url: Escape = {
  pattern:
    /%(?:[0-7]|(?:C[2-9A-F]|D[\dA-F]|E0%[AB][\dA-F]|E[1-9A-CEF]%[89AB][\dA-F]|ED%[89][\dA-F]|(?:F0%[9AB]|F[1-3]%[89AB]|F4%8)[\dA-F]%[89AB][\dA-F])%[89AB])[\dA-F]/gi,
  decode: ([encoded]) => decodeURIComponent(encoded),
};

const form: Escape = {
  pattern: new RegExp(`\\+|${url.pattern.source}`, 'gi'),
  decode: (found) => (found[0] === '+' ? ' ' : url.decode(found)),
};
