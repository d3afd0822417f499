export type LetterCase = 'insensitive' | 'sensitive';

/** Whether two names are the same. */
export function sameName(a: string, b: string, letterCase: LetterCase = 'insensitive'): boolean {
  return letterCase === 'sensitive' ? a === b : a.toLowerCase() === b.toLowerCase();
}
