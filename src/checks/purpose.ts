import type { Certificate, CertificateKind } from '../pkcs12/model.ts';
import type { CertificateCheck } from './facts.ts';
import type { Finding } from './finding.ts';

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
