import type { ApnsEnvironment, PushIdentity } from '../pkcs12/model.ts';
import type { Finding } from './finding.ts';

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
