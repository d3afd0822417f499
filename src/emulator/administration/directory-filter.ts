import { isObject } from '../../text/json.ts';
import { Refusal } from '../envelope.ts';
import type { Row } from './query-result.ts';

/**
 * Whether a row matches a filter of `DirectoryServiceQuery`, such as `{"Name":{"_eq":"x"}}`. An empty one matches all.
 * @throws {Refusal} an unknown operator
 */
export function matchesFilter(row: Row, filter: unknown): boolean {
  if (!isObject(filter)) throw unknown('filter');
  return Object.entries(filter).every(([name, condition]) => {
    if (name === '_or' || name === '_and') {
      if (!Array.isArray(condition)) throw unknown(name);
      // Evaluate all of them, so that a condition that holds does not hide an invalid one.
      const held = condition.map((part) => matchesFilter(row, part));
      return name === '_or' ? held.some(Boolean) : held.every(Boolean);
    }
    return isObject(condition) && meets(row[name], condition);
  });
}

function meets(value: unknown, condition: Record<string, unknown>): boolean {
  return Object.entries(condition).every(([operator, operand]) => {
    const { value: text, ignoreCase } = isObject(operand)
      ? operand
      : { value: operand, ignoreCase: operator === '_like' };
    const fold = (one: unknown): string => (ignoreCase === true ? String(one).toLowerCase() : String(one));
    if (operator === '_eq') return value !== undefined && fold(value) === fold(text);
    if (operator === '_like') return value !== undefined && fold(value).includes(fold(text));
    throw unknown(operator);
  });
}

function unknown(what: string): Refusal {
  return new Refusal('System.ArgumentException', `The filter has an unknown part: ${what}.`);
}
