import { onOneLine } from '../text/printable.ts';
import type { Objection, ObjectionCode } from './judge-reach.ts';

/** The objections that leave it open whether pushes reach phones. */
const openOnes: ReadonlySet<ObjectionCode> = new Set(['outcome-unknown', 'issuer-not-apple']);

/**
 * The objection that a headline tells, or null: the first that is certain, else the
 * first.
 */
export function mainObjection(against: readonly Objection[]): Objection | null {
  return against.find(isCertain) ?? against[0] ?? null;
}

function isCertain({ code }: Objection): boolean {
  return !openOnes.has(code);
}

/** The verdict without its reason: `will not reach phones`, or `may not`. */
export function reachVerb(objection: Objection): string {
  return `${isCertain(objection) ? 'will' : 'may'} not reach phones`;
}

interface AgainstTerms {
  /** `Pushes` if left out. */
  readonly subject?: string;
  /** ` at acme` */
  readonly place?: string;
  /** What would make a certain objection void. */
  readonly unless?: string;
}

/** The verdict of a headline, with its reason; null if nothing speaks against pushes. */
export function wordsAgainst(
  against: readonly Objection[],
  { subject = 'Pushes', place = '', unless = '' }: AgainstTerms = {},
): string | null {
  const objection = mainObjection(against);
  if (objection === null) return null;
  const condition = isCertain(objection) ? unless : '';
  const verdict = `${subject} ${reachVerb(objection)}${place}${condition}`;
  return `${verdict}: ${onOneLine(objection.message)}`;
}
