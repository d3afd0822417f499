import { type Decoded, type Escape, form, html, json, url } from './escapes.ts';

/** A text without escapes, and the origin of each of its UTF-16 units. */
export interface Reading {
  readonly units: Uint16Array;
  /** The index of each unit in the original, with one more for the end. */
  readonly origins: Uint32Array;
}

/** Levels of JSON within JSON: a request as text in an answer. */
const jsonDepth = 2;

/**
 * A text unchanged, and decoded from every spelling of an echoed request: form or URL
 * (RFC 3986 §2.1, and `+` for a space), also twice; JSON (RFC 8259 §7), also twice; HTML;
 * and nested. Linear in the text.
 */
export function* readings(text: string): Generator<Reading> {
  const plain = plainReading(text);
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

function plainReading(text: string): Reading {
  const origins = new Uint32Array(text.length + 1);
  for (let index = 0; index <= text.length; index++) origins[index] = index;
  return { units: unitsOf(text), origins };
}

/** The UTF-16 units of a text. */
export function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let index = 0; index < text.length; index++) units[index] = text.charCodeAt(index);
  return units;
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
function undo(reading: Reading, { starts, decode }: Escape): Reading | null {
  const { units } = reading;
  const [start = 0, other = start] = starts;
  const decoded: Decoded = { units: new Uint16Array(2), length: 0 };
  let unescaped: Unescaped | null = null;
  let end = 0;
  let index = nextOf(units, 0, start, other);
  while (index < units.length) {
    const taken = decode(units, index, decoded);
    if (taken > 0) {
      unescaped ??= new Unescaped(reading);
      unescaped.keep(end, index);
      unescaped.add(decoded, index);
      end = index + taken;
    }
    index = nextOf(units, index + Math.max(taken, 1), start, other);
  }
  if (unescaped === null) return null;
  unescaped.keep(end, units.length);
  return unescaped.reading();
}

/**
 * The next place of one of two units, or the length: a loop of its own, which is quicker.
 */
export function nextOf(units: Uint16Array, from: number, one: number, other: number): number {
  let index = from;
  while (index < units.length && units[index] !== one && units[index] !== other) index++;
  return index;
}

/** In units: shorter parts are copied one by one, which is quicker. */
const longPart = 64;

/** The reading that `undo` makes, part by part. */
class Unescaped {
  readonly #from: Reading;
  readonly #units: Uint16Array;
  readonly #origins: Uint32Array;
  #length = 0;

  constructor(from: Reading) {
    this.#from = from;
    this.#units = new Uint16Array(from.units.length);
    this.#origins = new Uint32Array(from.origins.length);
  }

  /** Takes a part as it is. */
  keep(from: number, until: number): void {
    if (until - from < longPart) {
      for (let index = from; index < until; index++)
        this.#push(this.#from.units[index] ?? 0, index);
      return;
    }
    this.#units.set(this.#from.units.subarray(from, until), this.#length);
    this.#origins.set(this.#from.origins.subarray(from, until), this.#length);
    this.#length += until - from;
  }

  /** Takes the text of the escape at an index. */
  add({ units, length }: Decoded, at: number): void {
    for (let index = 0; index < length; index++) this.#push(units[index] ?? 0, at);
  }

  #push(unit: number, at: number): void {
    this.#units[this.#length] = unit;
    this.#origins[this.#length] = this.#from.origins[at] ?? 0;
    this.#length += 1;
  }

  reading(): Reading {
    this.#origins[this.#length] = this.#from.origins.at(-1) ?? 0;
    return {
      units: this.#units.subarray(0, this.#length),
      origins: this.#origins.subarray(0, this.#length + 1),
    };
  }
}
