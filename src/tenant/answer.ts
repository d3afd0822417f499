import * as v from 'valibot';
import { membersOf } from '../text/json.ts';

// Schemas for the members of a tenant's answer. The vendor documents few of them, so that
// a member of another type counts as one that is absent, and is no error.

/** A text that is not empty, or null. */
export const text = v.fallback(v.nullable(v.pipe(v.string(), v.nonEmpty())), null);

/** A list of anything; else an empty one. */
export const list = v.fallback(v.array(v.unknown()), []);

/** A list of anything, or null. */
export const listOrNull = v.fallback(v.nullable(v.array(v.unknown())), null);

/** A number, or the text of one, as text; else null. */
export const textOfNumber = v.fallback(
  v.nullable(v.union([v.pipe(v.string(), v.nonEmpty()), v.pipe(v.number(), v.transform(String))])),
  null,
);

/** Whether it is true, or the word for it in any letter case. */
export const isTrue = v.fallback(
  v.pipe(
    v.union([v.string(), v.boolean()]),
    v.transform((value) => String(value).toLowerCase() === 'true'),
  ),
  false,
);

/**
 * An answer's members by a schema whose members all stand for their absence, too; any
 * other answer has none of them.
 */
export function readAnswer<const Schema extends v.GenericSchema>(
  schema: Schema,
  answer: unknown,
): v.InferOutput<Schema> {
  return v.parse(schema, membersOf(answer) ?? {});
}
