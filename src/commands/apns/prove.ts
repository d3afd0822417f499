import { latestRecord } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { type ConnectionOptions, readSettings } from '../../settings/settings.ts';
import type { CommandModule } from '../command.ts';
import { formatProof, openProof, type Proof, type ProvingOptions, resolveUser } from './proof.ts';

async function proveSignIn(
  options: ProvingOptions & ConnectionOptions,
  context: Context,
): Promise<Proof> {
  const settings = await readSettings(options, context);
  const { prove } = openProof(await resolveUser(settings, options, context), settings, context);
  const tenant = settings.tenant();
  const { clientAppKey, profiles } = settings;
  return prove(latestRecord(profiles, tenant, clientAppKey ?? undefined)?.topic ?? null);
}

export const command: CommandModule<ProvingOptions & ConnectionOptions, Proof> = {
  work: proveSignIn,
  format: formatProof,
  exitCode: ({ outcome }) => (outcome === 'approved' ? 0 : outcome === 'not-answered' ? 7 : 6),
  atEnd: { did: () => 'proved' },
};
