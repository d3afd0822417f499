import { isUtf8 } from 'node:buffer';
import type { Secret } from '../text/secret.ts';

/** Accidental content of a secret, in a file or a variable. The program removes none. */
const words = {
  p12: 'is a .p12 file itself, not its password. Use a file that contains the password alone',
  'byte-order-mark':
    'starts with a byte-order mark, which is part of the secret. Save it as UTF-8 without one',
  'not-utf-8':
    'is not UTF-8: it may be UTF-16 or Windows-1252, ' +
    'as some Windows programs write text. Save it as UTF-8',
  quotes:
    'has quotes around its value. They are part of the secret. Remove them unless they ' +
    'belong there',
  lines: 'has several lines. All are part of the secret. Keep only the right one',
  'line-break': 'ends with a line break, which is part of the secret. Remove it',
  blanks: 'starts or ends with a space or an invisible character, which is part of the secret',
} as const;
export type Oddity = keyof typeof words;

const order = Object.keys(words) as readonly Oddity[];

/** The source of a rejected secret and the kinds of its oddities. */
export interface SecretFacts {
  readonly secretSource?: string;
  readonly oddities?: readonly Oddity[];
}

/** The kinds of oddities of a rejected secret and its source, no part of the value. */
export function oddFacts(secret: Secret | null): SecretFacts {
  if (secret === null || secret.source === null) return {};
  const found = odditiesOf(secret.revealBytes());
  return found.length === 0 ? {} : { secretSource: secret.source, oddities: found };
}

/** The facts as sentences without a full stop. */
export function explainOddities({
  secretSource = '',
  oddities = [],
}: SecretFacts): readonly string[] {
  const source = secretSource.charAt(0).toUpperCase() + secretSource.slice(1);
  return order
    .filter((oddity) => oddities.includes(oddity))
    .map((oddity) => `${source} ${words[oddity]}`);
}

export function oddityHints(facts: SecretFacts): readonly string[] {
  return explainOddities(facts).map((words) => `${words}.`);
}

export function isBare(secret: Secret): boolean {
  return /^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\0\r\n]*$/.test(
    secret.revealBytes().toString('latin1'),
  );
}

/** Whether it is a DER sequence that begins with the version 3 of a PFX (RFC 7292 §4). */
function isPfx(bytes: Buffer): boolean {
  const [first, length = 0] = bytes;
  const start = length > 0x80 ? 2 + (length & 0x7f) : 2;
  return first === 0x30 && bytes.subarray(start, start + 3).equals(Buffer.of(2, 1, 3));
}

function odditiesOf(bytes: Buffer): readonly Oddity[] {
  if (isPfx(bytes)) return ['p12'];
  // UTF-16 has NUL bytes. Nothing more can be found: the program decodes only UTF-8.
  if (bytes.includes(0) || !isUtf8(bytes)) return ['not-utf-8'];
  const [, mark, text = ''] = /^(\ufeff?)(.*)$/s.exec(bytes.toString('utf8')) ?? [];
  const [first = '', ...others] = text.split(/\r\n|\r|\n/);
  const found: Oddity[] = mark === '' ? [] : ['byte-order-mark'];
  if (/^(["'`]).*\1$|^[“”„].*[“”]$|^[‘’‚].*[‘’]$/u.test(first.trim())) found.push('quotes');
  if (others.some((line) => line !== '')) found.push('lines');
  else if (others.length > 0) found.push('line-break');
  if (/^[\s\p{Cf}]|[\s\p{Cf}]$/u.test(first)) found.push('blanks');
  return found;
}
