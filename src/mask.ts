import type { Secret } from './secret.ts';

/** What stands in a text where a secret stood. */
export const mask = '[secret]';

/** A shorter secret is found in ordinary words, and taking it out there would tell it. */
const shortest = 4;

/** Of a secret with more characters its two ends are looked for, with whatever is between: patterns have a limit. */
const longest = 8192;

/**
 * The text with every secret masked, in each spelling that an echoed request may have: as it is, in a form or a URL
 * (RFC 3986 §2.1, and `+` for a blank), in JSON (RFC 8259 §7) and in HTML, also mixed. All are looked for in one pass,
 * the longest first since one may be a part of another; a mask that is there already is left alone.
 */
export function masked(text: string, secrets: readonly Secret[]): string {
  const patterns = secrets
    .map((secret) => secret.reveal())
    .filter((value) => value.length >= shortest && value.length <= text.length)
    .sort((one, other) => other.length - one.length)
    .map(patternOf);
  if (patterns.length === 0) return text;
  return text.replace(new RegExp([literal(mask), ...patterns].join('|'), 'g'), mask);
}

function patternOf(value: string): string {
  const characters = [...value];
  if (characters.length <= longest) return characters.map(anySpelling).join('');
  const half = longest / 2;
  const [head, tail] = [characters.slice(0, half), characters.slice(-half)];
  return `${head.map(anySpelling).join('')}[^]*?${tail.map(anySpelling).join('')}`;
}

/** The characters that JSON and HTML give a short name. */
const named: Readonly<Record<string, readonly string[]>> = {
  '"': ['\\"', '&quot;'],
  "'": ['&apos;'],
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  '\\': ['\\\\'],
  '/': ['\\/'],
  '\b': ['\\b'],
  '\f': ['\\f'],
  '\n': ['\\n'],
  '\r': ['\\r'],
  '\t': ['\\t'],
  ' ': ['+'],
};

/** A pattern of one character; letters and digits nobody spells otherwise. */
function anySpelling(character: string): string {
  if (/^[A-Za-z0-9]$/.test(character)) return character;
  const codePoint = character.codePointAt(0) ?? 0;
  const bytes = [...Buffer.from(character)].map((byte) => `%${hex(byte, 2)}`).join('');
  const units = character
    .split('')
    .map((unit) => `\\\\u${hex(unit.charCodeAt(0), 4)}`)
    .join('');
  const spellings = [
    ...(named[character] ?? []).map(literal),
    bytes,
    units,
    `&#0*${codePoint};`,
    `&#[xX]0*${hex(codePoint, 1)};`,
    literal(character),
  ];
  return `(?:${spellings.join('|')})`;
}

/** A pattern of a number's hexadecimal digits, in either case. */
function hex(value: number, digits: number): string {
  const lower = value.toString(16).padStart(digits, '0');
  return lower.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
