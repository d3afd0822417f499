import { count } from '../text/phrasing.ts';
import type { CertificateCheck } from './check.ts';
import { finding, found } from './finding.ts';

const day = 24 * 60 * 60 * 1000;
/** Days of notice for a renewal, the same as Apple's email. */
export const defaultWarnDays = 30;

/** Whole days left. After expiry, a negative number of days, at least one. */
export function daysLeft(notAfter: Date, now: Date): number {
  const days = (notAfter.getTime() - now.getTime()) / day;
  return days < 0 ? Math.min(-1, Math.ceil(days)) : Math.floor(days);
}

export type Validity = 'valid' | 'expires-soon' | 'expired';

/** A certificate is still valid at the moment of `notAfter` (RFC 5280, 4.1.2.5). */
export function isExpired(notAfter: Date, now: Date): boolean {
  return now > notAfter;
}

export function validityOf(notAfter: Date, now: Date, warnDays: number): Validity {
  if (isExpired(notAfter, now)) return 'expired';
  return daysLeft(notAfter, now) <= warnDays ? 'expires-soon' : 'valid';
}

export const checkValidity: CertificateCheck = (
  { certificate },
  { now, warnDays = defaultWarnDays, to, renewal },
) => {
  if (certificate === null) return [];
  const { notBefore, notAfter } = certificate;
  const validity = validityOf(notAfter, now, warnDays);
  const first = isoDay(notBefore);
  const last = isoDay(notAfter);
  const start =
    first === isoDay(now) ? `${first} ${notBefore.toISOString().slice(11, 19)}Z` : first;
  const details = renewal === undefined ? { to } : { hint: renewal };
  const days = daysLeft(notAfter, now);
  const left = days === 0 ? 'in less than a day' : `in ${count(days, 'day')}`;
  const soon = `The certificate expires on ${last}, ${left}.`;
  return found(
    validity === 'expired' &&
      finding('certificate-expired', `The certificate expired on ${last}.`, details),
    now < notBefore &&
      finding('certificate-not-yet-valid', `The certificate is not valid before ${start}.`),
    validity === 'expires-soon' && finding('certificate-expires-soon', soon, details),
  );
};

/** `2027-12-24` */
export function isoDay(value: Date): string {
  return value.toISOString().slice(0, 10);
}
