import type { Check } from './facts.ts';

/** Whether the file holds one private key and the certificate that belongs to it. */
export const checkContents: Check = ({ certificate, privateKey, paired, identities }) => {
  const missingKey = {
    code: 'private-key-missing',
    level: 'error',
    message: 'The file holds no private key.',
    hint: 'Export the certificate together with its key: in Keychain Access, expand the certificate and select the key below it too.',
  } as const;
  const missingCertificate = {
    code: 'certificate-missing',
    level: 'error',
    message: 'The file holds no certificate.',
    hint: 'Export the certificate and its private key together into one .p12.',
  } as const;
  const mismatch = {
    code: 'key-mismatch',
    level: 'error',
    message: 'No certificate in the file belongs to the private key.',
    hint: 'Export again from the machine that made this certificate’s signing request; a renewed certificate has a new key.',
  } as const;
  const several = {
    code: 'several-identities',
    level: 'error',
    message: `The file holds ${identities} private keys with a certificate each.`,
    hint: 'Export only the push certificate and its key: which one the server would use is unpredictable.',
  } as const;
  return [
    ...(privateKey === null ? [missingKey] : []),
    ...(certificate === null ? [missingCertificate] : []),
    ...(privateKey !== null && certificate !== null && !paired ? [mismatch] : []),
    ...(identities > 1 ? [several] : []),
  ];
};
