import { X509Certificate } from 'node:crypto';
import type { Certificate, CertificateKind, PushIdentity } from '../pkcs12/model.ts';
import { type CertificateCheck, type Finding, finding, found } from './finding.ts';

type Purpose = 'alerts' | 'other-push' | 'no-push';

const kinds: Readonly<Record<CertificateKind, readonly [Purpose, words?: string]>> = {
  'apple-push-services': ['alerts'],
  'development-push': ['alerts'],
  'production-push': ['alerts'],
  'voip-push': ['other-push', 'a VoIP push certificate'],
  'mdm-push': ['other-push', 'an MDM push certificate'],
  'pass-type': ['other-push', 'a Wallet pass certificate'],
  'website-push': ['other-push', 'a website push certificate'],
  distribution: ['no-push', 'a distribution certificate, which signs apps'],
  development: ['no-push', 'a development certificate, which signs apps'],
  other: ['no-push', 'not an Apple push certificate'],
};

/** Checks that the certificate can send alerts to the intended app in the intended environment. */
export const checkPurpose: CertificateCheck = ({ certificate }, { topic, environment }) => {
  if (certificate === null) return [];
  const { kind, commonName, issuerOrganizationalUnit, topics, environments } = certificate;
  const [purpose, words] = kinds[kind];
  const named = commonName === null ? 'The certificate' : `“${commonName}”`;
  const isSigners = issuerOrganizationalUnit === 'G3';
  const signer = isSigners ? ' Its issuer, G3, issues code-signing certificates.' : '';
  const noAlerts = `${named} is ${words}, which cannot send alerts to an app.`;
  const list = topics.length === 0 ? 'none' : topics.join(', ');
  const shown = topic?.trim() === topic ? topic : `"${topic}"`;
  const others = `The certificate does not include the topic ${shown}. Its topics: ${list}.`;
  const served = environments.length === 0 ? 'no environment' : `only ${environments.join(' and ')}`;
  const elsewhere = `The certificate serves ${served}, not ${environment}.`;
  const sandbox =
    'The certificate serves only the sandbox and does not reach apps from the App Store, TestFlight or MDM.';
  const isElsewhere = environment != null && !environments.includes(environment);
  return found(
    purpose === 'other-push' && finding('push-kind-unsupported', noAlerts),
    purpose === 'no-push' && finding('not-a-push-certificate', `${named} is ${words}.${signer}`),
    purpose !== 'no-push' &&
      topics.length === 0 &&
      finding('topic-missing', 'The certificate names no topic.'),
    topic != null && !topics.includes(topic) && finding('topic-mismatch', others),
    isElsewhere && finding('environment-mismatch', elsewhere),
    purpose === 'alerts' && !environments.includes('production') && finding('sandbox-only', sandbox),
  );
};

/** The common name of the issuer of every practice certificate. */
export const practiceAuthority = 'mfa-cli Practice Authority';

const practiceIssuer = 'This is a practice certificate: only a tenant on this machine takes it.';

/** The finding for a certificate of `apns request --practice`. The caller leaves out tenants on this machine. */
export function checkPractice({ certificate }: Pick<PushIdentity, 'certificate'>): Finding[] {
  if (certificate?.issuerCommonName !== practiceAuthority) return [];
  const message = 'The tenant is not on this machine, and does not take a practice certificate.';
  return [finding('practice-certificate', message)];
}

const appleAuthorities =
  /^Apple (Worldwide Developer Relations|Application Integration( \d+)?) Certification Authority( - G\d+)?$/;
const organization = /(^|[^\\],)O=Apple Inc\.(,|$)/;

/** The subjectKeyIdentifier of the known authorities of push certificates, by OU (Apple PKI, WWDR). */
const keyIds: Readonly<Record<string, string>> = {
  G4: '5bd9fa1de79a1a0ba399762250863e91c85b77a8',
  'Apple Worldwide Developer Relations': '88271709a9b618608becebbaf64759c55254a3b7',
};
const fingerprints: Readonly<Record<string, string>> = {
  G4: 'ea4757885538dd8cb59ff4556f676087d83c85e70902c122e42c0808b5bce14c',
};

/** The most authorities of one name to verify, more than Apple has. Verifying with an untrusted key can take 10 ms. */
const mostNamesakes = 16;

/** Checks that a known Apple authority issued the certificate: by name and key, and by signature if the file contains the authority. */
export const checkIssuer: CertificateCheck = ({ certificate, chain }) => {
  if (certificate?.issuerCommonName === practiceAuthority)
    return [finding('issuer-not-apple', practiceIssuer, 'For a real tenant, get a certificate from Apple.')];
  const doubt = certificate === null ? null : doubtfulIssuer(certificate, chain);
  return doubt === null ? [] : [finding('issuer-not-apple', doubt)];
};

function doubtfulIssuer(certificate: Certificate, chain: readonly Certificate[]): string | null {
  const { issuer, issuerCommonName, issuerOrganizationalUnit, authorityKeyId } = certificate;
  if (issuerCommonName === null || !appleAuthorities.test(issuerCommonName) || !organization.test(issuer))
    return `The issuer is not a known Apple authority: ${issuer}.`;
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
    return 'The authority in the file did not sign the certificate.';
  if (otherKey || (knownFingerprint !== undefined && issuers.length > 0 && stranger))
    return `The issuer has the name of Apple’s ${generation} but a different key.`;
  if (generation === 'G3' && certificate.environments.length > 0)
    return 'The issuer, Apple’s G3, issues code-signing certificates. G4 issues push certificates.';
  return null;
}

function isSignedBy(certificate: Certificate, authority: Certificate): boolean {
  try {
    return new X509Certificate(certificate.der).verify(new X509Certificate(authority.der).publicKey);
  } catch {
    return false;
  }
}
