import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate, PushIdentity } from '../pkcs12/model.ts';
import { authorities, roots } from './apple-authorities.ts';
import type { CertificateCheck } from './check.ts';
import { type Finding, finding } from './finding.ts';

/** The common name of the issuer of every practice certificate. */
export const practiceAuthority = 'mfa-cli Practice Authority';

const practiceIssuer =
  'This is a practice certificate: Apple did not issue it, so APNs refuses it.';

/**
 * The finding for a certificate of `apns request --practice`. The caller leaves out
 * tenants on this machine.
 */
export function checkPractice({ certificate }: Pick<PushIdentity, 'certificate'>): Finding[] {
  if (certificate?.issuerCommonName !== practiceAuthority) return [];
  const message =
    'The tenant is not on this machine, and APNs refuses a practice certificate: Apple did not issue it.';
  return [finding('practice-certificate', message)];
}

/** Whether a finding tells of a practice certificate, which is certainly not Apple's. */
export function isPractice({
  code,
  message,
}: Pick<Finding, 'message'> & { code: string }): boolean {
  return code === 'issuer-not-apple' && message === practiceIssuer;
}

/**
 * Checks that an Apple authority issued the certificate: by the signature of a known key,
 * or of an authority in the file that Apple's root signed.
 */
export const checkIssuer: CertificateCheck = ({ certificate, chain }) => {
  if (certificate === null) return [];
  if (certificate.issuerCommonName === practiceAuthority)
    return [
      finding('issuer-not-apple', practiceIssuer, {
        hint: 'For a real tenant, get a certificate from Apple.',
      }),
    ];
  const doubt = doubtOf(certificate, chain);
  return doubt === null ? [] : [doubt];
};

const appleAuthorities = [
  /^Apple Worldwide Developer Relations Certification Authority( - G\d+)?$/,
  /^Apple Application Integration( \d+)? Certification Authority( - G\d+)?$/,
];
const appleOrganization = /(^|[^\\],)O=Apple Inc\.(,|$)/;

/**
 * Maximum authorities of one name to verify, more than Apple has. Verifying with an
 * untrusted key can take 10 ms.
 */
const maxNamesakes = 16;

const addIssuer =
  'Add the certificate of its issuer to the .p12 (`openssl pkcs12 -export -certfile`): ' +
  'https://www.apple.com/certificateauthority has it. ' +
  'APNs rejects a certificate that Apple did not issue.';

/** The finding about an issuer that is not proven to be Apple's; null: it is proven. */
function doubtOf(certificate: Certificate, chain: readonly Certificate[]): Finding | null {
  const { issuer } = certificate;
  if (!hasAppleName(certificate))
    return notApple(`The issuer is not known as one of Apple's: ${issuer}.`);
  const namesakes = chain.filter(({ subject }) => subject === issuer).slice(0, maxNamesakes);
  const signers = namesakes.filter(({ der }) =>
    isSignedBy(certificate, () => new X509Certificate(der).publicKey),
  );
  if (namesakes.length > 0 && signers.length === 0)
    return notApple('The authority in the file did not sign the certificate.');
  const known = authorities.find(
    ({ commonName, organizationalUnit }) =>
      commonName === certificate.issuerCommonName &&
      organizationalUnit === certificate.issuerOrganizationalUnit,
  );
  if (known !== undefined) {
    if (isSignedBy(certificate, () => readKey(known.publicKey))) return null;
    return notApple(`The issuer uses the name of Apple's ${known.name}, but has a different key.`);
  }
  if (signers.some(isSignedByRoot)) return null;
  const message = `The issuer uses the name of an Apple authority, but its key is unknown: ${issuer}.`;
  return finding('issuer-not-apple', message, { hint: addIssuer });
}

function notApple(message: string): Finding {
  return finding('issuer-not-apple', message);
}

function hasAppleName({ issuer, issuerCommonName }: Certificate): boolean {
  const isAppleName = appleAuthorities.some((pattern) => pattern.test(issuerCommonName ?? ''));
  return isAppleName && appleOrganization.test(issuer);
}

function isSignedByRoot(authority: Certificate): boolean {
  return roots.some((root) => isSignedBy(authority, () => readKey(root)));
}

function isSignedBy({ der }: Certificate, keyOfIssuer: () => KeyObject): boolean {
  try {
    return new X509Certificate(der).verify(keyOfIssuer());
  } catch {
    return false;
  }
}

function readKey(publicKey: string): KeyObject {
  return createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
}
