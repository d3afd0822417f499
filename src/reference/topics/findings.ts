import type { FindingCode, FindingLevel } from '../../checks/finding.ts';
import { type Entry, fitted, formatEntries } from '../../text/layout.ts';

const exportBoth = 'export the certificate and its private key together as one .p12';
const renew = 'renew the certificate in the Apple Developer account, for the same bundle ID';
const create = "create an Apple Push Notification service SSL certificate for the app's bundle ID";
const convert = 'convert the file with mfa-cli apns convert';

/** Every finding: level, meaning and fix. A missing entry does not compile. */
export const meanings: Readonly<Record<FindingCode, `${FindingLevel}: ${string}`>> = {
  'private-key-missing': `error: the file contains no private key. To fix it: ${exportBoth}.`,
  'certificate-missing': `error: the file contains no certificate. To fix it: ${exportBoth}.`,
  'key-mismatch':
    'error: no certificate in the file matches the private key. To fix it: export again on the machine that created the signing request.',
  'several-identities':
    'error: the file contains several private keys, each with its own certificate. To fix it: export only the push certificate and its key.',
  'not-a-push-certificate': `error: the certificate is not a push certificate. To fix it: ${create}.`,
  'push-kind-unsupported': `error: the certificate is for VoIP, MDM, passes or websites, and cannot send alerts to an app. To fix it: ${create}.`,
  'certificate-expired': `error: the certificate has expired. To fix it: ${renew}.`,
  'certificate-not-yet-valid':
    "error: the certificate is not valid yet. To fix it: check this machine's clock, or wait.",
  'certificate-expires-soon': `warning: the certificate expires within 30 days, or within --warn-days. To fix it: ${renew}.`,
  'topic-mismatch':
    "error: the certificate does not include the topic in --topic. To fix it: choose one of its topics, or the app's own certificate.",
  'topic-missing': `error: the certificate names no topic. To fix it: ${create}.`,
  'environment-mismatch':
    'error: the certificate does not serve the environment in --environment. To fix it: choose the other environment, or a certificate for both.',
  'sandbox-only':
    'warning: the certificate does not reach apps from the App Store, TestFlight or MDM. To fix it: create a certificate for sandbox and production.',
  'issuer-not-apple':
    'warning: no known Apple authority issued the certificate. To fix it: export the certificate from the Apple Developer account.',
  'key-too-weak': `error: the RSA key has fewer than 2048 bits. To fix it: ${create}.`,
  'key-type-unsupported': `error: the key is not RSA. To fix it: ${create}.`,
  'mac-missing': `warning: the file has no integrity check. To fix it: ${convert}.`,
  'encryption-legacy': `info: the file is encrypted with RC2 or 3DES, which some systems no longer read. To fix it: ${convert} --encryption modern.`,
  'encryption-modern': `info: the file is encrypted with AES, which Windows Server 2016 and older cannot read. To fix it: ${convert} --encryption legacy.`,
  'private-key-unencrypted': `warning: the private key is not encrypted. To fix it: ${convert}, and treat every copy of the old file as a secret.`,
  'iterations-high': `warning: an iteration count is above 300,000, or their sum above 1,000,000; the newest .NET rejects the file. To fix it: ${convert}.`,
  'trailing-bytes':
    'info: bytes follow the PKCS #12 structure. mfa-cli does not send them. To fix it: no action is needed.',
  'password-empty': `warning: the file has an empty password, or none. To fix it: ${convert}.`,
  'silences-other-app':
    'warning: apns set, fleets: the tenant pushes to the app of another client app key and will stop. To fix it: continue once all users have the new app.',
  'replaces-later-certificate':
    'error: apns set: the certificate set last for this key expires later. To fix it: use the newer certificate, or set the older one with --force.',
  'practice-certificate':
    'error: apns set, fleets: apns request --practice created the certificate, which works only with a tenant on this machine, even with --force. To fix it: set the certificate that Apple issued.',
};

const entries: readonly Entry[] = Object.entries(meanings);

/** `mfa-cli help findings`. */
export function findingsPage(columns: number): string {
  const about = fitted(
    'An error stops a command with exit code 4 before it sends anything. --fail-on warning also stops at warnings, and --force sends despite findings. Codes are stable.',
    columns,
  );
  return `Findings of the checks of a .p12.\n\n${about}\n\n${formatEntries(entries, columns, '  ')}`;
}
