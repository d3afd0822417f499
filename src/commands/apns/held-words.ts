import type { Held } from '../../tenant/certificates.ts';

/** What the tenant said, in the few words that a table has for it. */
export function wordsForHeld({ outcome, topic }: Held): string {
  if (outcome === 'same') return 'the same topic';
  if (outcome === 'unknown') return 'unknown';
  return topic === null ? 'none' : `another topic: ${topic}`;
}
