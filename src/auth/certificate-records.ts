import type { CertificateRecord, Profiles } from './profile.ts';

/** What this machine set last for a tenant's client app key, whichever profile it was set with; null for nothing. */
export function latestRecord(
  { profiles }: Profiles,
  tenant: string | null,
  clientAppKey: string | null,
): CertificateRecord | null {
  return Object.values(profiles)
    .flatMap(({ certificates }) => certificates)
    .filter((record) => record.tenant === tenant && record.clientAppKey === clientAppKey)
    .reduce<CertificateRecord | null>(
      (last, record) => (last !== null && last.setAt > record.setAt ? last : record),
      null,
    );
}
