import type { Profiles } from '../../auth/profile.ts';
import { profileNamed } from '../../auth/profiles.ts';
import { isSame, openRequests, requestsTo } from '../../auth/requests.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { GlobalOptions, Settings } from '../../settings/settings.ts';
import type { Held } from '../../tenant/certificates.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import { askHeld, sayHeld } from './held.ts';
import { type SettledRequest, settledBy, withSettled } from './records.ts';

/** The record after the tenants were asked. */
interface Refreshed {
  readonly profiles: Profiles;
  readonly settled: readonly SettledRequest[];
  heldFor(record: CertificateRecord & { readonly profile: string }): Held | undefined;
  /** The iPhones that are enrolled at its tenant; null where that does not tell. */
  phonesFor(record: CertificateRecord & { readonly profile: string }): PhoneCount | null;
  /** The key that a tenant says was set last; null where it does not say. */
  latestKeyOf(tenant: string): string | null;
}

/**
 * Asks the tenants of these profiles what they hold, says what differs, and settles what that shows to be done or not.
 * @throws {CliError} interrupted
 */
export async function refreshRecord(
  names: readonly string[],
  settings: Settings,
  options: GlobalOptions,
  context: Context,
): Promise<Refreshed> {
  const { profiles: before, store } = settings;
  const { terminal } = context;
  const kept = names.flatMap((profile) =>
    profileNamed(before, profile).certificates.map((record) => ({ profile, ...record })),
  );
  const open = openRequests(before).filter(({ profile }) => names.includes(profile));
  const unset = open.filter(
    (request) => !kept.some((record) => record.profile === request.profile && isSame(record, request)),
  );
  const asked = [...kept, ...unset];
  const answers = await askHeld(asked, settings, options, context);
  const told = asked.flatMap((target, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : [{ target, answer }];
  });
  const answerFor = (wanted: (typeof asked)[number]) =>
    told.find(({ target }) => target.profile === wanted.profile && isSame(target, wanted))?.answer;
  const settled = open.flatMap((request): SettledRequest[] => {
    const answer = answerFor(request);
    const done = answer === undefined ? null : settledBy(request, answer, before);
    return done === null ? [] : [{ request, done }];
  });
  if (settled.length > 0)
    await store
      .update((latest) => withSettled(latest, settled))
      .catch((error: unknown) => {
        if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
        terminal.warn(`What was settled could not be remembered: ${error.message}`);
      });
  const latestKeyOf = (tenant: string): string | null =>
    told.map(({ target, answer }) => (target.tenant === tenant ? answer.latestKey : null)).find(isText) ??
    null;
  const profiles = withSettled(before, settled);
  for (const tenant of new Set(asked.map((target) => target.tenant))) {
    const latest = latestKeyOf(tenant);
    const known = requestsTo(before, tenant).map(({ clientAppKey }) => clientAppKey);
    if (latest !== null && !known.includes(latest))
      terminal.warn(`${tenant} pushes with the client app key ${latest}, which this machine never set`);
  }
  return {
    profiles,
    settled,
    latestKeyOf,
    phonesFor: (record) => answerFor(record)?.phones ?? null,
    heldFor(record) {
      const answer = answerFor(record);
      return answer === undefined ? undefined : sayHeld(record, answer, terminal);
    },
  };
}

function isText(value: string | null | undefined): value is string {
  return typeof value === 'string';
}
