import { type FindingCode, findingKinds, usualHint } from '../../checks/finding.ts';
import { type Entry, fitted, formatEntries } from '../../text/layout.ts';

/** The meaning of every finding, before its hint. A missing entry does not compile. */
export const findingMeanings: Readonly<Record<FindingCode, string>> = {
  'private-key-missing': 'the file contains no private key.',
  'certificate-missing': 'the file contains no certificate.',
  'key-mismatch': 'no certificate in the file matches the private key.',
  'multiple-identities': 'the file contains several private keys, each with its own certificate.',
  'not-a-push-certificate': 'the certificate is not a push certificate.',
  'push-kind-unsupported':
    'the certificate is for VoIP, MDM, passes or websites, and cannot send alerts to an app.',
  'certificate-expired': 'the certificate has expired.',
  'certificate-not-yet-valid': 'the certificate is not valid yet.',
  'certificate-expires-soon': 'the certificate expires within 30 days, or within --warn-days.',
  'topic-mismatch': 'the certificate does not include the topic in --topic.',
  'topic-missing': 'the certificate has no topic (bundle ID).',
  'environment-mismatch': 'the certificate does not work with the environment in --environment.',
  'sandbox-only': 'the certificate does not reach apps from the App Store, TestFlight or MDM.',
  'issuer-not-apple': 'no known Apple authority issued the certificate.',
  'key-too-weak': 'the RSA key has fewer than 2048 bits.',
  'key-type-unsupported': 'the key is not RSA.',
  'mac-missing': 'the file has no integrity check.',
  'encryption-legacy': 'the file is encrypted with RC2 or 3DES, which some systems no longer read.',
  'encryption-modern':
    'the file is encrypted with AES or Camellia, which Windows Server 2016 and older cannot read.',
  'private-key-unencrypted': 'the private key is not encrypted.',
  'iterations-high':
    'an iteration count, or the sum of all, is higher than the newest .NET accepts.',
  'trailing-bytes': 'bytes follow the PKCS #12 structure.',
  'password-empty': 'the file has an empty password, or none.',
  'silences-other-app':
    'the tenant will stop pushing to the app of its current client app key (apns set, fleet).',
  'production-lost':
    'the certificate set last worked with production, and this one does not (apns set, fleet).',
  'team-changes': 'the certificate is of another Apple team (apns set, fleet).',
  'fingerprint-mismatch':
    'the certificate is not the one that the fleet file declares by its fingerprint ' +
    '(fleet). --force does not change that.',
  'topic-changes': 'the certificate has another topic than the one set last (apns set, fleet).',
  'replaces-later-certificate': 'the certificate set last for this key expires later (apns set).',
  'practice-certificate':
    'apns request --practice created the certificate, which works only with a tenant on ' +
    'this machine (apns set, fleet). --force does not change that.',
};

const codes = Object.keys(findingKinds) as readonly FindingCode[];

const entries = codes.map((code): Entry => {
  const hint = usualHint(code, { file: 'cert.p12' });
  return [code, `${findingKinds[code].level}: ${findingMeanings[code]} ${hint}`];
});

/** Findings of `app check` about a built app; docs/app.md has them all. */
const entriesOfApps: readonly Entry[] = [
  [
    'app-unsigned',
    'error: the program has no code signature, or one without a certificate. Archive and export the app with a certificate and a profile.',
  ],
  ['app-for-simulator', 'error: the program is built for the simulator. Build for a device.'],
  [
    'app-identifier-mismatch',
    'error: the app is signed for another bundle ID than its own. Sign it again.',
  ],
  [
    'app-entitlements-differ',
    'error: the entitlements in DER differ from those in XML, or those of its processors differ. Sign the app again with current tools.',
  ],
  [
    'app-profile-mismatch',
    'error: the provisioning profile is for another environment, app or team. Sign the app with its own profile.',
  ],
  [
    'app-profile-expired',
    'error: the provisioning profile has expired. Renew it, and sign the app again.',
  ],
  [
    'app-topic-mismatch',
    "error: the bundle ID is not among the certificate's topics. Get a certificate for it, or correct it.",
  ],
  [
    'app-team-mismatch',
    "error: another team signed the app than the certificate's. Sign it with that team, or get a certificate in the other.",
  ],
  [
    'app-environment-mismatch',
    'error: the certificate does not work with the environment of the app. Warning: an app ' +
      'for development, and a certificate that also works with production. Export the app for ' +
      'distribution, or use a universal certificate.',
  ],
];

/** `mfa-cli help findings`. */
export function findingsPage(columns: number): string {
  const about = fitted(
    'An error stops a command with exit code 4 before it sends anything. --fail-on warning also stops at warnings, and --force sends despite findings. Codes are stable.',
    columns,
  );
  const ofFile =
    `Findings: problems that the checks find in a ` +
    `.p12.\n\n${about}\n\n${formatEntries(entries, columns, '  ')}`;
  const ofApps = formatEntries(entriesOfApps, columns, '  ');
  return `${ofFile}\nFindings of app check about a built app.\n\n${ofApps}`;
}
