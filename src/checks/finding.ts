import type { ApnsEnvironment, PushIdentity } from '../pkcs12/model.ts';

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
  | 'silences-other-app'
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

/** Whether a command that is told to judge so ends with 4 for these findings, and sends nothing. */
export function stopsAt(
  findings: readonly Finding[],
  { failOn = 'error', force }: { readonly failOn?: 'error' | 'warning'; readonly force?: boolean },
): boolean {
  return force !== true && hasLevel(findings, failOn);
}

/** Whether any finding rules out using the file. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return hasLevel(findings, 'error');
}

/** What a push identity is judged against. */
export interface CheckFacts {
  readonly now: Date;
  /** With this many days left or fewer it expires soon; default: 30. */
  readonly warnDays?: number;
  /** The topic that was asked for. */
  readonly topic?: string | null;
  /** The environment that was asked for. */
  readonly environment?: ApnsEnvironment | null;
  /** What this tool set last for the same key. */
  readonly previous?: { readonly fingerprint: string; readonly notAfter: Date } | null;
}

/** The findings about one aspect of an identity. */
export type Check = (identity: PushIdentity, facts: CheckFacts) => Finding[];

/** Those about the certificate itself, wherever it is. */
export type CertificateCheck = (
  identity: Pick<PushIdentity, 'certificate' | 'chain'>,
  facts: CheckFacts,
) => Finding[];
