import type { CertificateCheck } from './facts.ts';

/** The keys that Apple issues push certificates for, and the fewest bits that TLS libraries still accept. */
const leastBits = 2048;

/** Whether the key is of the type and size that push certificates have. */
export const checkKey: CertificateCheck = ({ certificate }) => {
  if (certificate === null) return [];
  const { type, bits } = certificate.publicKey;
  const hint = 'Make a new certificate signing request with an RSA key of 2048 bits.';
  if (type !== 'RSA')
    return [
      {
        code: 'key-type-unsupported',
        level: 'error',
        message: `The key is ${type}, not RSA.`,
        hint,
      },
    ];
  if (bits === null || bits >= leastBits) return [];
  return [
    {
      code: 'key-too-weak',
      level: 'error',
      message: `The RSA key has ${bits} bits, fewer than ${leastBits}.`,
      hint,
    },
  ];
};
