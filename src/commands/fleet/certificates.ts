import { openLocatedP12 } from '../../certificate/open-p12.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { Finding } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import { CliError, restated } from '../../errors/cli-error.ts';
import { formatHint, type Hint, nowhere } from '../../errors/hint.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { isoDate } from '../../report/fields.ts';
import { variable } from '../../settings/values.ts';
import type { Secret } from '../../text/secret.ts';
import { shellWord } from '../../text/shell.ts';
import {
  type FleetCertificate,
  type FleetTenant,
  fleetCommand,
  type P12Source,
  pathFromHere,
} from './file/fleet.ts';
import { resolveSecret, unset } from './resolve-secret.ts';

/** A certificate of the file that was opened. */
export interface JudgedCertificate {
  readonly identity: PushIdentity;
  /** The password that opened it, which its tenants need as well. */
  readonly password: Secret | null;
  readonly topic: string | null;
  /** SHA-256 of the leaf's DER, 64 lower-case hex; null: it has none. */
  readonly fingerprint: string | null;
  /** ISO 8601 */
  readonly notAfter: string | null;
  /** Without findings that depend on the tenant. */
  readonly findings: readonly Finding[];
}

/** Of each certificate by its name; an error: it does not open. */
export type JudgedCertificates = ReadonlyMap<string, JudgedCertificate | CliError>;

export interface JudgingFacts {
  /** The fleet file. */
  readonly file: string;
  readonly now: Date;
  readonly warnDays: number;
}

/**
 * Opens and judges each certificate of the tenants once. Never asks for a password.
 * @throws {CliError} interrupted
 */
export async function openCertificates(
  tenants: readonly FleetTenant[],
  facts: JudgingFacts,
  context: Context,
): Promise<JudgedCertificates> {
  const opened = new Map<string, JudgedCertificate | CliError>();
  for (const { certificate } of tenants) {
    if (certificate === null || opened.has(certificate.name)) continue;
    const progress = context.terminal.progress(`Opening the certificate ${certificate.name}`);
    try {
      opened.set(certificate.name, await openOne(certificate, facts, context));
    } finally {
      progress.stop();
    }
  }
  return opened;
}

async function openOne(
  certificate: FleetCertificate,
  facts: JudgingFacts,
  context: Context,
): Promise<JudgedCertificate | CliError> {
  const { name, p12, password: source } = certificate;
  const what = `the password of certificate "${name}"`;
  try {
    const location = locationOf(p12, name, context);
    const given =
      source === null ? null : await resolveSecret(source, what, context, { mayBeEmpty: true });
    const { identity, password } = await openLocatedP12(location, given, context);
    return judgeCertificate(certificate, identity, password, facts);
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return error.code === 'pkcs12-password-required'
      ? restated(error, { facts: { isInFleet: true } })
      : error;
  }
}

/** @throws {CliError} usage: the variable is not set */
function locationOf(p12: P12Source, name: string, { env }: Context) {
  if ('path' in p12) return { path: p12.path, shown: pathFromHere(p12.path, p12.written) };
  const base64 = variable(env, p12.env) ?? unset(p12.env, `the certificate "${name}" in base64`);
  return { variable: p12.env, base64 };
}

export function judgeCertificate(
  { topic, environment, p12 }: FleetCertificate,
  identity: PushIdentity,
  password: Secret | null,
  { file, ...facts }: JudgingFacts,
): JudgedCertificate {
  const { certificate } = identity;
  const renewal = formatHint(renewalOf(p12, file), nowhere);
  return {
    identity,
    password,
    topic: topic ?? certificate?.bundleId ?? null,
    fingerprint: certificate?.fingerprint ?? null,
    notAfter: certificate === null ? null : isoDate(certificate.notAfter),
    findings: checkPushIdentity(identity, {
      ...facts,
      topic,
      environment,
      renewal,
      isToSend: true,
    }),
  };
}

/** How to renew a certificate that tenants of a fleet share. */
function renewalOf(p12: P12Source, file: string): Hint {
  const place = 'path' in p12 ? shellWord(pathFromHere(p12.path, p12.written)) : p12.env;
  return {
    text: 'Get a new push certificate for the same App ID, which `mfa-cli apns request` begins. Put its .p12 in the place of {place}, and run {command}.',
    values: { place },
    command: fleetCommand('apply', file),
  };
}
