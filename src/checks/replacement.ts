import type { CertificateCheck } from './facts.ts';
import { isoDay } from './validity.ts';

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
