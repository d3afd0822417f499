import { isDeepStrictEqual } from 'node:util';
import type { Profile, Profiles } from './profile.ts';
import {
  emptyProfile,
  profileNamed,
  withCertificate,
  withoutCertificate,
  withoutProfile,
  withProfile,
} from './profiles.ts';
import type { CertificateRecord, CertificateRequest } from './stored-schemas.ts';

/** A client app key at a tenant. */
type Target = Pick<CertificateRecord, 'tenant' | 'clientAppKey'>;

/** What was asked of a tenant, as `keysInUse` takes it. */
interface PastRequest extends Pick<CertificateRequest, 'clientAppKey' | 'asked' | 'at'> {
  readonly answered: boolean;
}

/** What this machine asked of a tenant, under whichever profile: of each client app key the last, the earliest first. */
export function requestsTo({ profiles }: Profiles, tenant: string | null): readonly PastRequest[] {
  const all = Object.values(profiles);
  const sets = all.flatMap(({ certificates }) =>
    certificates.map((record) => ({ ...record, asked: 'set' as const, answered: true, at: record.setAt })),
  );
  const others = all.flatMap(({ requests = [] }) =>
    requests.map((request) => ({ ...request, answered: request.outcome === 'done' })),
  );
  return [...sets, ...others]
    .filter((request) => request.tenant === tenant)
    .map(({ clientAppKey, asked, answered, at }) => ({ clientAppKey, asked, answered, at }))
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** Of a `Date`, in milliseconds. */
const latestMoment = 8.64e15;

/**
 * When a request counts as made: not before what else is on record for its tenant. A clock may have been ahead, and another
 * process may have been answered meanwhile; which key a tenant pushes with depends on the order.
 */
export function stampOf(
  profiles: Profiles,
  { tenant, at }: Pick<CertificateRequest, 'tenant' | 'at'>,
): string {
  const last = requestsTo(profiles, tenant).at(-1)?.at;
  if (last === undefined || !isBefore(at, last)) return at;
  return new Date(Math.min(Date.parse(last) + 1, latestMoment)).toISOString();
}

/** A request whose answer is missing, and the profile that remembers it. */
export interface OpenRequest extends CertificateRequest {
  readonly profile: string;
}

/**
 * The requests whose answers are missing. One from before the certificate that was set last for its key is settled, also
 * where an earlier version of this program set that.
 */
export function openRequests({ profiles }: Profiles): readonly OpenRequest[] {
  const sets = Object.values(profiles).flatMap(({ certificates }) => certificates);
  return Object.entries(profiles)
    .flatMap(([profile, { requests = [] }]) => requests.map((request) => ({ ...request, profile })))
    .filter((request) => request.outcome !== 'done')
    .filter(({ at, ...request }) => !sets.some((set) => isSame(set, request) && isBefore(at, set.setAt)));
}

/** Whether two are about the same key of the same tenant. */
export function isSame(one: Target, other: { readonly [Member in keyof Target]: string | null }): boolean {
  return one.tenant === other.tenant && one.clientAppKey === other.clientAppKey;
}

function isBefore(one: string, other: string): boolean {
  return Date.parse(one) < Date.parse(other);
}

/** With a request that is about to leave. */
export function withRequest(profiles: Profiles, name: string, request: CertificateRequest): Profiles {
  const { requests = [] } = profileNamed(profiles, name);
  return withProfile(profiles, name, { requests: [...requests, request] });
}

/** Without it, as nothing was done; a profile that it alone made goes as well. */
export function withoutRequest(profiles: Profiles, name: string, request: CertificateRequest): Profiles {
  const { requests = [] } = profileNamed(profiles, name);
  const place = requests.findLastIndex((each) => isDeepStrictEqual(each, request));
  if (place === -1) return profiles;
  const left = withRequests(profiles, name, requests.toSpliced(place, 1));
  const isEmpty = isDeepStrictEqual(left.profiles[name], emptyProfile) && left.current !== name;
  return isEmpty ? withoutProfile(left, name) : left;
}

/** With its outcome unknown; earlier ones for the same are told by it. */
export function withOutcomeUnknown(profiles: Profiles, name: string, request: CertificateRequest): Profiles {
  const { requests = [] } = profileNamed(profiles, name);
  const content = ({ at: _, outcome: __, ...rest }: CertificateRequest) => rest;
  const others = requests.filter((each) => !isDeepStrictEqual(content(each), content(request)));
  return withRequests(profiles, name, [...others, { ...request, outcome: 'unknown' }]);
}

/** With a certificate that was set, which settles what was asked for its key, and which key the tenant pushes with. */
export function withSet(profiles: Profiles, name: string, record: CertificateRecord): Profiles {
  const settled = eachProfile(profiles, (request) =>
    request.outcome === 'done' ? request.tenant !== record.tenant : !isSame(request, record),
  );
  return withCertificate(settled, name, record);
}

/** Without a key that was deleted, in every profile. Which of the others the tenant pushes with then is not known. */
export function withDeleted(profiles: Profiles, name: string, request: CertificateRequest): Profiles {
  const latest = withoutRequest(profiles, name, request);
  const settled = Object.keys(latest.profiles).reduce(
    (left, each) => withoutCertificate(left, each, request),
    eachProfile(latest, (other) => !isSame(other, request)),
  );
  const others = requestsTo(settled, request.tenant);
  return others.length === 0 ? settled : withRequest(settled, name, { ...request, outcome: 'done' });
}

function eachProfile(profiles: Profiles, keep: (request: CertificateRequest) => boolean): Profiles {
  return Object.entries(profiles.profiles).reduce(
    (all, [name, { requests }]) =>
      requests === undefined ? all : withRequests(all, name, requests.filter(keep)),
    profiles,
  );
}

/** A profile without any has no member for them, as those of earlier versions. */
function withRequests(profiles: Profiles, name: string, requests: readonly CertificateRequest[]): Profiles {
  const { requests: _, ...others } = profileNamed(profiles, name);
  const profile: Profile = requests.length === 0 ? others : { ...others, requests };
  return { ...profiles, profiles: { ...profiles.profiles, [name]: profile } };
}
