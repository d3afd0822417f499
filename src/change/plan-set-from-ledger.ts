import { byLevel, checkPushIdentity } from '../checks/check-push-identity.ts';
import { checkSilenced, type KeyUse } from '../checks/client-app-key-in-use.ts';
import { type Finding, stopsAt } from '../checks/finding.ts';
import { checkPractice } from '../checks/issuer.ts';
import {
  checkLosses,
  checkTopicChange,
  type LosableFacts,
} from '../checks/replaced-certificate.ts';
import type { Destination } from '../errors/hint.ts';
import { isLoopback } from '../network/proxy.ts';
import type { Certificate, PushIdentity } from '../pkcs12/model.ts';
import { isoDate } from '../report/fields.ts';
import type { GivenApns, Judging } from '../settings/certificate.ts';
import type { ReadBack } from '../tenant/read-back.ts';
import { type KeySource, type OtherKey, otherKeyFor } from './client-app-key.ts';
import {
  keyUsesAt,
  lastSet,
  type PastRequest,
  type TenantHistory,
  unansweredFor,
  withoutRepeats,
} from './history.ts';

/** The terms on which a certificate is judged. */
export interface JudgingTerms {
  readonly now: Date;
  /** Where the command goes, for the commands in hints. */
  readonly to: Destination;
  readonly apns: GivenApns;
  readonly judging: Judging;
}

/** The place that a certificate goes to, as far as it is known. */
export interface SetPlace {
  readonly tenant: string | null;
  /** Null: that of the topic. */
  readonly clientAppKey: string | null;
  readonly keyFrom: KeySource;
}

/** The knowledge about the tenant. */
export interface SetKnowledge {
  readonly history: TenantHistory;
  /** The tenant's own word about the key; null: it was not asked. */
  readonly reported: ReadBack | null;
}

/** A certificate that a set replaces. Null: unknown. Keys are a promise. */
export interface ReplacedCertificate {
  readonly topic: string | null;
  /** ISO 8601 */
  readonly notAfter: string | null;
  /** When this machine, or the ledger in use, set it. ISO 8601 */
  readonly setAt: string | null;
}

/**
 * The certificate of the key before a set:
 *
 * - `same`: this one was set last with this topic, and the tenant reports no other topic
 * - `other`: it is replaced
 * - `none`: the tenant reports that the key has no topic
 * - `not-known`: nothing is on record for the key
 */
type CertificateBefore =
  | { readonly kind: 'same' | 'none' | 'not-known' }
  | { readonly kind: 'other'; readonly replaced: ReplacedCertificate };

/** The plan of a set, with the findings of the checks. Plain data. */
export interface SetPlan {
  /** Null if unknown: then nothing is sent. */
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
  /** Null: there is no key. */
  readonly keyFrom: KeySource | null;
  /**
   * The key that speaks against the topic as the key; null if none does, or one was
   * given.
   */
  readonly other: OtherKey | null;
  readonly topic: string | null;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string | null;
  /** Of the certificate, ISO 8601. */
  readonly notAfter: string | null;
  readonly before: CertificateBefore;
  readonly findings: readonly Finding[];
  /** The last set of this key, as far as it is known. */
  readonly previous: PastRequest | null;
  /** Later requests for this key without an answer. */
  readonly unanswered: readonly PastRequest[];
  /** Whether pushes that work at this tenant today may change. */
  readonly affectsPhones: boolean;
  /** Whether the findings stop it. */
  readonly stops: boolean;
}

/** Plans a set. The topic defaults to the bundle ID, and the key to the topic. */
export function planSet(
  identity: PushIdentity,
  { tenant, clientAppKey: given, keyFrom }: SetPlace,
  { history, reported }: SetKnowledge,
  terms: JudgingTerms,
): SetPlan {
  const { certificate } = identity;
  const topic = terms.apns.topic ?? certificate?.bundleId ?? null;
  const fingerprint = certificate?.fingerprint ?? null;
  const clientAppKey = given ?? topic;
  const isDefault = keyFrom === 'topic' && topic !== null;
  const other = isDefault ? otherKeyFor(topic, history, reported?.latest) : null;
  const previous = clientAppKey === null ? null : lastSet(history, clientAppKey);
  const unanswered =
    clientAppKey === null ? [] : withoutRepeats(unansweredFor(history, clientAppKey));
  const asksTheSame = ({ line }: PastRequest): boolean =>
    line.asked === 'set' && line.fingerprint === fingerprint && line.topic === topic;
  const tenantHasOtherTopic = reported?.outcome === 'told' && reported.topic !== topic;
  const isSame =
    !tenantHasOtherTopic &&
    previous !== null &&
    asksTheSame(previous) &&
    unanswered.every(asksTheSame);
  const before: CertificateBefore = isSame ? { kind: 'same' } : otherBefore(previous, reported);
  const keyUses = keyUsesAt(history, reported?.latest);
  const losable = losableFactsOf(certificate);
  const ofPlace = checkPlace(
    { clientAppKey, other, topic, losable },
    { keyUses, previous, reported },
  );
  const findings = byLevel([...findingsOfFile(identity, tenant, previous, terms), ...ofPlace]);
  const silences = ofPlace.some(({ code }) => code === 'silences-other-app');
  return {
    tenant,
    clientAppKey,
    keyFrom: clientAppKey === null ? null : keyFrom,
    other,
    topic,
    fingerprint,
    notAfter: certificate === null ? null : isoDate(certificate.notAfter),
    before,
    findings,
    previous,
    unanswered,
    affectsPhones: silences || before.kind === 'other' || (!isSame && unanswered.length > 0),
    stops: stopsAt(findings, terms.judging),
  };
}

