export type FindingLevel = 'error' | 'warning' | 'info';

/** The permanent codes of the contract. */
export type FindingCode =
  | 'private-key-missing'
  | 'certificate-missing'
  | 'key-mismatch'
  | 'several-identities'
  | 'not-a-push-certificate'
  | 'push-kind-unsupported'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-expires-soon'
  | 'topic-mismatch'
  | 'topic-missing'
  | 'environment-mismatch'
  | 'sandbox-only'
  | 'issuer-not-apple'
  | 'key-too-weak'
  | 'key-type-unsupported'
  | 'mac-missing'
  | 'encryption-legacy'
  | 'encryption-modern'
  | 'private-key-unencrypted'
  | 'iterations-high'
  | 'trailing-bytes'
  | 'password-empty'
  | 'replaces-later-certificate';

/** One judged fact. Data, never thrown. The message is one sentence with a full stop; the hint says what to do. */
export interface Finding {
  readonly code: FindingCode;
  readonly level: FindingLevel;
  readonly message: string;
  readonly hint: string;
}

/** Whether a finding is of that level, or worse. */
export function hasLevel(findings: readonly Finding[], from: 'error' | 'warning'): boolean {
  return findings.some(({ level }) => level === 'error' || level === from);
}

/** Whether any finding rules out using the file. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return hasLevel(findings, 'error');
}
