import type { CertificateKind } from '../pkcs12/model.ts';
import {
  type CertificateCheck,
  type CheckFacts,
  type FindingLevel,
  finding,
  found,
} from './finding.ts';

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
export const checkPurpose: CertificateCheck = ({ certificate }, facts) => {
  const { topic, environment } = facts;
  if (certificate === null) return [];
  const { kind, commonName, issuerOrganizationalUnit, topics, environments } = certificate;
  const [purpose, words] = kinds[kind];
  const named = commonName === null ? 'The certificate' : `"${commonName}"`;
  const isSigners = issuerOrganizationalUnit === 'G3';
  const signer = isSigners ? ' Its issuer, G3, issues code-signing certificates.' : '';
  const noAlerts = `${named} is ${words}, which cannot send alerts to an app.`;
  const list = topics.length === 0 ? 'none' : topics.join(', ');
  const shown = topic?.trim() === topic ? topic : `"${topic}"`;
  const others = `The certificate does not include the topic ${shown}. Its topics: ${list}.`;
  const elsewhere =
    environments.length === 0
      ? 'The certificate serves neither production nor sandbox.'
      : `The certificate serves only ${environments.join(' and ')}, not ${environment}.`;
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
    purpose === 'alerts' &&
      !environments.includes('production') &&
      finding('sandbox-only', sandbox, { level: sandboxLevel(facts) }),
  );
};

/** A certificate for the sandbox alone must be meant before a tenant gets it. */
function sandboxLevel({ environment, isToSend = false }: CheckFacts): FindingLevel {
  if (environment === 'sandbox') return 'info';
  return isToSend ? 'error' : 'warning';
}
