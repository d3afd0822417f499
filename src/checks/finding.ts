import type { ApnsEnvironment, PushIdentity } from '../pkcs12/model.ts';

export type FindingLevel = 'error' | 'warning' | 'info';

const renewal =
  'Renew the push certificate in the Apple Developer account, under the same App ID, and export it again.';
const rsaKey = 'Make a new certificate signing request with an RSA key of 2048 bits.';

/** By code: the level, and the advice that it usually has. */
const kinds = {
  'private-key-missing': [
    'error',
    'Export the certificate together with its key: in Keychain Access, expand the certificate and select the key below it too.',
  ],
  'certificate-missing': ['error', 'Export the certificate and its private key together into one .p12.'],
  'key-mismatch': [
    'error',
    'Export again from the machine that made this certificate’s signing request; a renewed certificate has a new key.',
  ],
  'several-identities': [
    'error',
    'Export only the push certificate and its key: which one the server would use is unpredictable.',
  ],
  'not-a-push-certificate': ['error', 'Export the certificate named “Apple Push Services: <bundle ID>”.'],
  'push-kind-unsupported': [
    'error',
    'Create an Apple Push Notification service SSL certificate (Sandbox & Production) for the app’s bundle ID.',
  ],
  'certificate-expired': ['error', renewal],
  'certificate-not-yet-valid': ['error', 'Check this machine’s clock, or wait until then.'],
  'certificate-expires-soon': ['warning', renewal],
  'topic-mismatch': [
    'error',
    'Choose one of the certificate’s topics, or a certificate for the intended app.',
  ],
  'topic-missing': ['error', 'Create a new certificate for the app’s bundle ID.'],
  'environment-mismatch': [
    'error',
    'Choose the environment that the app was signed for, or a certificate of the kind “Sandbox & Production”.',
  ],
  'sandbox-only': ['warning', 'For production create a certificate of the kind “Sandbox & Production”.'],
  'issuer-not-apple': [
    'warning',
    'Apple’s push service accepts only certificates that Apple issued: export the one from the Apple Developer account.',
  ],
  'key-too-weak': ['error', rsaKey],
  'key-type-unsupported': ['error', rsaKey],
  'mac-missing': ['warning', 'Some systems refuse such a file; converting it adds the check.'],
  'encryption-legacy': ['info', 'If the other end refuses the file, convert it to modern encryption.'],
  'encryption-modern': [
    'info',
    'If the other end says that the password is wrong, convert the file to legacy encryption.',
  ],
  'private-key-unencrypted': [
    'warning',
    'Convert the file with a password, and treat every copy of this one as a secret.',
  ],
  'iterations-high': [
    'warning',
    'The newest .NET loader refuses more than 300,000, or 1,000,000 in all; converting the file fixes this.',
  ],
  'trailing-bytes': ['info', 'They are ignored and not sent.'],
  'password-empty': ['warning', 'Convert the file with a new password.'],
  'silences-other-app': ['warning', 'Go on once everybody has the other app.'],
  'replaces-later-certificate': ['error', 'Take the newer certificate, or force the older one.'],
  'practice-certificate': ['error', 'Give the tenant the certificate that Apple issued for the app.'],
} as const satisfies Readonly<Record<string, readonly [FindingLevel, hint: string]>>;

/** The permanent codes of the contract. */
export type FindingCode = keyof typeof kinds;

/** One judged fact. Data, never thrown. The message is one sentence with a full stop; the hint says what to do. */
export interface Finding {
  readonly code: FindingCode;
  readonly level: FindingLevel;
  readonly message: string;
  readonly hint: string;
}

export function finding(code: FindingCode, message: string, hint: string = kinds[code][1]): Finding {
  return { code, level: kinds[code][0], message, hint };
}

/** Those that apply: false is none. */
export function found(...all: readonly (Finding | false)[]): Finding[] {
  return all.filter((one) => one !== false);
}

export function hasLevel(findings: readonly Finding[], from: 'error' | 'warning'): boolean {
  return findings.some(({ level }) => level === 'error' || level === from);
}

/** Whether a command that is told to judge so ends with 4 for these findings, and sends nothing. Practice is never forced. */
export function stopsAt(
  findings: readonly Finding[],
  { failOn = 'error', force }: { readonly failOn?: 'error' | 'warning'; readonly force?: boolean },
): boolean {
  const isPractice = findings.some(({ code }) => code === 'practice-certificate');
  return isPractice || (force !== true && hasLevel(findings, failOn));
}

/** Whether any finding rules out using the file. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return hasLevel(findings, 'error');
}

/** The facts that a push identity is judged against. */
export interface CheckFacts {
  readonly now: Date;
  /** With this many days left or fewer it expires soon; default: 30. */
  readonly warnDays?: number;
  readonly topic?: string | null;
  readonly environment?: ApnsEnvironment | null;
  /** What this tool set last for the same key. */
  readonly previous?: { readonly fingerprint: string; readonly notAfter: Date } | null;
}

export type Check = (identity: PushIdentity, facts: CheckFacts) => Finding[];

/** Those about the certificate itself, wherever it is. */
export type CertificateCheck = (
  identity: Pick<PushIdentity, 'certificate' | 'chain'>,
  facts: CheckFacts,
) => Finding[];
