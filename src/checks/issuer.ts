import { X509Certificate } from 'node:crypto';
import type { Certificate } from '../pkcs12/model.ts';
import type { CertificateCheck } from './facts.ts';

const appleAuthorities =
  /^Apple (Worldwide Developer Relations|Application Integration( \d+)?) Certification Authority( - G\d+)?$/;
const organization = /(^|[^\\],)O=Apple Inc\.(,|$)/;

/** The authorities of push certificates whose keys are known: by OU, the subjectKeyIdentifier (Apple PKI, WWDR). */
const keyIds: Readonly<Record<string, string>> = {
  G4: '5bd9fa1de79a1a0ba399762250863e91c85b77a8',
  'Apple Worldwide Developer Relations': '88271709a9b618608becebbaf64759c55254a3b7',
};
const fingerprints: Readonly<Record<string, string>> = {
  G4: 'ea4757885538dd8cb59ff4556f676087d83c85e70902c122e42c0808b5bce14c',
};

/** Apple has fewer authorities of one name. Only the first are checked: verifying with a stranger's key may take 10 ms. */
const mostNamesakes = 16;

/** Whether a known authority of Apple issued the certificate: by its name and key, and by the signature where it is in the file. */
export const checkIssuer: CertificateCheck = ({ certificate, chain }) => {
  const doubt = certificate === null ? null : doubtfulIssuer(certificate, chain);
  if (doubt === null) return [];
  return [
    {
      code: 'issuer-not-apple',
      level: 'warning',
      message: doubt,
      hint: 'Apple’s push service accepts only certificates that Apple issued: export the one from the Apple Developer account.',
    },
  ];
};

function doubtfulIssuer(certificate: Certificate, chain: readonly Certificate[]): string | null {
  const { issuer, issuerCommonName, issuerOrganizationalUnit, authorityKeyId } = certificate;
  if (issuerCommonName === null || !appleAuthorities.test(issuerCommonName) || !organization.test(issuer))
    return `The issuer is not a known authority of Apple: ${issuer}.`;
  const generation = issuerOrganizationalUnit ?? '';
  const keyId = keyIds[generation];
  const otherKey = keyId !== undefined && authorityKeyId !== null && authorityKeyId !== keyId;
  const authorities = chain.filter(({ subject }) => subject === issuer);
  const issuers = authorities
    .slice(0, mostNamesakes)
    .filter((authority) => isSignedBy(certificate, authority));
  const knownFingerprint = fingerprints[generation];
  const stranger = issuers.every(({ fingerprint }) => fingerprint !== knownFingerprint);
  if (authorities.length > 0 && issuers.length === 0)
    return 'The issuing authority in the file did not sign the certificate.';
  if (otherKey || (knownFingerprint !== undefined && issuers.length > 0 && stranger))
    return `The issuer has the name of Apple’s ${generation}, but another key.`;
  if (generation === 'G3' && certificate.environments.length > 0)
    return 'The issuer, Apple’s G3, issues certificates for code signing; those for push come from G4.';
  return null;
}

function isSignedBy(certificate: Certificate, authority: Certificate): boolean {
  try {
    return new X509Certificate(certificate.der).verify(new X509Certificate(authority.der).publicKey);
  } catch {
    return false;
  }
}
