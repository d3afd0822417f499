import type { AppCertificate } from './certificate.ts';
import { type AppFinding, finding, type Place } from './finding.ts';

/** The certificates that an app is compared with, and the date. */
export interface Compared {
  /** Empty: none is known. Null: the .p12 that was given has none. */
  readonly certificates: readonly AppCertificate[] | null;
  readonly now: Date;
}

export const topicHint =
  "APNs accepts pushes only for the certificate's topics: " +
  'get a certificate for this bundle ID, or correct it.';
export const universalHint =
  'A universal certificate (Apple Push Services) works with sandbox and production.';

/**
 * Whether pushes with each certificate reach an app, and whether each is valid.
 * @param place of the bundle ID
 * @param checkMatch whether one certificate is for the app
 */
export function checkCertificates(
  { certificates, now }: Compared,
  place: Place,
  checkMatch: (certificate: AppCertificate) => readonly AppFinding[],
): readonly AppFinding[] {
  if (certificates === null) return [noCertificate(place)];
  const found = certificates.flatMap((certificate) => [
    ...checkMatch(certificate),
    ...checkDates(certificate, now, place),
  ]);
  return withoutRepeats(found);
}

function noCertificate(place: Place): AppFinding {
  const message = 'The .p12 file contains no certificate.';
  const hint = 'Export the push certificate together with its key.';
  return finding('certificate-missing', message, hint, place);
}

/** How a sentence about a certificate ends. */
export function servedBy(topics: readonly string[]): string {
  return topics.length === 0 ? 'has no topic' : `is for ${topics[0]}`;
}

/** Whether the certificate is valid. */
function checkDates(
  { notBefore, notAfter }: AppCertificate,
  now: Date,
  place: Place,
): readonly AppFinding[] {
  const day = (date: string): string => date.slice(0, 10);
  if (notAfter !== null && Date.parse(notAfter) <= now.getTime()) {
    const message = `The certificate expired on ${day(notAfter)}.`;
    const hint = 'Get a new push certificate for the same App ID.';
    return [finding('certificate-expired', message, hint, place)];
  }
  if (notBefore === null || Date.parse(notBefore) <= now.getTime()) return [];
  const message = `The certificate is valid only from ${day(notBefore)} on.`;
  const hint = "Check this machine's clock, or wait until that date.";
  return [finding('certificate-not-yet-valid', message, hint, place)];
}

/** Several certificates may have the same fault. */
function withoutRepeats(findings: readonly AppFinding[]): readonly AppFinding[] {
  const messages = findings.map(({ message }) => message);
  return findings.filter(({ message }, index) => messages.indexOf(message) === index);
}
