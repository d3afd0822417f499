import { type CertificateCheck, type Finding, finding } from './finding.ts';
import { isoDay } from './validity.ts';

/** Checks that the certificate does not expire before the one that it replaces. */
export const checkReplacement: CertificateCheck = ({ certificate }, { previous }) => {
  if (certificate === null || previous == null) return [];
  const { fingerprint, notAfter } = certificate;
  // Compared by day: two certificates of one day count as equally old.
  if (previous.fingerprint === fingerprint || isoDay(previous.notAfter) <= isoDay(notAfter))
    return [];
  const [later, own] = [isoDay(previous.notAfter), isoDay(notAfter)];
  const message = `The certificate set last for this key is valid until ${later}, this one only until ${own}.`;
  return [finding('replaces-later-certificate', message)];
};

/**
 * Checks that the key keeps its topic.
 * @param before the topic that the key has; null: none, or unknown
 */
export function checkTopicChange(topic: string | null, before: string | null): Finding[] {
  if (topic === null || before === null || topic === before) return [];
  return [finding('topic-changes', `The topic of this key changes from ${before} to ${topic}.`)];
}
