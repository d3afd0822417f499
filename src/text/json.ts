import * as v from 'valibot';

/**
 * Limits of a JSON document. They count work, not time, so that they are the same on
 * every machine.
 */
export interface JsonLimits {
  /** UTF-16 units of its text. */
  readonly length: number;
  /** Members of objects and elements of lists at all levels. */
  readonly members: number;
}

/**
 * For a tenant's answers, of which the largest known has about 30,000 members, and for
 * other small documents.
 */
const ordinary: JsonLimits = { length: 64 * 1024 * 1024, members: 200_000 };
/**
 * For this program's files on many tenants: a record of 100,000 tenants has 800,000
 * members.
 */
export const manyTenants: JsonLimits = { length: 256 * 1024 * 1024, members: 20_000_000 };
/**
 * The deepest document, ten times deeper than any tenant's answer. Recursive code walks
 * the documents.
 */
const deepest = 100;

/**
 * The value of a JSON text (RFC 8259); undefined for any other text, or beyond the limits
 * or 100 levels.
 */
export function parseJson(given: string | Uint8Array, limits = ordinary): unknown {
  try {
    const text = typeof given === 'string' ? given : Buffer.from(given).toString('utf8');
    return excessOf(text, limits) === null ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * As `parseJson`, of a text that its caller keeps shorter than 64 KiB, for a value whose
 * depth nothing walks. Ledgers have many lines, and counting costs as much as parsing.
 */
export function parseShortJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Parses a JSON text with a schema; null if it does not match or exceeds the limits. */
export function readJson<const Schema extends v.GenericSchema>(
  schema: Schema,
  given: string | Uint8Array,
  limits = ordinary,
): v.InferOutput<Schema> | null {
  const read = v.safeParse(schema, parseJson(given, limits));
  return read.success ? read.output : null;
}

/**
 * Why a text exceeds the limits, to complete "it"; null if it does not. The text may not
 * be JSON.
 */
export function excessOf(text: string, limits = ordinary): string | null {
  if (text.length > limits.length) return 'is too long';
  let depth = 0;
  let members = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === quote) quoted = !quoted;
    else if (quoted) index += unit === backslash ? 1 : 0;
    else if (unit === comma) members++;
    else if (unit === openList || unit === openObject) {
      depth++;
      members++;
    } else if (unit === closeList || unit === closeObject) depth--;
    if (depth > deepest) return 'is nested too deep';
    if (members > limits.members) return 'has too many members';
  }
  return null;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/**
 * A JSON object with these members. It keeps all others, which a newer version may have
 * written.
 */
export function members<const Entries extends v.ObjectEntries>(entries: Entries) {
  const known = v.object(entries);
  return v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isObject, 'no object'),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const read = v.safeParse(known, dataset.value);
      if (read.success) return { ...dataset.value, ...read.output };
      for (const { message } of read.issues) addIssue({ message });
      return NEVER;
    }),
  );
}

/** The named members of a schema of `members`, read-only. */
export type ReadBy<Schema extends v.GenericSchema> = Known<v.InferOutput<Schema>>;

type Known<Value> = Value extends readonly (infer Element)[]
  ? readonly Known<Element>[]
  : Value extends object
    ? {
        readonly [Key in keyof Value as string extends Key
          ? unknown extends Value[Key]
            ? never
            : Key
          : Key]: Known<Value[Key]>;
      }
    : Value;

const anyMembers = members({});

/** The members of a JSON object; null for any other value. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return v.is(anyMembers, value) ? value : null;
}

/** A JSON object whose every member is text. */
export const texts = v.custom<Readonly<Record<string, string>>>(
  (value) => isObject(value) && Object.values(value).every((member) => typeof member === 'string'),
  'no object of texts',
);

export const textOrNull = v.nullish(v.string(), null);

const isoInstant =
  /^(\d{4}|[+-]\d{6})-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * A moment in ISO 8601 with its zone. By its form too: V8 takes a date with a NUL in it,
 * and no longer once that is escaped.
 */
export const instant = v.pipe(
  v.string(),
  v.check((text) => isoInstant.test(text) && !Number.isNaN(Date.parse(text)), 'no date'),
);

export const positiveInteger = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Whether a JSON value is an object, not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
