import {
  type Destination,
  destination,
  fileWord,
  formatHint,
  type Hint,
  mfaCli,
  nowhere,
} from '../errors/hint.ts';

export type FindingLevel = 'error' | 'warning' | 'info';

const renewal: Hint = {
  text: 'Get a new push certificate for the same App ID: {command} takes you through every step.',
  command: mfaCli('apns', 'renew', ...destination),
};
const rsaKey = 'Create a new certificate signing request with a 2048-bit RSA key.';

/**
 * A hint to convert the file.
 * @param text with `{command}` in place of the command
 * @param options of `apns convert`
 */
function converting(text: string, ...options: readonly string[]): HintForFile {
  return (file) => ({
    text,
    command: mfaCli('apns', 'convert', file, '--out', 'new.p12', ...options),
  });
}

/** A hint about the file that was checked. */
type HintForFile = (file: string) => Hint;

interface FindingKind {
  readonly level: FindingLevel;
  readonly hint: string | Hint | HintForFile;
  /** Of an error: whether forcing it can still give a certificate that works. */
  readonly forceable?: true;
}

/** The level and the usual hint of each code. */
export const findingKinds = {
  'private-key-missing': {
    level: 'error',
    hint:
      'From separate files, `mfa-cli apns pack` creates a .p12. On a Mac, export the ' +
      'certificate with its key: in Keychain Access, expand the certificate, and select both ' +
      'the certificate and the key below it.',
  },
  'certificate-missing': {
    level: 'error',
    hint: 'Export the certificate and its private key together as one .p12.',
  },
  'key-mismatch': {
    level: 'error',
    hint:
      'Export it on the machine where the certificate signing request was created. ' +
      'A renewed certificate has a new key. ' +
      'From separate files, `mfa-cli apns pack` creates a .p12.',
  },
  'multiple-identities': {
    level: 'error',
    hint: 'The server may use the wrong one. Export only the push certificate and its key.',
    forceable: true,
  },
  'not-a-push-certificate': {
    level: 'error',
    hint: 'Export the certificate named "Apple Push Services: <bundle ID>".',
  },
  'push-kind-unsupported': {
    level: 'error',
    hint:
      'Create an Apple Push Notification service SSL certificate (Sandbox & Production) ' +
      "for the app's bundle ID.",
  },
  'certificate-expired': { level: 'error', hint: renewal },
  'certificate-not-yet-valid': {
    level: 'error',
    hint: "Check this machine's clock, or wait until that date.",
    forceable: true,
  },
  'certificate-expires-soon': {
    level: 'warning',
    hint: renewal,
  },
  'topic-mismatch': {
    level: 'error',
    hint: "Choose one of the certificate's topics, or the certificate of the intended app.",
  },
  'topic-missing': {
    level: 'error',
    hint: "Create a new certificate for the app's bundle ID.",
  },
  'environment-mismatch': {
    level: 'error',
    hint:
      'Choose the environment that the app is signed for, ' +
      'or a "Sandbox & Production" certificate.',
    forceable: true,
  },
  'sandbox-only': {
    level: 'warning',
    hint:
      'For production, create a "Sandbox & Production" certificate. ' +
      'If you mean the sandbox, use --environment sandbox, or environment: sandbox in the ' +
      'fleet file.',
    forceable: true,
  },
  'production-lost': {
    level: 'warning',
    hint: 'Continue only if no app from the App Store, TestFlight or MDM needs this key.',
  },
  'team-changes': {
    level: 'warning',
    hint: 'Continue only if the app has moved to that team.',
  },
  'fingerprint-mismatch': {
    level: 'error',
    hint: 'Put the declared certificate in its place, or correct `fingerprint` in the fleet file.',
  },
  'issuer-not-apple': {
    level: 'warning',
    hint: {
      text:
        'If Apple did not issue it, APNs rejects it. Download the certificate from the ' +
        'Apple Developer portal, and pack it: {command}.',
      command: mfaCli('apns', 'pack'),
    },
  },
  'key-too-weak': {
    level: 'error',
    hint: rsaKey,
  },
  'key-type-unsupported': {
    level: 'error',
    hint: rsaKey,
  },
  'mac-missing': {
    level: 'warning',
    hint: converting(
      'Convert the file to add the check: {command}. Some systems reject files without it.',
      '--format',
      'p12',
    ),
  },
  'encryption-legacy': {
    level: 'info',
    hint: converting(
      'If the receiving system rejects the file, convert it: {command}.',
      '--encryption',
      'modern',
    ),
  },
  'encryption-modern': {
    level: 'info',
    hint: converting(
      'If the receiving system reports a wrong password, convert the file: {command}.',
      '--encryption',
      'legacy',
    ),
  },
  'private-key-unencrypted': {
    level: 'warning',
    hint: converting(
      'Convert the file with a password: {command}. Treat every copy of the old file as a secret.',
      '--format',
      'p12',
      '--new-password-file',
      'PASSWORD-FILE',
    ),
  },
  'iterations-high': {
    level: 'warning',
    hint: converting(
      'Convert the file: {command}. ' +
        'The newest .NET loader rejects a count above 300,000 or a total above 1,000,000.',
      '--format',
      'p12',
    ),
  },
  'trailing-bytes': {
    level: 'info',
    hint: 'No action is needed: mfa-cli does not send them.',
  },
  'password-empty': {
    level: 'warning',
    hint: converting(
      'Convert the file with a new password: {command}.',
      '--format',
      'p12',
      '--new-password-file',
      'PASSWORD-FILE',
    ),
  },
  'silences-other-app': {
    level: 'warning',
    hint: 'Set it once all users have the new app.',
  },
  'topic-changes': {
    level: 'warning',
    hint:
      'Continue only if the app has this new bundle ID. ' +
      'An app with the earlier bundle ID gets no more pushes.',
  },
  'replaces-later-certificate': {
    level: 'error',
    hint:
      'Use the certificate that expires later. ' +
      'To go back to this one on purpose, add --force.',
    forceable: true,
  },
  'practice-certificate': {
    level: 'error',
    hint: 'Set the certificate that Apple issued for the app.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

/** The permanent codes of findings. */
export type FindingCode = keyof typeof findingKinds;

/** A result of a check: its message states a fact, its hint the fix, each a sentence. */
export interface Finding {
  readonly code: FindingCode;
  readonly level: FindingLevel;
  readonly message: string;
  readonly hint: string;
}

/** The values that a code's usual hint needs, or another hint. */
export interface FindingDetails {
  readonly hint?: string;
  /** The path of the file; null or absent: it has none. */
  readonly file?: string | null;
  /** Where the command goes; absent: to no tenant. */
  readonly to?: Destination | undefined;
  /** In place of the usual level. */
  readonly level?: FindingLevel;
}

export function finding(code: FindingCode, message: string, details: FindingDetails = {}): Finding {
  const { level }: FindingKind = findingKinds[code];
  return {
    code,
    level: details.level ?? level,
    message,
    hint: details.hint ?? usualHint(code, details),
  };
}

/** The hint of a code as it is printed. */
export function usualHint(code: FindingCode, { file, to = nowhere }: FindingDetails): string {
  const { hint }: FindingKind = findingKinds[code];
  const filled = typeof hint === 'function' ? hint(fileWord(file, 'CERT.p12')) : hint;
  return formatHint(filled, to);
}

/** Drops every false. */
export function found(...all: readonly (Finding | false)[]): Finding[] {
  return all.filter((one) => one !== false);
}

export function hasLevel(findings: readonly Finding[], from: 'error' | 'warning'): boolean {
  return findings.some(({ level }) => level === 'error' || level === from);
}

/** The findings that stop a command. */
export interface Stopping {
  /** The lowest level that does. */
  readonly failOn: 'error' | 'warning';
  /** Whether none does. */
  readonly force: boolean;
}

/** `--force` does not apply to these. */
const unforced: ReadonlySet<FindingCode> = new Set([
  'practice-certificate',
  'fingerprint-mismatch',
]);

/** Whether the findings stop a command with exit code 4. */
export function stopsAt(findings: readonly Finding[], { failOn, force }: Stopping): boolean {
  const isUnforced = findings.some(({ code }) => unforced.has(code));
  return isUnforced || (!force && hasLevel(findings, failOn));
}

/** Whether every error can sensibly be forced. `--force` itself does not ask this. */
export function areForceable(findings: readonly Finding[]): boolean {
  const isForceable = (code: FindingCode): boolean => {
    const { forceable }: FindingKind = findingKinds[code];
    return forceable === true;
  };
  return findings.every(({ code, level }) => level !== 'error' || isForceable(code));
}

/** Whether any finding rules out using the file. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return hasLevel(findings, 'error');
}
