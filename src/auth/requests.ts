import { isDeepStrictEqual } from 'node:util';
import { CliError } from '../errors/cli-error.ts';
import type { Profile, ProfileStore, Profiles } from './profile.ts';
import {
  emptyProfile,
  profileNamed,
  withCertificate,
  withoutCertificate,
  withoutProfile,
  withProfile,
  withSentAs,
} from './profiles.ts';
import type { CertificateRecord, CertificateRequest } from './stored-schemas.ts';

type Target = Pick<CertificateRecord, 'tenant' | 'clientAppKey'>;

/** A past request to a tenant, as `keysInUse` reads it. */
interface PastRequest extends Pick<CertificateRequest, 'clientAppKey' | 'asked' | 'at'> {
  readonly answered: boolean;
}

/** The last request of this machine for each client app key of a tenant, in any profile, oldest first. */
export function requestsTo(profiles: Profiles, tenant: string | null): readonly PastRequest[] {
  return tenant === null ? [] : (requestsByTenant(profiles).get(tenant) ?? []);
}

/** The same for every tenant. Reads each record once: a caller that asks for many tenants keeps it. */
export function requestsByTenant({
  profiles,
}: Profiles): ReadonlyMap<string, readonly PastRequest[]> {
  const all = Object.values(profiles);
  const sets = all.flatMap(({ certificates }) =>
    certificates.map((record) => ({
      ...record,
      asked: 'set' as const,
      answered: true,
      at: record.setAt,
    })),
  );
  const others = all.flatMap(({ requests = [] }) =>
    requests.map((request) => ({ ...request, answered: request.outcome === 'done' })),
  );
  const byTenant = new Map<string, PastRequest[]>();
  for (const { tenant, clientAppKey, asked, answered, at } of [...sets, ...others]) {
    const known = byTenant.get(tenant);
    const request = { clientAppKey, asked, answered, at };
    if (known === undefined) byTenant.set(tenant, [request]);
    else known.push(request);
  }
  for (const requests of byTenant.values())
    requests.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return byTenant;
}

/** Milliseconds since 1970. */
const latestMoment = 8.64e15;

/**
 * The time of a request: never before other records of its tenant. A clock may have been ahead, or another process may have
 * gotten an answer; the order decides which key the tenant uses.
 */
export function stampOf(
  profiles: Profiles,
  { tenant, at }: Pick<CertificateRequest, 'tenant' | 'at'>,
): string {
  const last = requestsTo(profiles, tenant).at(-1)?.at;
  if (last === undefined || !isBefore(at, last)) return at;
  return new Date(Math.min(Date.parse(last) + 1, latestMoment)).toISOString();
}

/** A request without an answer, and its profile. */
export interface OpenRequest extends CertificateRequest {
  readonly profile: string;
}

/** The requests without an answer. */
export function openRequests({ profiles }: Profiles): readonly OpenRequest[] {
  return Object.entries(profiles)
    .flatMap(([profile, { requests = [] }]) => requests.map((request) => ({ ...request, profile })))
    .filter((request) => request.outcome !== 'done');
}

/** The requests for a client app key without an answer. */
export function unansweredFor(profiles: Profiles, target: NamedTarget): readonly OpenRequest[] {
  return openRequests(profiles).filter((request) => isSame(request, target));
}

/** A client app key of a tenant, as far as both are known. */
type NamedTarget = { readonly [Member in keyof Target]: string | null };

/** Whether both concern the same key of the same tenant. */
export function isSame(one: Target, other: NamedTarget): boolean {
  return one.tenant === other.tenant && one.clientAppKey === other.clientAppKey;
}

function isBefore(one: string, other: string): boolean {
  return Date.parse(one) < Date.parse(other);
}

/** Adds a request before it is sent. */
export function withRequest(
  profiles: Profiles,
  name: string,
  request: CertificateRequest,
): Profiles {
  const { requests = [] } = profileNamed(profiles, name);
  return withProfile(profiles, name, { requests: [...requests, request] });
}

/** Removes a request that had no effect, and its profile if nothing else made it. */
export function withoutRequest(
  profiles: Profiles,
  name: string,
  request: CertificateRequest,
): Profiles {
  const { requests = [] } = profileNamed(profiles, name);
  const place = requests.findLastIndex((each) => isDeepStrictEqual(each, request));
  if (place === -1) return profiles;
  const left = withRequests(profiles, name, requests.toSpliced(place, 1));
  const isEmpty = isDeepStrictEqual(left.profiles[name], emptyProfile) && left.current !== name;
  return isEmpty ? withoutProfile(left, name) : left;
}

