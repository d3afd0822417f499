import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { Finding } from '../../checks/finding.ts';
import type { CliError } from '../../errors/cli-error.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { isoDate } from '../../report/dates.ts';
import type { Secret } from '../../text/secret.ts';
import type { FleetCertificate } from './file/fleet.ts';

/** A certificate that was opened and judged, once for all of its tenants. */
export interface JudgedCertificate {
  readonly identity: PushIdentity;
  /** What opened it, and what its tenants need to open it. */
  readonly password: Secret | null;
  /** Null, as the next two, where it does not say it. */
  readonly topic: string | null;
  readonly fingerprint: string | null;
  /** ISO 8601. */
  readonly notAfter: string | null;
  /** Without what depends on the tenant. */
  readonly findings: readonly Finding[];
}

/** By name; an error is why a certificate does not open. */
export type JudgedCertificates = ReadonlyMap<string, JudgedCertificate | CliError>;

export interface JudgingFacts {
  readonly now: Date;
  readonly warnDays: number;
}

export function judgeCertificate(
  { topic, environment }: FleetCertificate,
  identity: PushIdentity,
  password: Secret | null,
  facts: JudgingFacts,
): JudgedCertificate {
  const { certificate } = identity;
  return {
    identity,
    password,
    topic: topic ?? certificate?.bundleId ?? null,
    fingerprint: certificate?.fingerprint ?? null,
    notAfter: certificate === null ? null : isoDate(certificate.notAfter),
    findings: checkPushIdentity(identity, { ...facts, topic, environment }),
  };
}
