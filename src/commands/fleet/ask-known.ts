import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { GlobalOptions } from '../../settings/settings.ts';
import { readBack } from '../../tenant/certificates.ts';
import { openFleetAccess } from './fleet-tenant.ts';
import type { KnownTenant } from './known-tenants.ts';
import { concurrency, noteSilent, workThrough } from './pool.ts';

/** What a tenant tells of itself: the client app key that it pushes with, and that key's topic; null: it does not say. */
interface Told {
  readonly key: string | null;
  readonly topic: string | null;
}

/**
 * Asks each tenant with the session of its profile, and gives it as it says it is. One that fails or does not say stays as
 * this machine knows it. @throws {CliError} interrupted
 */
export async function askKnown(
  known: readonly KnownTenant[],
  options: GlobalOptions,
  context: Context,
): Promise<readonly KnownTenant[]> {
  const { signal, terminal } = context;
  const access = openFleetAccess(options, signal, context);
  const answers = new Map<KnownTenant, Told>();
  const silent = new Map<string, { readonly outcome: 'unknown'; readonly why: string }>();
  const progress = terminal.progress(`Asking ${known.length} tenants what they hold`);
  try {
    await workThrough(
      known,
      ({ tenant }) => new URL(tenant).host,
      { concurrency, mayBegin: () => !signal.aborted },
      async (each, { aside }) => {
        const { profile, tenant } = each;
        const declared = { name: profile, tenant, certificate: null, clientAppKey: null, labels: {} };
        try {
          const told = await access.with(
            { ...declared, signIn: { profile } },
            aside,
            async ({ optional }) => {
              const last = await readBack(optional, null);
              const key = last.latestKey ?? null;
              if (key === null) return last.outcome === 'unknown' ? last : { key, topic: null };
              const held = await readBack(optional, key);
              return { key, topic: held.outcome === 'told' ? held.topic : null };
            },
          );
          if ('key' in told) answers.set(each, told);
          else silent.set(profile, { outcome: 'unknown', why: told.why });
        } catch (error) {
          if (!(error instanceof CliError)) throw error;
          silent.set(profile, { outcome: 'unknown', why: error.message });
        }
      },
    );
  } finally {
    progress.stop();
  }
  if (signal.aborted) throw signal.reason;
  noteSilent(silent, context);
  return known.map((each) => withTold(each, answers.get(each) ?? { key: null, topic: null }));
}

/** What is in use is the last of its certificates: that of the key that it tells, where this machine set one for it. */
function withTold(known: KnownTenant, { key, topic }: Told): KnownTenant {
  const { certificates } = known;
  if (key === null) return known;
  const own = certificates.find(
    (each) => each.clientAppKey === key && (topic === null || each.topic === topic),
  );
  if (own === undefined && topic === null) return { ...known, toldKey: key };
  const others = certificates.filter(({ clientAppKey }) => clientAppKey !== key);
  const told = { clientAppKey: key, topic: topic ?? '', fingerprint: null, notAfter: null };
  return { ...known, toldKey: key, certificates: [...others, own ?? told] };
}
