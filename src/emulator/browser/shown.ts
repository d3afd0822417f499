import type { ConsoleCertificate } from './console/state.ts';

/**
 * What cannot be seen, and what turns the direction of the text around it: controls, marks of direction, joiners, fillers.
 * In emoji, joiners and variation selectors are part of the picture.
 */
const unseen =
  /(?<=\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F)?)(?:\u200D|\uFE0F)|([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])/gu;

/** A stranger's text, in which nothing is hidden: U+202E is `\u{202e}`. */
export function visible(text: string): string {
  // Blanks are seen between words alone.
  return text.replace(/^\p{Zs}+$/u.test(text) ? /(\p{Zs})/gu : unseen, (character, hidden?: string) =>
    hidden === undefined ? character : `\\u{${hidden.codePointAt(0)?.toString(16)}}`,
  );
}

/** No longer than a person reads: what is behind stands for itself. */
export function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

const longest = 200;

const second = 1000;
const day = 24 * 60 * 60 * second;

/** The tenant's time, in milliseconds since 1970, as it goes on. */
export interface Clock {
  /** @param iso what the tenant said just now */
  set(iso: string): void;
  now(): number;
}

export function createClock(): Clock {
  let offset = 0;
  return {
    set(iso) {
      offset = Date.parse(iso) - performance.now();
    },
    now: () => performance.now() + offset,
  };
}

/** Whole days, as `mfa-cli` counts them: negative once it is over. */
export function daysUntil(iso: string, now: number): number {
  return Math.floor((Date.parse(iso) - now) / day);
}

/** `4:09` */
export function minutesLeft(iso: string, now: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(iso) - now) / second));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const times = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** `00:21:09`, where the browser is. */
export function timeOf(iso: string): string {
  return times.format(Date.parse(iso));
}

/** `19 Nov 2026` */
export function dayOf(iso: string): string {
  return days.format(Date.parse(iso));
}

/** From this many days left on, the console warns; so does `mfa-cli`, where `--warn-days` names no other number. */
const warnDays = 30;

/** How long a certificate still lasts, or that it is of no use, as the color and the words of a tag. */
export function tagOfValidity(
  { notAfter, fault }: Pick<ConsoleCertificate, 'notAfter' | 'fault'>,
  now: number,
): readonly [tone: 'ok' | 'warn' | 'bad', words: string] {
  if (notAfter === null) return ['bad', 'cannot be opened'];
  const days = daysUntil(notAfter, now);
  if (days < 0) return ['bad', 'expired'];
  if (fault !== null) return ['bad', 'cannot push'];
  return [days <= warnDays ? 'warn' : 'ok', days === 1 ? '1 day left' : `${days} days left`];
}
