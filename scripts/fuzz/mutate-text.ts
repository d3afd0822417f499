import { mutateBytes } from './mutate-bytes.ts';
import type { Random } from './random.ts';

const esc = '\u001b';
/** Text that a terminal obeys, that changes the direction of text, or that parsers stumble over. */
export const hostileTexts = [
  `${esc}[31m`,
  `${esc};`,
  `${esc}]0;PWNED\u0007`,
  `${esc}P`,
  '\u009b2J',
  '\u202e',
  '\u2066',
  '\u2028',
  '\u0000',
  '\r\n',
  '\ud800',
  '\ufeff',
  '[secret]',
  '__proto__',
  'constructor',
  'hunter2-secret',
  '%',
  '&amp;',
  '💥',
];

/** Inserts hostile words and words of the format, repeats and nests, or changes bytes; the text is UTF-8. */
export function mutateText(
  input: Uint8Array,
  others: readonly Uint8Array[],
  words: readonly string[],
  random: Random,
): Uint8Array {
  if (random.once(3)) return mutateBytes(input, others, random);
  let text = Buffer.from(input).toString('utf8');
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(text.length + 1);
    const word = random.pick(random.once(2) ? hostileTexts : [...words, ...hostileTexts]);
    const times = random.once(6) ? 1 + random.below(20_000) : 1;
    const behind = random.once(4) ? at + random.below(text.length - at + 1) : at;
    text = `${text.slice(0, at)}${word.repeat(times)}${text.slice(behind)}`;
  }
  return Buffer.from(text, 'utf8');
}
