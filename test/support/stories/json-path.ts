import { isDeepStrictEqual } from 'node:util';

/**
 * The part of a document at a path: `.findings[0].code`; `[]` for every element; `[WORD]` for the one
 * whose `name`, `clientAppKey`, `code` or `step` is the word. Undefined where nothing stands there.
 */
export function partAt(document: unknown, path: string): unknown {
  const steps = path.match(/\.[\w-]+|\[[^\]]*\]/g) ?? [];
  if (steps.join('') !== path) throw new Error(`no path of a document: ${path}`);
  return partBehind(document, steps);
}

function partBehind(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (step.startsWith('.')) {
    return partBehind((value as Record<string, unknown>)[step.slice(1)], rest);
  }
  if (!Array.isArray(value)) return undefined;
  const word = step.slice(1, -1);
  if (word === '') return value.map((element) => partBehind(element, rest));
  if (/^\d+$/.test(word)) return partBehind(value[Number(word)], rest);
  return partBehind(
    value.find((element) => namesOf(element).includes(word)),
    rest,
  );
}

function namesOf(element: unknown): readonly unknown[] {
  if (typeof element !== 'object' || element === null) return [];
  const { name, clientAppKey, code, step } = element as Record<string, unknown>;
  return [name, clientAppKey, code, step];
}

/** A value of a story: JSON, else the words as a text. */
export function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether a value holds all that is expected of it: an object may have more members. */
function contains(value: unknown, expected: unknown): boolean {
  if (typeof expected === 'object' && expected !== null && !Array.isArray(expected)) {
    if (typeof value !== 'object' || value === null) return false;
    return Object.entries(expected).every(([key, part]) =>
      contains((value as Record<string, unknown>)[key], part),
    );
  }
  return isDeepStrictEqual(value, expected);
}

/** Whether a list has an element that holds this, or a text these words. */
export function includes(value: unknown, expected: unknown): boolean {
  if (typeof value === 'string') return value.includes(String(expected));
  if (Array.isArray(value)) return value.some((element) => contains(element, expected));
  return contains(value, expected);
}
