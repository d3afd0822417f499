import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { Finding } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import { openLocatedP12 } from '../../delivery/open-p12.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { isoDate } from '../../report/fields.ts';
import type { P12Location } from '../../settings/settings.ts';
import { variable } from '../../settings/variable.ts';
import type { Secret } from '../../text/secret.ts';
import type { FleetCertificate, FleetTenant, P12Source } from './file/fleet.ts';
import { resolveSecret } from './fleet-tenant.ts';

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

/**
 * Opens and judges the certificates that the tenants are to have, each once, one after another. Nobody is asked for a
 * password. @throws {CliError} interrupted
 */
export async function openFleetCertificates(
  tenants: readonly FleetTenant[],
  facts: JudgingFacts,
  context: Context,
): Promise<JudgedCertificates> {
  const opened = new Map<string, JudgedCertificate | CliError>();
  for (const { certificate } of tenants) {
    if (certificate === null || opened.has(certificate.name)) continue;
    const progress = context.terminal.progress(`Opening the certificate ${certificate.name}`);
    opened.set(certificate.name, await openOne(certificate, facts, context).finally(() => progress.stop()));
  }
  return opened;
}

async function openOne(
  certificate: FleetCertificate,
  facts: JudgingFacts,
  context: Context,
): Promise<JudgedCertificate | CliError> {
  const { name, p12, password: source } = certificate;
  try {
    const location = locate(p12, name, context);
    const given =
      source === null
        ? null
        : await resolveSecret(source, `the password of certificate "${name}"`, context, { mayBeEmpty: true });
    const { identity, password } = await openLocatedP12(location, given, context);
    return judgeCertificate(certificate, identity, password, facts);
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return error;
  }
}

/** @throws {CliError} usage */
function locate(p12: P12Source, name: string, { env }: Context): P12Location {
  if ('path' in p12) return p12;
  const base64 = variable(env, p12.env);
  if (base64 !== undefined) return { variable: p12.env, base64 };
  throw new CliError('usage', `${p12.env} is not set: it is to hold the certificate "${name}" in base64`, {
    facts: { variable: p12.env },
  });
}
