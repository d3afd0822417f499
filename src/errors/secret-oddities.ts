import { isUtf8 } from 'node:buffer';
import type { Secret } from '../text/secret.ts';

/** What a secret in a file or a variable may contain by accident: all of it counts, and nothing is removed. */
const words = {
  'byte-order-mark': 'starts with a byte-order mark, which counts: write it as UTF-8 without one',
  'utf-16': 'is UTF-16, as some Windows programs write text: write it as UTF-8',
  'nul-bytes': 'has NUL bytes, as UTF-16 without a byte-order mark does: write it as UTF-8',
  'not-utf-8': 'is not UTF-8 (it may be Windows-1252): write it as UTF-8',
  quotes: 'has quotes around its value, which count: leave them out unless they belong to it',
  lines: 'has more than one line, and all of them count: keep only the one you mean',
  'line-break': 'ends with a line break that counts: one is removed from a file, and none from a variable',
  blanks: 'starts or ends with a blank or an invisible character, which counts',
} as const;
type Oddity = keyof typeof words;

/** What is odd about a secret that was refused: where it came from, and the kinds of oddities, separated by blanks. */
export interface SecretFacts {
  readonly secretSource?: string;
  readonly oddities?: string;
}

const marks = { utf8: [0xef, 0xbb, 0xbf], littleEndian: [0xff, 0xfe], bigEndian: [0xfe, 0xff] } as const;

/** What is odd about a secret that did not work, for the advice: kinds of oddities and a source, no part of the value. */
export function oddFacts(secret: Secret | null): SecretFacts {
  if (secret === null || secret.source === null) return {};
  const found = odditiesOf(secret.revealBytes());
  return found.length === 0 ? {} : { secretSource: secret.source, oddities: found.join(' ') };
}

/** The facts in words, a sentence without a full stop each. */
export function explainOddities({ secretSource = '', oddities = '' }: SecretFacts): readonly string[] {
  const source = secretSource.charAt(0).toUpperCase() + secretSource.slice(1);
  return Object.entries(words).flatMap(([oddity, what]) =>
    oddities.split(' ').includes(oddity) ? [`${source} ${what}`] : [],
  );
}

/** What is odd about a secret that was refused, as hints. */
export function oddityHints(facts: SecretFacts): readonly string[] {
  return explainOddities(facts).map((words) => `${words}.`);
}

/** Whether there are only line breaks, or only an encoding's mark before them. */
export function isBare(secret: Secret): boolean {
  return /^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\0\r\n]*$/.test(secret.revealBytes().toString('latin1'));
}

function odditiesOf(bytes: Buffer): readonly Oddity[] {
  const startsWith = (mark: readonly number[]) => mark.every((byte, index) => bytes[index] === byte);
  // Nothing else can be said about UTF-16 without decoding it, and it is not used decoded.
  if (startsWith(marks.littleEndian) || startsWith(marks.bigEndian)) return ['utf-16'];
  if (bytes.includes(0)) return ['nul-bytes'];
  if (!isUtf8(bytes))
    return ['not-utf-8', ...oddAround(bytes.toString('latin1').replace(/[\x80-\xff]/g, '?'))];
  if (!startsWith(marks.utf8)) return oddAround(bytes.toString('utf8'));
  return ['byte-order-mark', ...oddAround(bytes.subarray(marks.utf8.length).toString('utf8'))];
}

function oddAround(text: string): readonly Oddity[] {
  const [first = '', ...others] = text.split(/\r\n|\r|\n/);
  const found: Oddity[] = [];
  if (/^(["'`]).*\1$|^[“”„].*[“”]$|^[‘’‚].*[‘’]$/u.test(first.trim())) found.push('quotes');
  if (others.some((line) => line !== '')) found.push('lines');
  else if (others.length > 0) found.push('line-break');
  if (/^[\s\p{Cf}]|[\s\p{Cf}]$/u.test(first)) found.push('blanks');
  return found;
}
