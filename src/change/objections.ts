import type { FindingCode } from '../checks/finding.ts';

/**
 * The findings that keep pushes from phones. Others, such as an old encryption or an end
 * to come, are findings alone. The words are for a later run, which has only the ledger;
 * null: the line's other facts tell it, or a tenant never gets such a file.
 */
const words = {
  'private-key-missing': 'The file that was set has no private key.',
  'certificate-missing': null,
  'key-mismatch': 'No certificate in the file that was set belongs to its private key.',
  'not-a-push-certificate': 'The certificate is not a push certificate.',
  'push-kind-unsupported': 'The certificate cannot send alerts to an app.',
  'certificate-expired': null,
  'certificate-not-yet-valid': null,
  'topic-mismatch': 'The certificate does not include the topic that it was set with.',
  'topic-missing': 'The certificate has no topic.',
  'environment-mismatch': 'The certificate does not work with the environment that was asked for.',
  'sandbox-only': null,
  'issuer-not-apple': "The issuer of the certificate is not known as one of Apple's.",
  'practice-certificate': null,
  'key-too-weak': "The certificate's RSA key has fewer than 2048 bits.",
  'key-type-unsupported': "The certificate's key is not an RSA key.",
} as const satisfies Partial<Record<FindingCode, string | null>>;

export type FatalCode = keyof typeof words;

/** The code of an objection that a ledger keeps. */
export type RecordedCode = {
  [Code in FatalCode]: (typeof words)[Code] extends null ? never : Code;
}[FatalCode];

export function isFatal(code: string): code is FatalCode {
  return Object.hasOwn(words, code);
}

export function isRecorded(code: string): code is RecordedCode {
  return isFatal(code) && words[code] !== null;
}

/** An objection that only the ledger knows, as a sentence. */
export function wordsOfRecorded(code: RecordedCode): string {
  return words[code];
}
