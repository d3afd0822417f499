import type { Profiles } from '../../auth/profile.ts';
import { latestRecord, withCertificate, withoutCertificate, withSentAs } from '../../auth/profiles.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Held } from '../../tenant/certificates.ts';
import type { SentAs } from '../../tenant/client.ts';

/** Notes for `status` what was set, and how the tenant took it. It has it by now, so what goes wrong here is a warning. */
export async function remember(
  record: CertificateRecord,
  sentAs: SentAs,
  { store, profileName }: Settings,
  context: Context,
): Promise<void> {
  await orWarn('The certificate is set, but this machine could not remember it', context, () =>
    store.update((profiles) =>
      withSentAs(withCertificate(profiles, profileName, record), profileName, record.tenant, sentAs),
    ),
  );
}

/** Forgets, in every profile, what was deleted, and notes how. What goes wrong here is a warning too. */
export async function forget(
  target: Pick<CertificateRecord, 'tenant' | 'clientAppKey'>,
  sentAs: SentAs,
  { store, profiles, profileName }: Settings,
  context: Context,
): Promise<void> {
  const forgotten = (latest: Profiles): Profiles =>
    Object.keys(latest.profiles).reduce(
      (left, name) => withoutCertificate(left, name, target),
      withSentAs(latest, profileName, target.tenant, sentAs),
    );
  const isKnown = latestRecord(profiles, target.tenant, target.clientAppKey) !== null;
  if (!isKnown && withSentAs(profiles, profileName, target.tenant, sentAs) === profiles) return;
  await orWarn('The certificate is deleted, but this machine could not note it', context, () =>
    store.update(forgotten),
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

/** What the tenant said, in the few words that a table has for it. */
export function wordsForHeld({ outcome, topic }: Held): string {
  if (outcome === 'same') return 'the same topic';
  if (outcome === 'unknown') return 'unknown';
  return topic === null ? 'none' : `another topic: ${topic}`;
}
