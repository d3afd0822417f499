import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate, PushIdentity } from '../pkcs12/model.ts';
import { authorities, roots } from './apple-authorities.ts';
import { type CertificateCheck, type Finding, finding } from './finding.ts';

/** The common name of the issuer of every practice certificate. */
export const practiceAuthority = 'mfa-cli Practice Authority';

const practiceIssuer = 'This is a practice certificate: only a tenant on this machine accepts it.';

/** The finding for a certificate of `apns request --practice`. The caller leaves out tenants on this machine. */
export function checkPractice({ certificate }: Pick<PushIdentity, 'certificate'>): Finding[] {
  if (certificate?.issuerCommonName !== practiceAuthority) return [];
  const message = 'The tenant is not on this machine, and does not accept a practice certificate.';
  return [finding('practice-certificate', message)];
}

/** Checks that an Apple authority issued the certificate: by the signature of a known key, or of an authority in the file that Apple's root signed. */
export const checkIssuer: CertificateCheck = ({ certificate, chain }) => {
  if (certificate === null) return [];
  if (certificate.issuerCommonName === practiceAuthority)
    return [
      finding('issuer-not-apple', practiceIssuer, {
        hint: 'For a real tenant, get a certificate from Apple.',
      }),
    ];
  const [doubt, hint] = doubtOf(certificate, chain);
  if (doubt === undefined) return [];
  return [finding('issuer-not-apple', doubt, hint === undefined ? {} : { hint })];
};

const appleAuthorities =
  /^Apple (Worldwide Developer Relations|Application Integration( \d+)?) Certification Authority( - G\d+)?$/;
const organization = /(^|[^\\],)O=Apple Inc\.(,|$)/;

/** The most authorities of one name to verify, more than Apple has. Verifying with an untrusted key can take 10 ms. */
const mostNamesakes = 16;

const unproven =
  'Add the certificate of its issuer to the .p12 (`openssl pkcs12 -export -certfile`): https://www.apple.com/certificateauthority has it. APNs refuses a certificate that Apple did not issue.';

function doubtOf(
  certificate: Certificate,
  chain: readonly Certificate[],
): [doubt?: string, hint?: string] {
  const { issuer, issuerCommonName, issuerOrganizationalUnit } = certificate;
  if (
    issuerCommonName === null ||
    !appleAuthorities.test(issuerCommonName) ||
    !organization.test(issuer)
  )
    return [`The issuer is not known as one of Apple's: ${issuer}.`];
  const namesakes = chain.filter(({ subject }) => subject === issuer).slice(0, mostNamesakes);
  const keyOf = ({ der }: Certificate) => new X509Certificate(der).publicKey;
  const signers = namesakes.filter((authority) => isSignedBy(certificate, () => keyOf(authority)));
  if (namesakes.length > 0 && signers.length === 0)
    return ['The authority in the file did not sign the certificate.'];
  const known = authorities.find(
    ({ commonName, organizationalUnit }) =>
      commonName === issuerCommonName && organizationalUnit === issuerOrganizationalUnit,
  );
  if (known !== undefined) {
    if (isSignedBy(certificate, () => pinned(known.publicKey))) return [];
    return [`The issuer has the name of Apple's ${known.name} but a different key.`];
  }
  const isRooted = signers.some((signer) =>
    roots.some((root) => isSignedBy(signer, () => pinned(root))),
  );
  return isRooted
    ? []
    : [`The issuer has the name of an Apple authority, but no known key: ${issuer}.`, unproven];
}

function isSignedBy({ der }: Certificate, keyOfIssuer: () => KeyObject): boolean {
  try {
    return new X509Certificate(der).verify(keyOfIssuer());
  } catch {
    return false;
  }
}

function pinned(publicKey: string): KeyObject {
  return createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
}
