import { count } from '../text/phrasing.ts';
import { type CertificateCheck, finding, found } from './finding.ts';

const day = 24 * 60 * 60 * 1000;
/** The notice that a renewal needs; Apple's mail also comes 30 days ahead. */
export const defaultWarnDays = 30;

/** Whole days that are left; once it is past, whole days since then as a negative number, and the first day counts. */
export function daysLeft(notAfter: Date, now: Date): number {
  const left = (notAfter.getTime() - now.getTime()) / day;
  return left < 0 ? Math.min(-1, Math.ceil(left)) : Math.floor(left);
}

/** How long a certificate still lasts. */
export type Validity = 'valid' | 'expires-soon' | 'expired';

/** The moment of `notAfter` itself counts as past. */
export function validityOf(notAfter: Date, now: Date, warnDays: number): Validity {
  if (notAfter <= now) return 'expired';
  return daysLeft(notAfter, now) <= warnDays ? 'expires-soon' : 'valid';
}

export const checkValidity: CertificateCheck = ({ certificate }, { now, warnDays = defaultWarnDays }) => {
  if (certificate === null) return [];
  const { notBefore, notAfter } = certificate;
  const left = daysLeft(notAfter, now);
  const [first, last] = [isoDay(notBefore), isoDay(notAfter)];
  const soon = `The certificate expires on ${last}, in ${count(left, 'day')}.`;
  return found(
    now > notAfter && finding('certificate-expired', `The certificate expired on ${last}.`),
    now < notBefore && finding('certificate-not-yet-valid', `The certificate is not valid before ${first}.`),
    now <= notAfter && left <= warnDays && finding('certificate-expires-soon', soon),
  );
};

/** `2027-12-24` */
export function isoDay(value: Date): string {
  return value.toISOString().slice(0, 10);
}

/** Whether the certificate is not older than the one that it would replace. */
export const checkReplacement: CertificateCheck = ({ certificate }, { previous }) => {
  if (certificate === null || previous == null) return [];
  const { fingerprint, notAfter } = certificate;
  // By the day: of two certificates made on one day neither is the older one.
  if (previous.fingerprint === fingerprint || isoDay(previous.notAfter) <= isoDay(notAfter)) return [];
  const [later, own] = [isoDay(previous.notAfter), isoDay(notAfter)];
  const message = `The certificate that was set last for this key is valid until ${later}, this one only until ${own}.`;
  return [finding('replaces-later-certificate', message)];
};
