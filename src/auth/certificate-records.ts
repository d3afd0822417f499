import type { CertificateRecord, Profiles } from './profile.ts';

/** What this machine last set for a tenant's client app key, under whichever profile; null if nothing. */
export function latestRecord(
  profiles: Profiles,
  tenant: string | null,
  clientAppKey: string | null,
): CertificateRecord | null {
  return latestOf(profiles, (record) => record.tenant === tenant && record.clientAppKey === clientAppKey);
}

/** What this machine last set at a tenant, under whichever profile and client app key; null if nothing. */
export function latestRecordAt(profiles: Profiles, tenant: string): CertificateRecord | null {
  return latestOf(profiles, (record) => record.tenant === tenant);
}

function latestOf(
  { profiles }: Profiles,
  matches: (record: CertificateRecord) => boolean,
): CertificateRecord | null {
  return Object.values(profiles)
    .flatMap(({ certificates }) => certificates)
    .filter(matches)
    .reduce<CertificateRecord | null>(
      (last, record) => (last !== null && last.setAt > record.setAt ? last : record),
      null,
    );
}
