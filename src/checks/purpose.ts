import type { Certificate, CertificateKind } from '../pkcs12/model.ts';
import type { CertificateCheck, CheckFacts } from './check.ts';
import { type Finding, type FindingLevel, finding, found } from './finding.ts';

type Purpose = 'alerts' | 'other-push' | 'no-push';

const purposes: Readonly<Record<CertificateKind, Purpose>> = {
  'apple-push-services': 'alerts',
  'development-push': 'alerts',
  'production-push': 'alerts',
  'voip-push': 'other-push',
  'mdm-push': 'other-push',
  'pass-type': 'other-push',
  'website-push': 'other-push',
  distribution: 'no-push',
  development: 'no-push',
  other: 'no-push',
};

/** The kinds that send no alerts, in words. */
const kindWords: Readonly<Partial<Record<CertificateKind, string>>> = {
  'voip-push': 'a VoIP push certificate',
  'mdm-push': 'an MDM push certificate',
  'pass-type': 'a Wallet pass certificate',
  'website-push': 'a website push certificate',
  distribution: 'a distribution certificate, which signs apps',
  development: 'a development certificate, which signs apps',
  other: 'not an Apple push certificate',
};

/** Checks that the certificate can send alerts to the app in the environment. */
export const checkPurpose: CertificateCheck = ({ certificate }, facts) => {
  if (certificate === null) return [];
  return [
    ...checkKind(certificate),
    ...checkTopics(certificate, facts),
    ...checkEnvironments(certificate, facts),
  ];
};

function checkKind({ kind, commonName, issuerOrganizationalUnit }: Certificate): Finding[] {
  const purpose = purposes[kind];
  const name = commonName === null ? 'The certificate' : `"${commonName}"`;
  const isCodeSigning = issuerOrganizationalUnit === 'G3';
  const signer = isCodeSigning ? ' Its issuer, G3, issues code-signing certificates.' : '';
  const noAlerts = `${name} is ${kindWords[kind]}, which cannot send alerts to an app.`;
  const noPush = `${name} is ${kindWords[kind]}.${signer}`;
  return found(
    purpose === 'other-push' && finding('push-kind-unsupported', noAlerts),
    purpose === 'no-push' && finding('not-a-push-certificate', noPush),
  );
}

function checkTopics({ kind, topics }: Certificate, { topic }: CheckFacts): Finding[] {
  const list = topics.length === 0 ? 'none' : topics.join(', ');
  const shown = topic?.trim() === topic ? topic : `"${topic}"`;
  const others = `The certificate does not include the topic ${shown}. Its topics: ${list}.`;
  const isNameless = purposes[kind] !== 'no-push' && topics.length === 0;
  return found(
    isNameless && finding('topic-missing', 'The certificate has no topic.'),
    topic != null && !topics.includes(topic) && finding('topic-mismatch', others),
  );
}

function checkEnvironments({ kind, environments }: Certificate, facts: CheckFacts): Finding[] {
  const { environment } = facts;
  const isOtherEnvironment = environment != null && !environments.includes(environment);
  const others =
    environments.length === 0
      ? 'The certificate works neither with production nor with the sandbox.'
      : `The certificate works only with ${environments.join(' and ')}, not with ${environment}.`;
  const isSandboxOnly = purposes[kind] === 'alerts' && !environments.includes('production');
  const sandbox =
    'The certificate works only with the sandbox. It does not reach apps from the App ' +
    'Store, TestFlight or MDM.';
  return found(
    isOtherEnvironment && finding('environment-mismatch', others),
    isSandboxOnly && finding('sandbox-only', sandbox, { level: sandboxLevel(facts) }),
  );
}

/** A certificate for the sandbox alone must be meant before a tenant gets it. */
function sandboxLevel({ environment, isToSend = false }: CheckFacts): FindingLevel {
  if (environment === 'sandbox') return 'info';
  return isToSend ? 'error' : 'warning';
}
