import { type CertificateCheck, type Check, finding, found } from './finding.ts';

/** Limits of the .NET 9 loader: for one iteration count, and for their sum. */
const highestCount = 300_000;
const highestTotal = 1_000_000;

const isLegacy = (scheme: string) => /RC2|RC4|DES/.test(scheme);

/** Checks the .p12's protection, and whether other programs can read it. */
export const checkContainer: Check = ({ container, path: file }) => {
  const { mac, privateKeyInClear, iterations, passwordEmpty, encryption, trailingBytes } =
    container;
  const { highest, total } = iterations;
  const legacy = encryption.filter(isLegacy).join(' and ');
  const modern = encryption.filter((scheme) => !isLegacy(scheme)).join(' and ');
  const follow = trailingBytes === 1 ? 'byte follows' : 'bytes follow';
  // Only if they are needed: writing a number the first time takes 12 ms.
  const counts = () =>
    `The highest iteration count is ${words(highest)}, and their sum is ${words(total)}.`;
  const old = `The file is encrypted with ${legacy}, which some systems no longer read.`;
  const recent = `The file is encrypted with ${modern}, which Windows Server 2016 and older cannot read.`;
  const trailing = () => `${words(trailingBytes)} ${follow} the PKCS #12 structure.`;
  return found(
    mac === null && finding('mac-missing', 'The file has no integrity check.', { file }),
    privateKeyInClear &&
      finding('private-key-unencrypted', 'The private key is not encrypted in the file.', { file }),
    (highest > highestCount || total > highestTotal) &&
      finding('iterations-high', counts(), { file }),
    passwordEmpty && finding('password-empty', 'The file opens without a password.', { file }),
    legacy !== '' && finding('encryption-legacy', old, { file }),
    modern !== '' && finding('encryption-modern', recent, { file }),
    trailingBytes > 0 && finding('trailing-bytes', trailing()),
  );
};

function words(count: number): string {
  return count.toLocaleString('en');
}

/** Checks that the file contains one private key and its certificate. */
export const checkContents: Check = ({ certificate, privateKey, paired, identities }) => {
  const isMismatch = privateKey !== null && certificate !== null && !paired;
  const several = `The file contains ${identities} private keys with a certificate each.`;
  return found(
    privateKey === null && finding('private-key-missing', 'The file contains no private key.'),
    certificate === null && finding('certificate-missing', 'The file contains no certificate.'),
    isMismatch && finding('key-mismatch', 'No certificate in the file matches the private key.'),
    identities > 1 && finding('multiple-identities', several),
  );
};

/** The smallest RSA key that TLS libraries accept, in bits. */
const leastBits = 2048;

/** Checks the key's type and size. */
export const checkKey: CertificateCheck = ({ certificate }) => {
  if (certificate === null) return [];
  const { type, bits } = certificate.publicKey;
  if (type !== 'RSA') return [finding('key-type-unsupported', `The key is ${type}, not RSA.`)];
  if (bits === null || bits >= leastBits) return [];
  return [finding('key-too-weak', `The RSA key has ${bits} bits, fewer than ${leastBits}.`)];
};