/** The certificate for the key, by the ledger, unless the tenant tells another topic. */
function otherBefore(previous: PastRequest | null, reported: ReadBack | null): CertificateBefore {
  const recorded = previous?.line.topic ?? null;
  if (reported?.outcome === 'told' && reported.topic !== recorded) {
    const { topic } = reported;
    if (topic === null) return { kind: 'none' };
    return { kind: 'other', replaced: { topic, notAfter: null, setAt: null } };
  }
  if (previous === null) return { kind: 'not-known' };
  const { notAfter } = previous.line;
  return { kind: 'other', replaced: { topic: recorded, notAfter, setAt: previous.at } };
}

/** The findings about the file and the earlier certificate, whatever other keys exist. */
function findingsOfFile(
  identity: PushIdentity,
  tenant: string | null,
  previous: PastRequest | null,
  { now, to, apns, judging }: JudgingTerms,
): readonly Finding[] {
  const isRemote = tenant !== null && !isLoopback(new URL(tenant).hostname);
  const findings = checkPushIdentity(identity, {
    now,
    to,
    warnDays: judging.warnDays,
    topic: apns.topic,
    environment: apns.environment,
    isToSend: true,
    previous: earlierCertificate(previous),
  });
  return isRemote ? [...checkPractice(identity), ...findings] : findings;
}

/** The certificate of a past set, as the checks compare it; null: not known. */
function earlierCertificate(
  request: PastRequest | null,
): { readonly fingerprint: string; readonly notAfter: Date } | null {
  const { fingerprint = null, notAfter = null } = request?.line ?? {};
  if (fingerprint === null || notAfter === null) return null;
  return { fingerprint, notAfter: new Date(notAfter) };
}

/** The knowledge about a key, and about the others at its tenant. */
export interface PlaceKnowledge {
  /** The use of the keys that stay. */
  readonly keyUses: ReadonlyMap<string, KeyUse>;
  /** The last set of this key, as far as it is known. */
  readonly previous: PastRequest | null;
  /** The tenant's own word about the key; null: it was not asked. */
  readonly reported: ReadBack | null;
}

/** A certificate and the key that it is meant for. */
interface PlacedCertificate {
  readonly clientAppKey: string | null;
  /**
   * The key that speaks against the topic as the key; null if none does, or one was
   * given.
   */
  readonly other: OtherKey | null;
  readonly topic: string | null;
  /** Null: the file has no certificate. */
  readonly losable: LosableFacts | null;
}

/** The facts of a certificate that a change may lose. */
export function losableFactsOf(certificate: Certificate | null): LosableFacts | null {
  if (certificate === null) return null;
  const { environments, teamId, organization } = certificate;
  return { environments, team: { id: teamId, name: organization } };
}

/** Checks what a set changes at its tenant: the topic of its key, and the key in use. */
export function checkPlace(
  { clientAppKey, other, topic, losable }: PlacedCertificate,
  { keyUses, previous, reported }: PlaceKnowledge,
): readonly Finding[] {
  const changes = [
    ...checkTopicChange(topic, topicBefore(reported, previous)),
    ...(losable === null ? [] : checkLosses(losable, previous?.line ?? null)),
  ];
  if (clientAppKey === null) return changes;
  return [...changes, ...checkSilenced(keyUses, clientAppKey, other?.clientAppKey ?? null)];
}

/** The topic of the key by the tenant's word, else by what was set last. */
function topicBefore(reported: ReadBack | null, previous: PastRequest | null): string | null {
  if (reported?.outcome === 'told') return reported.topic;
  return previous?.line.topic ?? null;
}
