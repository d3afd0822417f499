import { latestRecord } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { readSettings } from '../../settings/resolve.ts';
import { orThrow } from '../../settings/settings.ts';
import type { CommandModule } from '../command.ts';
import type { ProveOptions } from './options.ts';
import { formatProof, openProof, type Proof, proveSeconds, resolveUser } from './proof.ts';

async function proveSignIn(options: ProveOptions, context: Context): Promise<Proof> {
  const settings = await readSettings(options, context);
  // A wrong --prove-timeout ends the command before the tenant is asked who is signed in.
  const seconds = proveSeconds(options);
  const called = await resolveUser(settings, options.user, context);
  const { prove } = openProof(called, seconds, settings, context);
  const tenant = orThrow(settings.tenant);
  const { clientAppKey, profiles } = settings;
  return prove(latestRecord(profiles, tenant, clientAppKey ?? undefined)?.topic ?? null);
}

export const command: CommandModule<ProveOptions, Proof> = {
  work: proveSignIn,
  format: formatProof,
  exitCode: ({ outcome }) => (outcome === 'approved' ? 0 : outcome === 'not-answered' ? 7 : 6),
  atEnd: { did: () => 'proved' },
};
