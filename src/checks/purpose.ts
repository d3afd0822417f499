import { X509Certificate } from 'node:crypto';
import type { Certificate, CertificateKind } from '../pkcs12/model.ts';
import type { CertificateCheck, Finding } from './finding.ts';

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

/** Whether the certificate is made for alerts to the intended app, in the intended environment. */
export const checkPurpose: CertificateCheck = ({ certificate }, { topic, environment }) => {
  if (certificate === null) return [];
  const [purpose] = kinds[certificate.kind];
  return [
    ...kindFindings(certificate),
    ...(purpose !== 'no-push' && certificate.topics.length === 0 ? [topicMissing] : []),
    ...(topic != null && !certificate.topics.includes(topic) ? [topicMismatch(certificate, topic)] : []),
    ...(environment != null && !certificate.environments.includes(environment)
      ? [environmentMismatch(certificate, environment)]
      : []),
    ...(purpose === 'alerts' && !certificate.environments.includes('production') ? [sandboxOnly] : []),
  ];
};

function kindFindings({ kind, commonName, issuerOrganizationalUnit }: Certificate): Finding[] {
  const [purpose, words] = kinds[kind];
  const named = commonName === null ? 'The certificate' : `“${commonName}”`;
  if (purpose === 'alerts') return [];
  if (purpose === 'other-push')
    return [
      {
        code: 'push-kind-unsupported',
        level: 'error',
        message: `${named} is ${words}: it cannot carry alerts to an app.`,
        hint: 'Create an Apple Push Notification service SSL certificate (Sandbox & Production) for the app’s bundle ID.',
      },
    ];
  const signer =
    issuerOrganizationalUnit === 'G3' ? ' Its issuer, G3, issues certificates for code signing.' : '';
  return [
    {
      code: 'not-a-push-certificate',
      level: 'error',
      message: `${named} is ${words}.${signer}`,
      hint: 'Export the certificate named “Apple Push Services: <bundle ID>”.',
    },
  ];
}

const topicMissing: Finding = {
  code: 'topic-missing',
  level: 'error',
  message: 'The certificate names no topic.',
  hint: 'Create a new certificate for the app’s bundle ID.',
};

const sandboxOnly: Finding = {
  code: 'sandbox-only',
  level: 'warning',
  message:
    'The certificate serves the sandbox only: apps from the App Store, TestFlight and MDM get no push.',
  hint: 'For production create a certificate of the kind “Sandbox & Production”.',
};

function topicMismatch({ topics }: Certificate, topic: string): Finding {
  const list = topics.length === 0 ? 'none' : topics.join(', ');
  return {
    code: 'topic-mismatch',
    level: 'error',
    message: `The topic ${topic} is not among the certificate’s topics (${list}).`,
    hint: 'Choose one of the certificate’s topics, or a certificate for the intended app.',
  };
}

function environmentMismatch({ environments }: Certificate, environment: string): Finding {
  const list = environments.length === 0 ? 'no environment' : `only ${environments.join(' and ')}`;
  return {
    code: 'environment-mismatch',
    level: 'error',
    message: `The certificate serves ${list}, not ${environment}.`,
    hint: 'Choose the environment that the app was signed for, or a certificate of the kind “Sandbox & Production”.',
  };
}

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
