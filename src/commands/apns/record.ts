import { latestRecord } from '../../auth/certificate-records.ts';
import type { CertificateRecord, Profiles } from '../../auth/profile.ts';
import { withCertificate, withoutCertificate } from '../../auth/profile-changes.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors.ts';
import type { Stored } from '../session.ts';

/** Notes for `status` what was set. The tenant has it by now, so what goes wrong here is a warning. */
export async function remember(
  record: CertificateRecord,
  { store, sources }: Stored,
  context: Context,
): Promise<void> {
  await orWarn('The certificate is set, but this machine could not remember it', context, () =>
    store.update((profiles) => withCertificate(profiles, sources.profileName, record)),
  );
}

/** Forgets, in every profile, what was deleted. What goes wrong here is a warning too. */
export async function forget(
  target: Pick<CertificateRecord, 'tenant' | 'clientAppKey'>,
  { store, profiles }: Stored,
  context: Context,
): Promise<void> {
  if (latestRecord(profiles, target.tenant, target.clientAppKey) === null) return;
  const withoutTarget = (latest: Profiles): Profiles =>
    Object.keys(latest.profiles).reduce((left, name) => withoutCertificate(left, name, target), latest);
  await orWarn('The certificate is deleted, but this machine still remembers it', context, () =>
    store.update(withoutTarget),
  );
}

async function orWarn(what: string, { terminal }: Context, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    terminal.warn(`${what}: ${error.message}`);
  }
}
