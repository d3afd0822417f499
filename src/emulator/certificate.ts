import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import type { Container, PushIdentity } from '../pkcs12/model.ts';
import { readPushIdentity } from '../pkcs12/push-identity.ts';
import { Secret } from '../text/secret.ts';
import type { Assumptions } from './assumptions.ts';
import { Refusal } from './envelope.ts';

const cryptographicException = 'System.Security.Cryptography.CryptographicException';
const noCertificate = 'Cannot find the requested object.';
const invalidAlgorithm = 'Invalid algorithm specified.';
const wrongPassword = 'The specified network password is not correct.';

/** .NET's words about a file that it cannot open; they are the same for a wrong password and for damage. */
const dotnetWords: Partial<Record<ErrorCode, string>> = {
  'pkcs12-not-recognised': noCertificate,
  'pkcs12-corrupt': 'ASN1 bad tag value met.',
  'pkcs12-password-incorrect': wrongPassword,
  'pkcs12-password-required': wrongPassword,
  'pkcs12-unsupported': invalidAlgorithm,
};

/** The ciphers that .NET supports in a .p12; Camellia is not among them. */
const dotnetCiphers = /AES|[23]DES|RC2/;

/**
 * Opens a .p12 in base64 as a .NET service would: it must hold a certificate with its private key; its kind and dates do
 * not matter. @throws {Refusal} System.FormatException, System.Security.Cryptography.CryptographicException
 */
export async function openCertificate(
  base64: string,
  password: string,
  assumptions: Assumptions,
): Promise<void> {
  const bytes = decodeBase64(base64);
  let identity: PushIdentity;
  try {
    identity = await readPushIdentity({ name: 'APNSCert', bytes }, new Secret(password));
  } catch (error) {
    const words = error instanceof CliError ? dotnetWords[error.code] : undefined;
    if (words === undefined) throw error;
    throw new Refusal(cryptographicException, words);
  }
  if (!identity.container.encryption.every((scheme) => dotnetCiphers.test(scheme))) {
    throw new Refusal(cryptographicException, invalidAlgorithm);
  }
  requireReadable(identity.container, assumptions);
  if (identity.certificate === null) {
    throw new Refusal(cryptographicException, noCertificate);
  }
  if (!identity.paired) throw new Refusal(cryptographicException, 'Keyset does not exist');
}

/** Rejects what an older or a newer host cannot read. @throws {Refusal} */
function requireReadable({ encryption, mac, iterations }: Container, assumptions: Assumptions): void {
  if (assumptions['p12-aes'] === 'unreadable' && encryption.some((scheme) => scheme.includes('AES')))
    throw new Refusal(cryptographicException, wrongPassword);
  if (assumptions['p12-iterations'] === 'any') return;
  const exceeded = [
    ['MacIterationLimit', (mac?.iterations ?? 0) > 300_000],
    ['IndividualKdfIterationLimit', iterations.highest > 300_000],
    ['TotalKdfIterationLimit', iterations.total > 1_000_000],
  ].find(([, isExceeded]) => isExceeded);
  if (exceeded !== undefined)
    throw new Refusal(
      'System.Security.Cryptography.X509Certificates.Pkcs12LoadLimitExceededException',
      `The PKCS#12/PFX violated the '${exceeded[0]}' limit.`,
    );
}

/** `Convert.FromBase64String`: white space does not count, everything else must be valid. @throws {Refusal} */
export function decodeBase64(text: string): Uint8Array {
  const digits = text.replace(/[ \t\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) {
    throw new Refusal(
      'System.FormatException',
      'The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.',
    );
  }
  if (digits.length % 4 !== 0) {
    throw new Refusal('System.FormatException', 'Invalid length for a Base-64 char array or string.');
  }
  return Buffer.from(digits, 'base64');
}
