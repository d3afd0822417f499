import { CliError } from '../errors/cli-error.ts';
import type { ApnsEnvironment, Certificate, PushIdentity } from '../pkcs12/model.ts';
import { isoDate } from '../report/fields.ts';
import type { Secret } from '../text/secret.ts';
import type { LedgerFacts, LedgerLine } from './ledger-line.ts';
import type { RecordedCode } from './objections.ts';

/** The facts of a push certificate that a tenant should have. Plain data. */
export interface WantedCertificate {
  readonly topic: string;
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  readonly fingerprint: string;
  /** ISO 8601 */
  readonly notBefore: string;
  /** ISO 8601 */
  readonly notAfter: string;
  readonly environments: readonly ApnsEnvironment[];
  /** The environment that was asked for, or null. */
  readonly environment: ApnsEnvironment | null;
  readonly team: { readonly id: string | null; readonly name: string | null };
  /** Whose it is, in free text, or null. */
  readonly owner: string | null;
  /** The ticket of the change, in free text, or null. */
  readonly ticket: string | null;
  /** The objections that are known now, and that its line of the ledger keeps. */
  readonly against: readonly RecordedCode[];
}

/** A key of a tenant, and the certificate wanted for it. Plain data, without a secret. */
export interface Target {
  /** The tenant's URL. */
  readonly tenant: string;
  readonly clientAppKey: string;
  /** Null: none. */
  readonly wanted: WantedCertificate | null;
}

/** The secret part of a target: the file as the tenant gets it, and what opens it. */
export interface PushFile {
  readonly identity: PushIdentity;
  readonly password: Secret | null;
  /** The codes and words of the findings that were accepted. */
  readonly findings: readonly AcceptedFinding[];
}

interface AcceptedFinding {
  readonly code: string;
  readonly level: 'error' | 'warning' | 'info';
  readonly message: string;
}

/** The facts of a wanted certificate that do not stand in it. */
interface WantedFacts
  extends Pick<WantedCertificate, 'environment' | 'owner' | 'ticket' | 'against'> {
  /** Null: unknown. */
  readonly topic: string | null;
}

/** A certificate and its topic, without which none can be sent. */
interface Sendable {
  readonly certificate: Certificate;
  readonly topic: string;
}

/** @throws {CliError} usage: the file has no certificate, or no topic is known */
export function requireWanted(certificate: Certificate | null, topic: string | null): Sendable {
  if (certificate === null)
    throw new CliError(
      'usage',
      'A file without a certificate cannot be sent, not even with --force',
    );
  if (topic === null)
    throw new CliError('usage', 'The certificate has no topic', {
      facts: { option: '--topic TOPIC' },
    });
  return { certificate, topic };
}

/** The certificate that a target wants. @throws {CliError} as requireWanted */
export function wantedCertificate(
  given: Certificate | null,
  { topic: givenTopic, environment, owner, ticket, against }: WantedFacts,
): WantedCertificate {
  const { certificate, topic } = requireWanted(given, givenTopic);
  return {
    topic,
    fingerprint: certificate.fingerprint,
    notBefore: isoDate(certificate.notBefore),
    notAfter: isoDate(certificate.notAfter),
    environments: certificate.environments,
    environment,
    team: teamOf(certificate),
    owner,
    ticket,
    against,
  };
}

/** The Apple team that a certificate is issued to. */
export function teamOf({ teamId, organization }: Certificate): WantedCertificate['team'] {
  return { id: teamId, name: organization };
}

/**
 * The facts of a target's first line, which is written before its request leaves.
 * @param by who is signed in
 * @param deleted the line of the certificate that a deletion takes away, if it is known
 */
export function sendingFacts(
  { tenant, clientAppKey, wanted }: Target,
  by: string | null,
  deleted: LedgerLine | null = null,
): LedgerFacts {
  const certificate = wanted ?? deleted;
  return {
    tenant,
    clientAppKey,
    asked: wanted === null ? 'delete' : 'set',
    topic: certificate?.topic ?? null,
    fingerprint: certificate?.fingerprint ?? null,
    notBefore: certificate?.notBefore ?? null,
    notAfter: certificate?.notAfter ?? null,
    environments: certificate?.environments ?? null,
    environment: certificate?.environment ?? null,
    team: certificate?.team ?? null,
    against: wanted?.against ?? [],
    by,
    owner: certificate?.owner ?? null,
    ticket: wanted?.ticket ?? null,
    sentAs: null,
    outcome: 'sending',
    appConfirmed: null,
    plan: null,
    // It is the first about its request.
    of: null,
  };
}
