import type { FindingCode, FindingLevel } from '../../checks/finding.ts';
import { type Entry, fitted, formatEntries } from '../../text/layout.ts';

const exportBoth = 'export certificate and private key together into one .p12';
const renew = 'renew the certificate in the Apple Developer account, for the same bundle ID';
const create = 'create an Apple Push Notification service SSL certificate for the bundle ID of the app';
const convert = 'mfa-cli apns convert makes a new .p12 of it';

/** Every finding: its level, its meaning, and its remedy. One without an entry does not compile. */
export const meanings: Readonly<Record<FindingCode, `${FindingLevel}: ${string}`>> = {
  'private-key-missing': `error: the file holds no private key. To fix it: ${exportBoth}.`,
  'certificate-missing': `error: the file holds no certificate. To fix it: ${exportBoth}.`,
  'key-mismatch':
    'error: no certificate in the file belongs to the private key. To fix it: export again from the machine that made the signing request.',
  'several-identities':
    'error: the file holds several private keys, each with its own certificate. To fix it: export the push certificate and its key alone.',
  'not-a-push-certificate': `error: the certificate is of another kind. To fix it: ${create}.`,
  'push-kind-unsupported': `error: the certificate is for VoIP, MDM, passes or websites, and carries no alerts to an app. To fix it: ${create}.`,
  'certificate-expired': `error: the certificate has ended. To fix it: ${renew}.`,
  'certificate-not-yet-valid':
    "error: the certificate is not valid yet. To fix it: check this machine's clock, or wait.",
  'certificate-expires-soon': `warning: the certificate ends within 30 days, or within --warn-days. To fix it: ${renew}.`,
  'topic-mismatch':
    'error: --topic is not among the topics of the certificate. To fix it: choose one of its topics, or the certificate of that app.',
  'topic-missing': `error: the certificate names no topic. To fix it: ${create}.`,
  'environment-mismatch':
    'error: the certificate does not serve the environment of --environment. To fix it: choose the other environment, or a certificate for both.',
  'sandbox-only':
    'warning: apps from the App Store, TestFlight and MDM get no push. To fix it: for production create a certificate for sandbox and production.',
  'issuer-not-apple':
    'warning: no known authority of Apple issued the certificate. To fix it: export the certificate from the Apple Developer account.',
  'key-too-weak': `error: the RSA key has less than 2048 bits. To fix it: ${create}.`,
  'key-type-unsupported': `error: the key is not RSA. To fix it: ${create}.`,
  'mac-missing': `warning: the file has no integrity check. To fix it: ${convert}.`,
  'encryption-legacy': `info: the file is encrypted with RC2 or 3DES, which some systems no longer read. To fix it: ${convert}: --encryption modern.`,
  'encryption-modern': `info: the file is encrypted with AES, which Windows Server 2016 and older cannot read. To fix it: ${convert}: --encryption legacy.`,
  'private-key-unencrypted': `warning: the private key is stored in the clear. To fix it: ${convert}; treat every copy of this one as a secret.`,
  'iterations-high': `warning: a count is above 300,000, or all are above 1,000,000 together; the newest .NET refuses the file. To fix it: ${convert}.`,
  'trailing-bytes': 'info: bytes follow the PKCS #12 structure. To fix it: nothing: they are not sent.',
  'password-empty': `warning: the file has an empty password, or none. To fix it: ${convert}.`,
  'silences-other-app':
    'warning: apns set, fleets: the tenant pushes to the app of another client app key, and not any more after this. To fix it: go on once everybody has the new app.',
  'replaces-later-certificate':
    'error: apns set: the certificate that was set last for this key ends later. To fix it: take the newer certificate, or --force the older one.',
  'practice-certificate':
    'error: apns set, fleets: apns request --practice made it, and the tenant is not on this machine; --force changes nothing. To fix it: give the tenant the certificate that Apple issued.',
};

const entries: readonly Entry[] = Object.entries(meanings);

/** `mfa-cli help findings`. */
export function findingsPage(columns: number): string {
  const about = fitted(
    'An error ends a command with 4 and nothing is sent; --fail-on warning makes warnings do the same, and --force sends all the same. Codes are stable.',
    columns,
  );
  return `What the checks of mfa-cli find in a .p12.\n\n${about}\n\n${formatEntries(entries, columns, '  ')}`;
}
