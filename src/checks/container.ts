import type { Container } from '../pkcs12/model.ts';
import type { Check } from './facts.ts';
import type { Finding } from './finding.ts';

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
