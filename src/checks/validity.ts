import { count } from '../text/count.ts';
import type { Check } from './facts.ts';
import type { Finding } from './finding.ts';

const day = 24 * 60 * 60 * 1000;
/** The notice that a renewal needs; Apple's mail also comes 30 days ahead. */
export const defaultWarnDays = 30;

/** Whole days from now until then, rounded down: negative once it is past. */
export function daysLeft(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / day);
}

/** How long a certificate still lasts. */
export type Validity = 'valid' | 'expires-soon' | 'expired';

/** The moment of `notAfter` itself counts as past. */
export function validityOf(notAfter: Date, now: Date, warnDays: number): Validity {
  if (notAfter <= now) return 'expired';
  return daysLeft(notAfter, now) <= warnDays ? 'expires-soon' : 'valid';
}

/** Whether the certificate is valid, stays so for a while, and is not older than the one that it would replace. */
export const checkValidity: Check = ({ certificate }, { now, previous, warnDays = defaultWarnDays }) => {
  if (certificate === null) return [];
  const { notBefore, notAfter, fingerprint } = certificate;
  const findings: Finding[] = [];
  const renew =
    'Renew the push certificate in the Apple Developer account, under the same App ID, and export it again.';
  if (now > notAfter)
    findings.push({
      code: 'certificate-expired',
      level: 'error',
      message: `The certificate expired on ${date(notAfter)}.`,
      hint: renew,
    });
  if (now < notBefore)
    findings.push({
      code: 'certificate-not-yet-valid',
      level: 'error',
      message: `The certificate is not valid before ${date(notBefore)}.`,
      hint: 'Check this machine’s clock, or wait until then.',
    });
  const left = daysLeft(notAfter, now);
  if (now <= notAfter && left <= warnDays)
    findings.push({
      code: 'certificate-expires-soon',
      level: 'warning',
      message: `The certificate expires on ${date(notAfter)}, in ${count(left, 'day')}.`,
      hint: renew,
    });
  // By the day: of two certificates made on one day neither is the older one.
  if (previous != null && previous.fingerprint !== fingerprint && date(previous.notAfter) > date(notAfter))
    findings.push({
      code: 'replaces-later-certificate',
      level: 'error',
      message: `The certificate that was set last for this key is valid until ${date(previous.notAfter)}, this one only until ${date(notAfter)}.`,
      hint: 'Take the newer certificate, or force the older one.',
    });
  return findings;
};

function date(value: Date): string {
  return value.toISOString().slice(0, 10);
}
