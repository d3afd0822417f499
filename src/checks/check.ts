import type { Destination } from '../errors/hint.ts';
import type { ApnsEnvironment, PushIdentity } from '../pkcs12/model.ts';
import type { Finding } from './finding.ts';

/** Facts to check a push identity against. */
export interface CheckFacts {
  /** Where the command goes, for the commands in hints; absent: to no tenant. */
  readonly to?: Destination;
  /** How to renew the certificate, in place of the usual hint. */
  readonly renewal?: string;
  readonly now: Date;
  /** The number of days left at which it expires soon; default: 30. */
  readonly warnDays?: number;
  readonly topic?: string | null;
  readonly environment?: ApnsEnvironment | null;
  /**
   * Whether a tenant will get it. Then a certificate for the sandbox alone must be meant.
   */
  readonly isToSend?: boolean;
  /** The certificate that this machine set last for the same key. */
  readonly previous?: { readonly fingerprint: string; readonly notAfter: Date } | null;
}

export type Check = (identity: PushIdentity, facts: CheckFacts) => Finding[];

/** A check of the certificate alone. */
export type CertificateCheck = (
  identity: Pick<PushIdentity, 'certificate' | 'chain'>,
  facts: CheckFacts,
) => Finding[];
