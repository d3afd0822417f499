import type { Secret } from '../secret.ts';
import { masked } from './mask.ts';

/** Longer texts are no message for a person. */
const limit = 500;

/** So much of a text is looked at, once the secrets are out of it. */
const looked = 4096;

/** A sequence that a terminal obeys (ECMA-48 §5.4, §5.6): CSI; OSC and its kind, ended or not; two characters else. */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -~])/g;

/** The same of a member of a stranger's document; null for what is no text, and for an empty one. */
export function wordsIn(value: unknown, secrets: readonly Secret[]): string | null {
  return typeof value === 'string' && value !== '' ? plainWords(value, secrets) : null;
}

/**
 * A stranger's words, fit for a terminal: one line, without what a terminal would obey or what turns the direction of
 * the text, at most 500 characters, and with each secret masked where the sender echoes it. Takes linear time.
 */
export function plainWords(text: string, secrets: readonly Secret[] = []): string {
  const line = masked(text, secrets)
    .slice(0, looked)
    .replace(sequence, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  // No half of a pair at the cut.
  return line.length > limit ? `${line.slice(0, limit).replace(/[\ud800-\udbff]$/, '')}…` : line;
}
