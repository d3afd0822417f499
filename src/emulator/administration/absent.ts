import type { Assumptions } from '../assumptions.ts';
import { notFound } from './required.ts';

/** What looking up a name returns if nothing has that name. @throws {Refusal} */
export function absent(assumptions: Assumptions): null {
  if (assumptions['absent-name'] === 'refused') throw notFound();
  return null;
}
