import { mask, masked } from './mask.ts';
import type { Secret } from './secret.ts';

/** Longer texts are not messages for a person. */
const limit = 500;
/** How much of a text to look at once the secrets are removed. */
const looked = 4096;

/** A sequence that a terminal obeys (ECMA-48 §5.4, §5.6): CSI; OSC and the like, ended or not; otherwise two characters. */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -~])/g;

/** The longest spelling of one character that an echo may have. */
const spelledOut = 20;

/**
 * The beginning of a text, masked, at least as far as it is looked at where it holds no secret. An answer may have megabytes,
 * which are not searched; what may be the first part of a secret that the end cuts is left out.
 */
function beginning(text: string, secrets: readonly Secret[]): string {
  const longest = secrets.reduce((most, secret) => Math.max(most, secret.reveal().length), 0);
  const margin = spelledOut * longest;
  const reach = looked + margin;
  if (text.length <= reach) return masked(text, secrets);
  const part = masked(text.slice(0, reach), secrets);
  return part.slice(0, Math.max(0, part.length - margin));
}

/** The plain words of a member of a stranger's document; null for anything but text, and for an empty one. */
export function wordsIn(value: unknown, secrets: readonly Secret[]): string | null {
  return typeof value === 'string' && value !== '' ? plainWords(value, secrets) : null;
}

/** What looks like somebody's token, though nobody here sent it: `Bearer …`, and a JSON Web Token (RFC 7519). */
const tokens = /(?<=\bbearer )[\w+/=.~-]{12,}|\beyJ[\w-]{8,}\.[\w.-]*/gi;

/**
 * A stranger's words, fit for a terminal: one line, with nothing that a terminal would obey or that changes the text's
 * direction, at most 500 characters, and with each secret masked if the sender echoes it, and each
 * token: two tenants may be one machine. Takes time in proportion to what is looked at.
 */
export function plainWords(text: string, secrets: readonly Secret[] = []): string {
  const line = beginning(text, secrets)
    .slice(0, looked)
    .replace(tokens, mask)
    .replace(sequence, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  // Do not split a surrogate pair.
  return line.length > limit ? `${line.slice(0, limit).replace(/[\ud800-\udbff]$/, '')}…` : line;
}
