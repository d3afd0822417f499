import type { Container } from '../pkcs12/model.ts';
import type { CertificateCheck, Check, Finding } from './finding.ts';

/** What the loader of .NET 9 refuses: a count above the one, or all counts together above the other. */
const highestCount = 300_000;
const highestTotal = 1_000_000;

const isLegacy = (scheme: string) => /RC2|RC4|DES/.test(scheme);

/** The findings about the container itself, and when each applies. */
const table: readonly (readonly [
  when: (container: Container) => boolean,
  finding: (container: Container) => Finding,
])[] = [
  [
    ({ mac }) => mac === null,
    () => ({
      code: 'mac-missing',
      level: 'warning',
      message: 'The file has no integrity check.',
      hint: 'Some systems refuse such a file; converting it adds the check.',
    }),
  ],
  [
    ({ privateKeyInClear }) => privateKeyInClear,
    () => ({
      code: 'private-key-unencrypted',
      level: 'warning',
      message: 'The private key is not encrypted in the file.',
      hint: 'Convert the file with a password, and treat every copy of this one as a secret.',
    }),
  ],
  [
    ({ iterations }) => iterations.highest > highestCount || iterations.total > highestTotal,
    ({ iterations }) => ({
      code: 'iterations-high',
      level: 'warning',
      message: `The file has an iteration count of ${words(iterations.highest)}, ${words(iterations.total)} in all.`,
      hint: `The newest .NET loader refuses more than ${words(highestCount)}, or ${words(highestTotal)} in all; converting the file fixes this.`,
    }),
  ],
  [
    ({ passwordEmpty }) => passwordEmpty,
    () => ({
      code: 'password-empty',
      level: 'warning',
      message: 'The file opens without a password.',
      hint: 'Convert the file with a new password.',
    }),
  ],
  [
    ({ encryption }) => encryption.some(isLegacy),
    ({ encryption }) => ({
      code: 'encryption-legacy',
      level: 'info',
      message: `The file is encrypted with ${encryption.filter(isLegacy).join(' and ')}, which some systems no longer read.`,
      hint: 'If the other end refuses the file, convert it to modern encryption.',
    }),
  ],
  [
    ({ encryption }) => encryption.some((scheme) => !isLegacy(scheme)),
    ({ encryption }) => ({
      code: 'encryption-modern',
      level: 'info',
      message: `The file is encrypted with ${encryption.filter((scheme) => !isLegacy(scheme)).join(' and ')}, which Windows Server 2016 and older cannot read.`,
      hint: 'If the other end says that the password is wrong, convert the file to legacy encryption.',
    }),
  ],
  [
    ({ trailingBytes }) => trailingBytes > 0,
    ({ trailingBytes }) => ({
      code: 'trailing-bytes',
      level: 'info',
      message: `${words(trailingBytes)} ${trailingBytes === 1 ? 'byte follows' : 'bytes follow'} the PKCS #12 structure.`,
      hint: 'They are ignored and not sent.',
    }),
  ],
];

/** How the .p12 was made: what keeps other programs from reading it, or leaves it unprotected. */
export const checkContainer: Check = ({ container }) =>
  table.filter(([when]) => when(container)).map(([, finding]) => finding(container));

function words(count: number): string {
  return count.toLocaleString('en');
}

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
