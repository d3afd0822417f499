import type { ApnsEnvironment, PushIdentity } from '../pkcs12/model.ts';

export type FindingLevel = 'error' | 'warning' | 'info';

const renewal =
  'Get a new push certificate for the same App ID: `mfa-cli apns renew` takes you through every step.';
const convert = 'mfa-cli apns convert cert.p12 --out new.p12';
const rsaKey = 'Create a new certificate signing request with a 2048-bit RSA key.';

/** The level and the default hint of each code, and of an error whether forcing it can still give a certificate that works. */
export const findingKinds = {
  'private-key-missing': [
    'error',
    'Export the certificate with its key: in Keychain Access, expand the certificate and also select the key below it.',
  ],
  'certificate-missing': [
    'error',
    'Export the certificate and its private key together as one .p12.',
  ],
  'key-mismatch': [
    'error',
    "Export again on the machine that created this certificate's signing request. A renewed certificate has a new key.",
  ],
  'multiple-identities': [
    'error',
    'Export only the push certificate and its key. The server may use any of them.',
    'forceable',
  ],
  'not-a-push-certificate': [
    'error',
    'Export the certificate named "Apple Push Services: <bundle ID>".',
  ],
  'push-kind-unsupported': [
    'error',
    "Create an Apple Push Notification service SSL certificate (Sandbox & Production) for the app's bundle ID.",
  ],
  'certificate-expired': ['error', renewal],
  'certificate-not-yet-valid': [
    'error',
    "Check this machine's clock, or wait until that date.",
    'forceable',
  ],
  'certificate-expires-soon': ['warning', renewal],
  'topic-mismatch': [
    'error',
    "Choose one of the certificate's topics, or the certificate of the intended app.",
  ],
  'topic-missing': ['error', "Create a new certificate for the app's bundle ID."],
  'environment-mismatch': [
    'error',
    'Choose the environment that the app is signed for, or a "Sandbox & Production" certificate.',
    'forceable',
  ],
  'sandbox-only': ['warning', 'For production, create a "Sandbox & Production" certificate.'],
  'issuer-not-apple': [
    'warning',
    'Download the certificate from the Apple Developer account, and pack it: `mfa-cli apns pack`. APNs accepts only certificates that Apple issued.',
  ],
  'key-too-weak': ['error', rsaKey],
  'key-type-unsupported': ['error', rsaKey],
  'mac-missing': [
    'warning',
    `Convert the file to add the check: \`${convert} --format p12\`. Some systems reject files without it.`,
  ],
  'encryption-legacy': [
    'info',
    `If the receiving system rejects the file, convert it: \`${convert} --encryption modern\`.`,
  ],
  'encryption-modern': [
    'info',
    `If the receiving system reports a wrong password, convert the file: \`${convert} --encryption legacy\`.`,
  ],
  'private-key-unencrypted': [
    'warning',
    `Convert the file with a password: \`${convert} --format p12 --new-password-file FILE\`. Treat every copy of the old file as a secret.`,
  ],
  'iterations-high': [
    'warning',
    `Convert the file: \`${convert} --format p12\`. The newest .NET loader rejects a count above 300,000 or a total above 1,000,000.`,
  ],
  'trailing-bytes': ['info', 'No action is needed: mfa-cli does not send them.'],
  'password-empty': [
    'warning',
    `Convert the file with a new password: \`${convert} --format p12 --new-password-file FILE\`.`,
  ],
  'silences-other-app': ['warning', 'Continue once all users have the new app.'],
  'replaces-later-certificate': ['error', 'Use the newer certificate.', 'forceable'],
  'practice-certificate': ['error', 'Set the certificate that Apple issued for the app.'],
} as const satisfies Readonly<Record<string, readonly [FindingLevel, hint: string, 'forceable'?]>>;

/** The permanent codes of findings. */
export type FindingCode = keyof typeof findingKinds;

/** A result of a check, never thrown. The message states a fact, the hint its fix, each as a sentence with a full stop. */
export interface Finding {
  readonly code: FindingCode;
  readonly level: FindingLevel;
  readonly message: string;
  readonly hint: string;
}

export function finding(
  code: FindingCode,
  message: string,
  hint: string = findingKinds[code][1],
): Finding {
  return { code, level: findingKinds[code][0], message, hint };
}

/** Drops every false. */
export function found(...all: readonly (Finding | false)[]): Finding[] {
  return all.filter((one) => one !== false);
}

export function hasLevel(findings: readonly Finding[], from: 'error' | 'warning'): boolean {
  return findings.some(({ level }) => level === 'error' || level === from);
}

/** Which findings stop a command. */
export interface Stopping {
  /** The lowest level that does. */
  readonly failOn: 'error' | 'warning';
  /** Whether none does. */
  readonly force: boolean;
}

/** Whether the findings stop a command with exit code 4. `--force` never applies to a practice certificate. */
export function stopsAt(findings: readonly Finding[], { failOn, force }: Stopping): boolean {
  const isPractice = findings.some(({ code }) => code === 'practice-certificate');
  return isPractice || (!force && hasLevel(findings, failOn));
}

/** Whether every error can sensibly be forced. `--force` itself does not ask this. */
export function areForceable(findings: readonly Finding[]): boolean {
  const isForceable = (code: FindingCode): boolean => [...findingKinds[code]].includes('forceable');
  return findings.every(({ code, level }) => level !== 'error' || isForceable(code));
}

/** Whether any finding rules out using the file. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return hasLevel(findings, 'error');
}

/** Facts to check a push identity against. */
export interface CheckFacts {
  readonly now: Date;
  /** The number of days left at which it expires soon; default: 30. */
  readonly warnDays?: number;
  readonly topic?: string | null;
  readonly environment?: ApnsEnvironment | null;
  /** The certificate that this machine set last for the same key. */
  readonly previous?: { readonly fingerprint: string; readonly notAfter: Date } | null;
}

export type Check = (identity: PushIdentity, facts: CheckFacts) => Finding[];

/** A check of the certificate alone. */
export type CertificateCheck = (
  identity: Pick<PushIdentity, 'certificate' | 'chain'>,
  facts: CheckFacts,
) => Finding[];
