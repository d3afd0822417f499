import { isPractice } from '../checks/issuer.ts';
import { isOnThisMachine } from '../tenant/address.ts';
import { onOneLine } from '../text/printable.ts';
import type { Objection, ObjectionCode } from './judge-reach.ts';

/** The objections that leave it open whether pushes reach phones. */
const openOnes: ReadonlySet<ObjectionCode> = new Set(['outcome-unknown', 'issuer-not-apple']);

/**
 * The objection that a headline tells, or null: the first that is certain, else the
 * first.
 */
export function mainObjection(against: readonly Objection[]): Objection | null {
  return against.find(isCertain) ?? against[0] ?? null;
}

function isCertain(objection: Objection): boolean {
  return !openOnes.has(objection.code) || isPractice(objection);
}

/** The verdict without its reason: `will not reach phones`, or `may not`. */
export function reachVerb(objection: Objection): string {
  return `${isCertain(objection) ? 'will' : 'may'} not reach phones`;
}

interface AgainstTerms {
  /** `Pushes` if left out. */
  readonly subject?: string;
  /** ` at acme` */
  readonly place?: string;
  /** A condition that would make a certain objection void. */
  readonly unless?: string;
}

/** The verdict of a headline, with its reason; null if nothing speaks against pushes. */
export function wordsAgainst(
  against: readonly Objection[],
  { subject = 'Pushes', place = '', unless = '' }: AgainstTerms = {},
): string | null {
  const objection = mainObjection(against);
  if (objection === null) return null;
  const condition = isCertain(objection) ? unless : '';
  const verdict = `${subject} ${reachVerb(objection)}${place}${condition}`;
  return `${verdict}: ${onOneLine(objection.message)}`;
}

/** Said of keys that nothing speaks for or against, `a and b`. */
export function wordsForUnproven(keys: string): string {
  return `Not proven for ${keys}: \`mfa-cli apns prove\` tests whether pushes arrive.`;
}

/** A certificate that a push has proven for a key. */
interface ProvenCertificate {
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly fingerprint: string | null;
  /** ISO 8601 */
  readonly at: string;
}

/**
 * `Proven on 2026-12-01 for lab with the certificate SHA-256 0123abcd…`; `Rehearsal
 * passed on …` at a tenant on this machine, which proves nothing about real phones.
 */
export function wordsForProven({
  tenant,
  clientAppKey,
  fingerprint,
  at,
}: ProvenCertificate): string {
  const certificate =
    fingerprint === null ? '' : ` with the certificate SHA-256 ${fingerprint.slice(0, 8)}…`;
  return `${provenOrRehearsed(tenant)} on ${at.slice(0, 10)} for ${onOneLine(clientAppKey)}${certificate}`;
}

/** `Proven`, or `Rehearsal passed` at a tenant on this machine. */
export function provenOrRehearsed(tenant: string): string {
  return isOnThisMachine(tenant) ? 'Rehearsal passed' : 'Proven';
}

/** The sentence behind a proof on a local tenant; nothing for other tenants. */
export function rehearsalCaveat(tenant: string): string {
  return isOnThisMachine(tenant) ? ' A rehearsal proves nothing about real phones.' : '';
}
