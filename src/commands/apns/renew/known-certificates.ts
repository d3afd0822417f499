import { type History, lastSet, type PastRequest } from '../../../change/history.ts';
import type { KnownDates } from '../../../change/judge-reach.ts';
import { type Ownership, ownershipOf } from '../../../report/ownership.ts';

/** A certificate that was set, as the ledger has it. */
export interface KnownCertificate extends KnownDates, Ownership {
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly topic: string | null;
  /** SHA-256 of the leaf's DER, 64 lower-case hex. */
  readonly fingerprint: string;
  /** ISO 8601 */
  readonly notAfter: string;
  /** ISO 8601 */
  readonly setAt: string;
}

/** The tenant and the key to look at; null: any. */
export interface KnownPlace {
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
}

/**
 * The certificates of an app that were set, the latest first, for keys that were not
 * deleted since.
 */
export function knownCertificates(
  { tenants }: History,
  { tenant, clientAppKey }: KnownPlace,
  bundleId: string,
): readonly KnownCertificate[] {
  const isWanted = ({ line }: PastRequest): boolean =>
    clientAppKey === null ? line.topic === bundleId : line.clientAppKey === clientAppKey;
  return [...tenants.values()]
    .filter((history) => tenant === null || history.tenant === tenant)
    .flatMap((history) =>
      history.requests.filter(
        (request) =>
          request.outcome === 'done' &&
          request.line.asked === 'set' &&
          lastSet(history, request.line.clientAppKey) !== null &&
          isWanted(request),
      ),
    )
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .flatMap(({ line, at: setAt }) => {
      const { fingerprint, notAfter } = line;
      if (fingerprint === null || notAfter === null) return [];
      return [
        {
          tenant: line.tenant,
          clientAppKey: line.clientAppKey,
          topic: line.topic,
          fingerprint,
          notBefore: line.notBefore,
          notAfter,
          environments: line.environments,
          environment: line.environment,
          against: line.against,
          ...ownershipOf(line),
          setAt,
        },
      ];
    });
}

/** The certificate's client app key, if the records agree on one. */
export function recordedKey(
  records: readonly Pick<KnownCertificate, 'clientAppKey'>[],
): string | null {
  const [key = null, ...others] = new Set(records.map(({ clientAppKey }) => clientAppKey));
  return others.length === 0 ? key : null;
}
