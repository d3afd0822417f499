import { mask, masked } from './mask.ts';
import type { Secret } from './secret.ts';

const limit = 500;
/** The most characters to process after masking. */
const looked = 4096;

/**
 * A terminal control sequence (ECMA-48 §5.4, §5.6): CSI; OSC and similar, terminated or
 * not; or two characters.
 */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -~])/g;

/** The longest spelling of one character in an echo. */
const spelledOut = 20;

/**
 * The masked beginning of a text: searching megabytes would take too long. Drops the end,
 * which may be the first part of a cut secret.
 */
function beginning(text: string, secrets: readonly Secret[]): string {
  const longest = secrets.reduce((most, secret) => Math.max(most, secret.reveal().length), 0);
  const margin = spelledOut * longest;
  const reach = looked + margin;
  if (text.length <= reach) return masked(text, secrets);
  const part = masked(text.slice(0, reach), secrets);
  return part.slice(0, Math.max(0, part.length - margin));
}

/**
 * The plain words of a member of an untrusted document; null if it is empty or not text.
 */
export function wordsIn(value: unknown, secrets: readonly Secret[]): string | null {
  return typeof value === 'string' && value !== '' ? plainWords(value, secrets) : null;
}

/** Tokens that this program did not send: `Bearer …`, and a JSON Web Token (RFC 7519). */
const tokens = /(?<=\bbearer )[\w+/=.~-]{12,}|\beyJ[\w-]{8,}\.[\w.-]*/gi;

/**
 * Untrusted words for a terminal: one line of at most 500 characters, without control
 * sequences or changes of direction, with every echoed secret and every token masked: two
 * tenants may share a machine. Linear in the processed text.
 */
export function plainWords(text: string, secrets: readonly Secret[] = []): string {
  const line = beginning(text, secrets)
    .slice(0, looked)
    .replace(tokens, mask)
    .replace(sequence, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  // Never splits a surrogate pair.
  return line.length > limit ? `${line.slice(0, limit).replace(/[\ud800-\udbff]$/, '')}…` : line;
}
