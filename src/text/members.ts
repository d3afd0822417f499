import * as v from 'valibot';

/**
 * A JSON object, no list, with these members. It keeps the others, whatever their names: a newer version may have written
 * them.
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

const anyMembers = members({});

/** The members of a JSON object; null for a list and whatever else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return v.is(anyMembers, value) ? value : null;
}

/** A JSON object whose every member is text. */
export const texts = v.custom<Readonly<Record<string, string>>>(
  (value) => isObject(value) && Object.values(value).every((member) => typeof member === 'string'),
  'no object of texts',
);

/** Text, or null where it is absent. */
export const textOrNull = v.nullish(v.string(), null);

/** ISO 8601. */
export const instant = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'no date'),
);

export const positiveInteger = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
