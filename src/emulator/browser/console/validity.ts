import { daysUntil } from './clock.ts';
import type { ConsoleCertificate } from './state.ts';

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
