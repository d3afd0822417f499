import { latestRecord } from '../../auth/profiles.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { Finding } from '../../checks/finding.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { ApnsEnvironment, PushIdentity } from '../../pkcs12/model.ts';
import { isoDate } from '../../report/fields.ts';
import type { Settings } from '../../settings/settings.ts';

/** What `apns set` is about to do, and what the checks found. */
export interface SetPlan {
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
  readonly topic: string | null;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string | null;
  /** Of the certificate, ISO 8601. */
  readonly notAfter: string | null;
  /** Those that the certificate serves. */
  readonly environments: readonly ApnsEnvironment[];
  /** What this tool set last for the same tenant and key. */
  readonly previous: CertificateRecord | null;
  /** Whether `previous` is this very certificate with this topic. */
  readonly unchanged: boolean;
  readonly findings: readonly Finding[];
}

/** What a plan is judged by beside the settings. */
export interface PlanFacts {
  readonly now: Date;
  readonly warnDays: number;
}

/** The plan for an identity: the topic is the bundle ID unless said otherwise, the key is the topic unless said otherwise. */
export function planSet(
  identity: PushIdentity,
  { apns, clientAppKey: key, profiles }: Settings,
  tenant: string | null,
  { now, warnDays }: PlanFacts,
): SetPlan {
  const { certificate } = identity;
  const fingerprint = certificate?.fingerprint ?? null;
  const topic = apns.topic ?? certificate?.bundleId ?? null;
  const clientAppKey = key ?? topic;
  const previous = latestRecord(profiles, tenant, clientAppKey);
  return {
    tenant,
    clientAppKey,
    topic,
    fingerprint,
    notAfter: certificate === null ? null : isoDate(certificate.notAfter),
    environments: certificate?.environments ?? [],
    previous,
    unchanged: previous !== null && previous.fingerprint === fingerprint && previous.topic === topic,
    findings: checkPushIdentity(identity, {
      now,
      warnDays,
      topic: apns.topic,
      environment: apns.environment,
      previous: previous === null ? null : { ...previous, notAfter: new Date(previous.notAfter) },
    }),
  };
}

/** What is sent and remembered; only `--force` can have left any of it open. @throws {CliError} usage */
export function requireTarget({ clientAppKey, topic, fingerprint, notAfter }: SetPlan): {
  clientAppKey: string;
  topic: string;
  fingerprint: string;
  notAfter: string;
} {
  if (fingerprint === null || notAfter === null) {
    throw new CliError('usage', 'A file without a certificate cannot be sent, not even by force');
  }
  if (topic === null || clientAppKey === null) {
    throw new CliError('usage', 'The certificate names no topic', { facts: { option: '--topic TOPIC' } });
  }
  return { clientAppKey, topic, fingerprint, notAfter };
}
