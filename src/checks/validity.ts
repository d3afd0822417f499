import { count } from '../text/count.ts';
import type { Check } from './facts.ts';
import type { Finding } from './finding.ts';

const day = 24 * 60 * 60 * 1000;
/** The notice that a renewal needs; Apple's mail also comes 30 days ahead. */
const soon = 30;

/** Whole days from now until then, rounded down: negative once it is past. */
export function daysLeft(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / day);
}

/** Whether the certificate is valid, stays so for a while, and is not older than the one that it would replace. */
export const checkValidity: Check = ({ certificate }, { now, previous }) => {
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
  if (now <= notAfter && left <= soon)
    findings.push({
      code: 'certificate-expires-soon',
      level: 'warning',
      message: `The certificate expires on ${date(notAfter)}, in ${count(left, 'day')}.`,
      hint: renew,
    });
  if (previous != null && previous.fingerprint !== fingerprint && previous.notAfter > notAfter)
    findings.push({
      code: 'replaces-later-certificate',
      level: 'error',
      message: `The certificate that was set last for this key is valid until ${moment(previous.notAfter, notAfter)}, this one only until ${moment(notAfter, previous.notAfter)}.`,
      hint: 'Take the newer certificate, or force the older one.',
    });
  return findings;
};

function date(value: Date): string {
  return value.toISOString().slice(0, 10);
}

/** The day; with its time where another moment is on the same day. */
function moment(value: Date, other: Date): string {
  return date(value) === date(other) ? value.toISOString() : date(value);
}
