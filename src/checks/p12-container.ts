import type { Container } from '../pkcs12/model.ts';
import type { CertificateCheck, Check } from './check.ts';
import { type Finding, finding, found } from './finding.ts';

/** Limits of the .NET 9 loader: for one iteration count, and for their sum. */
const maxIterations = 300_000;
const maxTotalIterations = 1_000_000;

/** Checks the .p12's protection, and whether other programs can read it. */
export const checkContainer: Check = ({ container, path: file }) => {
  const { mac, privateKeyInClear, iterations, passwordEmpty, trailingBytes } = container;
  const isOverLimit = iterations.highest > maxIterations || iterations.total > maxTotalIterations;
  return found(
    mac === null && finding('mac-missing', 'The file has no integrity check.', { file }),
    privateKeyInClear &&
      finding('private-key-unencrypted', 'The private key is not encrypted in the file.', { file }),
    isOverLimit && finding('iterations-high', iterationsMessage(iterations), { file }),
    passwordEmpty && finding('password-empty', 'The file opens without a password.', { file }),
    ...checkEncryption(container, file),
    trailingBytes > 0 && finding('trailing-bytes', trailingMessage(trailingBytes)),
  );
};

function checkEncryption({ encryption }: Container, file: string | null): Finding[] {
  const legacy = encryption.filter(isLegacy).join(' and ');
  const modern = encryption.filter((scheme) => !isLegacy(scheme)).join(' and ');
  const unreadByNew = 'which some systems no longer read.';
  const unreadByOld = 'which Windows Server 2016 and older cannot read.';
  return found(
    legacy !== '' &&
      finding('encryption-legacy', `The file is encrypted with ${legacy}, ${unreadByNew}`, {
        file,
      }),
    modern !== '' &&
      finding('encryption-modern', `The file is encrypted with ${modern}, ${unreadByOld}`, {
        file,
      }),
  );
}

function isLegacy(scheme: string): boolean {
  return /RC2|RC4|DES/.test(scheme);
}

/** Formats the numbers only where they are needed: the first one takes 12 ms. */
function iterationsMessage({ highest, total }: Container['iterations']): string {
  const sum = inWords(total);
  return `The highest iteration count is ${inWords(highest)}, and the counts add up to ${sum}.`;
}

function trailingMessage(count: number): string {
  const follow = count === 1 ? 'byte follows' : 'bytes follow';
  return `${inWords(count)} ${follow} the PKCS #12 structure.`;
}

function inWords(count: number): string {
  return count.toLocaleString('en');
}

/** Checks that the file contains one private key and its certificate. */
export const checkContents: Check = ({ certificate, privateKey, paired, identities }) => {
  const isMismatch = privateKey !== null && certificate !== null && !paired;
  const several = `The file contains ${identities} private keys, each with its own certificate.`;
  return found(
    privateKey === null && finding('private-key-missing', 'The file contains no private key.'),
    certificate === null && finding('certificate-missing', 'The file contains no certificate.'),
    isMismatch && finding('key-mismatch', 'No certificate in the file matches the private key.'),
    identities > 1 && finding('multiple-identities', several),
  );
};

/** The smallest RSA key that TLS libraries accept, in bits. */
const minKeyBits = 2048;

/** Checks the key's type and size. */
export const checkKey: CertificateCheck = ({ certificate }) => {
  if (certificate === null) return [];
  const { type, bits } = certificate.publicKey;
  if (type !== 'RSA') return [finding('key-type-unsupported', `The key is ${type}, not RSA.`)];
  if (bits === null || bits >= minKeyBits) return [];
  return [finding('key-too-weak', `The RSA key has ${bits} bits, fewer than ${minKeyBits}.`)];
};
