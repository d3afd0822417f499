import { count } from '../text/phrasing.ts';
import type { CertificateCheck, Finding } from './finding.ts';

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

/** Whether the certificate is valid, and stays so for a while. */
export const checkValidity: CertificateCheck = ({ certificate }, { now, warnDays = defaultWarnDays }) => {
  if (certificate === null) return [];
  const { notBefore, notAfter } = certificate;
  const findings: Finding[] = [];
  const renew =
    'Renew the push certificate in the Apple Developer account, under the same App ID, and export it again.';
  if (now > notAfter)
    findings.push({
      code: 'certificate-expired',
      level: 'error',
      message: `The certificate expired on ${isoDay(notAfter)}.`,
      hint: renew,
    });
  if (now < notBefore)
    findings.push({
      code: 'certificate-not-yet-valid',
      level: 'error',
      message: `The certificate is not valid before ${isoDay(notBefore)}.`,
      hint: 'Check this machine’s clock, or wait until then.',
    });
  const left = daysLeft(notAfter, now);
  if (now <= notAfter && left <= warnDays)
    findings.push({
      code: 'certificate-expires-soon',
      level: 'warning',
      message: `The certificate expires on ${isoDay(notAfter)}, in ${count(left, 'day')}.`,
      hint: renew,
    });
  return findings;
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
  return [
    {
      code: 'replaces-later-certificate',
      level: 'error',
      message: `The certificate that was set last for this key is valid until ${isoDay(previous.notAfter)}, this one only until ${isoDay(notAfter)}.`,
      hint: 'Take the newer certificate, or force the older one.',
    },
  ];
};
