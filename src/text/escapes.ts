/**
 * One kind of escape. `decode` returns the number of units that it takes, and writes the
 * text that it stands for to `into`; 0: it is none after all.
 */
export interface Escape {
  readonly starts: readonly number[];
  decode(units: Uint16Array, at: number, into: Decoded): number;
}

/** The text of one escape: at most two units. */
export interface Decoded {
  readonly units: Uint16Array;
  length: number;
}

function put(into: Decoded, codePoint: number): void {
  if (codePoint > 0xffff) {
    into.units[0] = 0xd800 + ((codePoint - 0x10000) >> 10);
    into.units[1] = 0xdc00 + ((codePoint - 0x10000) & 0x3ff);
    into.length = 2;
    return;
  }
  into.units[0] = codePoint;
  into.length = 1;
}

const codeOf = (character: string): number => character.charCodeAt(0);

/** The value of a hexadecimal digit, by its code; -1: it is none. */
const hexValues = Int8Array.from({ length: 128 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return String.fromCharCode(code) === '' ? -1 : digit;
});

/** The number of `count` hexadecimal digits; -1: they are not. */
function hexAt(units: Uint16Array, at: number, count: number): number {
  return digitsAt(units, at, { count, base: 16 });
}

interface Digits {
  readonly count: number;
  readonly base: 10 | 16;
}

/** The number of some digits; -1: they are not. */
function digitsAt(units: Uint16Array, at: number, { count, base }: Digits): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = hexValues[units[index] ?? 0] ?? -1;
    if (digit === -1 || digit >= base) return -1;
    value = value * base + digit;
  }
  return value;
}

const shortJson = new Map(
  [...'""\\\\//b\bf\fn\nr\rt\t'.matchAll(/(.)(.)/gsu)].map(([, letter = '', meaning = '']) => [
    codeOf(letter),
    codeOf(meaning),
  ]),
);

export const json: Escape = {
  starts: [codeOf('\\')],
  decode(units, at, into) {
    const letter = units[at + 1] ?? 0;
    if (letter === codeOf('u')) {
      const value = hexAt(units, at + 2, 4);
      if (value === -1) return 0;
      put(into, value);
      return 6;
    }
    const meaning = shortJson.get(letter);
    if (meaning === undefined) return 0;
    put(into, meaning);
    return 2;
  },
};

const namedInHtml = new Map([
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
]);

/** The most digits of a number in a reference: it may have a few leading zeros. */
const maxDigits = { decimal: 14, hexadecimal: 13 } as const;

export const html: Escape = {
  starts: [codeOf('&')],
  decode(units, at, into) {
    const end = endOfReference(units, at);
    if (end === 0) return 0;
    const codePoint =
      units[at + 1] === codeOf('#')
        ? numberIn(units, at + 2, end - 1)
        : codePointNamed(units, at + 1, end - 1);
    if (codePoint === -1 || codePoint > 0x10ffff) return 0;
    put(into, codePoint);
    return end - at;
  },
};

const longestReference = '&#x0000000000000;'.length;

/** The index after the semicolon of a reference; 0: none is near. */
function endOfReference(units: Uint16Array, at: number): number {
  const last = Math.min(at + longestReference, units.length);
  for (let index = at + 1; index < last; index++)
    if (units[index] === codeOf(';')) return index + 1;
  return 0;
}

/**
 * The number between two places, with an `x` before hexadecimal digits; -1: there is
 * none.
 */
function numberIn(units: Uint16Array, from: number, until: number): number {
  const isHexadecimal = units[from] === codeOf('x') || units[from] === codeOf('X');
  const first = isHexadecimal ? from + 1 : from;
  const max = isHexadecimal ? maxDigits.hexadecimal : maxDigits.decimal;
  if (until === first || until - first > max) return -1;
  return digitsAt(units, first, { count: until - first, base: isHexadecimal ? 16 : 10 });
}

/** The character of the name between two places; -1: XML does not know it. */
function codePointNamed(units: Uint16Array, from: number, until: number): number {
  for (const [name, meaning] of namedInHtml)
    if (name.length === until - from && isAt(units, from, name)) return codeOf(meaning);
  return -1;
}

function isAt(units: Uint16Array, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index++)
    if (units[at + index] !== word.charCodeAt(index)) return false;
  return true;
}

/**
 * A character of UTF-8 (RFC 3629 §3), percent-encoded byte by byte. No function of the
 * runtime decodes it: each call would take longer than the whole character here, and an
 * error much longer.
 */
export const url: Escape = {
  starts: [codeOf('%')],
  decode(units, at, into) {
    const first = byteAt(units, at);
    if (first === -1) return 0;
    if (first < 0x80) {
      put(into, first);
      return 3;
    }
    const length = lengthOfCharacter(first);
    if (length === 0) return 0;
    let codePoint = first & (0x7f >> length);
    for (let index = 1; index < length; index++) {
      const next = byteAt(units, at + 3 * index);
      if (next >> 6 !== 0b10) return 0;
      codePoint = (codePoint << 6) | (next & 0x3f);
    }
    if (!isCharacter(codePoint, length)) return 0;
    put(into, codePoint);
    return 3 * length;
  },
};

/** The byte of `%41`; -1: it is none. */
function byteAt(units: Uint16Array, at: number): number {
  return units[at] === codeOf('%') ? hexAt(units, at + 1, 2) : -1;
}

/** The bytes of a character of UTF-8, by its first byte; 0: none begins so. */
function lengthOfCharacter(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** Whether a number is a character, and none that fewer bytes would spell. */
function isCharacter(codePoint: number, length: number): boolean {
  if (length === 2) return true;
  if (length === 4) return codePoint >= 0x10000 && codePoint <= 0x10ffff;
  return codePoint >= 0x800 && (codePoint < 0xd800 || codePoint > 0xdfff);
}

export const form: Escape = {
  starts: [codeOf('%'), codeOf('+')],
  decode(units, at, into) {
    if (units[at] !== codeOf('+')) return url.decode(units, at, into);
    put(into, codeOf(' '));
    return 1;
  },
};
