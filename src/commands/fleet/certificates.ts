import { openLocatedP12 } from '../../certificate/open-p12.ts';
import { byLevel, checkPushIdentity } from '../../checks/check-push-identity.ts';
import { type Finding, finding } from '../../checks/finding.ts';
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

/** A certificate of the file. */
export interface JudgedCertificate {
  /** Null: it was not opened, as the file declares its fingerprint and topic. */
  readonly identity: PushIdentity | null;
  /** The password that opened it, which its tenants need as well. */
  readonly password: Secret | null;
  readonly topic: string | null;
  /** SHA-256 of the leaf's DER, 64 lower-case hex; null: it has none. */
  readonly fingerprint: string | null;
  /** ISO 8601; null: it was not opened. */
  readonly notAfter: string | null;
  /** Without findings that depend on the tenant. */
  readonly findings: readonly Finding[];
}

/** One that was opened, and can be sent. */
export interface OpenedCertificate extends JudgedCertificate {
  readonly identity: PushIdentity;
}

/** Of each certificate by its name; an error: it does not open. */
export type JudgedCertificates = ReadonlyMap<string, JudgedCertificate | CliError>;

export interface JudgingFacts {
  /** The fleet file. */
  readonly file: string;
  readonly now: Date;
  readonly warnDays: number;
}

interface OpeningFacts extends JudgingFacts {
  /** Whether one with a declared fingerprint and topic is opened as well. */
  readonly opensDeclared: boolean;
}

/**
 * Opens and judges each certificate of the tenants once. Never asks for a password.
 * @throws {CliError} interrupted
 */
export async function openCertificates(
  tenants: readonly FleetTenant[],
  facts: OpeningFacts,
  context: Context,
): Promise<JudgedCertificates> {
  const opened = new Map<string, JudgedCertificate | CliError>();
  for (const { certificate } of tenants) {
    if (certificate === null || opened.has(certificate.name)) continue;
    const declared = facts.opensDeclared ? null : declaredAlone(certificate);
    if (declared !== null) {
      opened.set(certificate.name, declared);
      continue;
    }
    const progress = context.terminal.progress(`Opening the certificate ${certificate.name}`);
    try {
      opened.set(certificate.name, await openOne(certificate, facts, context));
    } finally {
      progress.stop();
    }
  }
  return opened;
}

/** A certificate whose fingerprint and topic stand in the file; null: they do not. */
function declaredAlone({ fingerprint, topic }: FleetCertificate): JudgedCertificate | null {
  if (fingerprint === null || topic === null) return null;
  return { identity: null, password: null, topic, fingerprint, notAfter: null, findings: [] };
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
  { topic, environment, p12, fingerprint: declared }: FleetCertificate,
  identity: PushIdentity,
  password: Secret | null,
  { file, now, warnDays }: JudgingFacts,
): OpenedCertificate {
  const { certificate } = identity;
  const renewal = formatHint(renewalOf(p12, file), nowhere);
  return {
    identity,
    password,
    topic: topic ?? certificate?.bundleId ?? null,
    fingerprint: certificate?.fingerprint ?? null,
    notAfter: certificate === null ? null : isoDate(certificate.notAfter),
    findings: byLevel([
      ...checkFingerprint(certificate?.fingerprint ?? null, declared),
      ...checkPushIdentity(identity, {
        now,
        warnDays,
        topic,
        environment,
        renewal,
        isToSend: true,
      }),
    ]),
  };
}

function checkFingerprint(given: string | null, declared: string | null): readonly Finding[] {
  if (declared === null || given === null || given === declared) return [];
  const message = `The certificate is ${given}, and the fleet file declares ${declared}.`;
  return [finding('fingerprint-mismatch', message)];
}

/** How to renew a certificate that tenants of a fleet share. */
function renewalOf(p12: P12Source, file: string): Hint {
  const place = 'path' in p12 ? shellWord(pathFromHere(p12.path, p12.written)) : p12.env;
  return {
    text:
      'Get a new push certificate for the same App ID, which `mfa-cli apns request` begins. ' +
      'Put its .p12 in the place of {place}, and run {command}.',
    values: { place },
    command: fleetCommand('apply', file),
  };
}