/** Marks the outcome as unknown. Replaces earlier requests for the same key. */
export function withOutcomeUnknown(
  profiles: Profiles,
  name: string,
  request: CertificateRequest,
): Profiles {
  const { requests = [] } = profileNamed(profiles, name);
  const content = ({ at: _, outcome: __, ...rest }: CertificateRequest) => rest;
  const others = requests.filter((each) => !isDeepStrictEqual(content(each), content(request)));
  return withRequests(profiles, name, [...others, { ...request, outcome: 'unknown' }]);
}

/** Adds a set certificate, which settles the requests for its key, and the key that the tenant uses. */
export function withSet(profiles: Profiles, name: string, record: CertificateRecord): Profiles {
  const settled = eachProfile(profiles, (request) =>
    request.outcome === 'done' ? request.tenant !== record.tenant : !isSame(request, record),
  );
  return withCertificate(settled, name, record);
}

/** Removes a deleted key from every profile. The tenant may now use any of the others. */
export function withDeleted(
  profiles: Profiles,
  name: string,
  request: CertificateRequest,
): Profiles {
  const latest = withoutRequest(profiles, name, request);
  const settled = Object.keys(latest.profiles).reduce(
    (left, each) => withoutCertificate(left, each, request),
    eachProfile(latest, (other) => !isSame(other, request)),
  );
  const others = requestsTo(settled, request.tenant);
  return others.length === 0
    ? settled
    : withRequest(settled, name, { ...request, outcome: 'done' });
}

function eachProfile(profiles: Profiles, keep: (request: CertificateRequest) => boolean): Profiles {
  return Object.entries(profiles.profiles).reduce(
    (all, [name, { requests }]) =>
      requests === undefined ? all : withRequests(all, name, requests.filter(keep)),
    profiles,
  );
}

/** Without requests the profile has no such member. */
function withRequests(
  profiles: Profiles,
  name: string,
  requests: readonly CertificateRequest[],
): Profiles {
  const { requests: _, ...others } = profileNamed(profiles, name);
  const profile: Profile = requests.length === 0 ? others : { ...others, requests };
  return { ...profiles, profiles: { ...profiles.profiles, [name]: profile } };
}

/** A change to send: a new certificate for a client app key, or a deletion. */
export type CertificateChange = Omit<CertificateRequest, 'asked' | 'outcome'> &
  (
    | { readonly asked: 'delete' }
    | { readonly asked: 'set'; topic: string; fingerprint: string; notAfter: string }
  );

interface Place {
  readonly store: ProfileStore;
  readonly profiles: Profiles;
  readonly profileName: string;
}

/** Records the states of one change in a profile. Each function resolves to the error that prevented the write, or null. */
export function createRecorder(
  change: CertificateChange,
  { store, profiles, profileName: name }: Place,
) {
  const request = { ...change, outcome: 'sending' as const, at: stampOf(profiles, change) };
  const stamped = (latest: Profiles) => ({ ...request, at: stampOf(latest, request) });
  const withForm = (after: Profiles, form: string) => withSentAs(after, name, change.tenant, form);
  const keep = (changed: (latest: Profiles) => Profiles): Promise<CliError | null> =>
    store.update(changed).then(
      () => null,
      (error: unknown) => {
        if (error instanceof CliError) return error;
        throw error;
      },
    );
  return {
    /** The requests without an answer that this change settles. */
    settled: openRequests(profiles).filter((open) => isSame(open, request)),
    /** Whether this machine has sent a request to the tenant before. */
    hasSentBefore: requestsTo(profiles, change.tenant).length > 0,
    sending: () => keep((latest) => withRequest(latest, name, request)),
    notDone: () => keep((latest) => withoutRequest(latest, name, request)),
    unknown: () => keep((latest) => withOutcomeUnknown(latest, name, stamped(latest))),
    /** @param form the one that the tenant accepted */
    done: (form: string) =>
      keep((latest) => {
        const last = stamped(latest);
        if (change.asked === 'delete')
          return withForm(withDeleted(withoutRequest(latest, name, request), name, last), form);
        const { asked: _, at: __, ...certificate } = change;
        return withForm(withSet(latest, name, { ...certificate, setAt: last.at }), form);
      }),
  };
}
