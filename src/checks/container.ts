import { type CertificateCheck, type Check, finding, found } from './finding.ts';

/** The loader of .NET 9 refuses a count above the one, or all counts together above the other. */
const highestCount = 300_000;
const highestTotal = 1_000_000;

const isLegacy = (scheme: string) => /RC2|RC4|DES/.test(scheme);

/** How the .p12 was made: what keeps other programs from reading it, or leaves it unprotected. */
export const checkContainer: Check = ({ container }) => {
  const { mac, privateKeyInClear, iterations, passwordEmpty, encryption, trailingBytes } = container;
  const { highest, total } = iterations;
  const legacy = encryption.filter(isLegacy).join(' and ');
  const modern = encryption.filter((scheme) => !isLegacy(scheme)).join(' and ');
  const follow = trailingBytes === 1 ? 'byte follows' : 'bytes follow';
  const counts = `The file has an iteration count of ${words(highest)}, ${words(total)} in all.`;
  const old = `The file is encrypted with ${legacy}, which some systems no longer read.`;
  const recent = `The file is encrypted with ${modern}, which Windows Server 2016 and older cannot read.`;
  const trailing = `${words(trailingBytes)} ${follow} the PKCS #12 structure.`;
  return found(
    mac === null && finding('mac-missing', 'The file has no integrity check.'),
    privateKeyInClear && finding('private-key-unencrypted', 'The private key is not encrypted in the file.'),
    (highest > highestCount || total > highestTotal) && finding('iterations-high', counts),
    passwordEmpty && finding('password-empty', 'The file opens without a password.'),
    legacy !== '' && finding('encryption-legacy', old),
    modern !== '' && finding('encryption-modern', recent),
    trailingBytes > 0 && finding('trailing-bytes', trailing),
  );
};

function words(count: number): string {
  return count.toLocaleString('en');
}

/** Whether the file holds one private key and the certificate that belongs to it. */
export const checkContents: Check = ({ certificate, privateKey, paired, identities }) => {
  const isMismatch = privateKey !== null && certificate !== null && !paired;
  const several = `The file holds ${identities} private keys with a certificate each.`;
  return found(
    privateKey === null && finding('private-key-missing', 'The file holds no private key.'),
    certificate === null && finding('certificate-missing', 'The file holds no certificate.'),
    isMismatch && finding('key-mismatch', 'No certificate in the file belongs to the private key.'),
    identities > 1 && finding('several-identities', several),
  );
};

/** The keys that Apple issues push certificates for, and the fewest bits that TLS libraries still accept. */
const leastBits = 2048;

/** Whether the key is of the type and size that push certificates have. */
export const checkKey: CertificateCheck = ({ certificate }) => {
  if (certificate === null) return [];
  const { type, bits } = certificate.publicKey;
  if (type !== 'RSA') return [finding('key-type-unsupported', `The key is ${type}, not RSA.`)];
  if (bits === null || bits >= leastBits) return [];
  return [finding('key-too-weak', `The RSA key has ${bits} bits, fewer than ${leastBits}.`)];
};
