import { latestCertificate } from '../../change/history.ts';
import { historyAt, namedLedger, readMemory } from '../../change/memory.ts';
import { noteProof, provenLine } from '../../change/proofs.ts';
import type { Context } from '../../context.ts';
import { readSettings } from '../../settings/resolve.ts';
import type { CommandModule } from '../command.ts';
import type { ProveOptions } from './options.ts';
import { formatProof, openProof, type Proof, proveSeconds, resolveUser } from './proof.ts';

async function proveSignIn(options: ProveOptions, context: Context): Promise<Proof> {
  const settings = await readSettings(options, context);
  // A wrong --prove-timeout ends the command before the tenant is asked who is signed in.
  const seconds = proveSeconds(options);
  const called = await resolveUser(settings, options.user, context);
  const { tenant } = called;
  const place = namedLedger(options.record, context.env);
  const also = place === null ? [] : [place];
  const memory = await readMemory({ tenants: [tenant], also }, context);
  const certificate = latestCertificate(historyAt(memory, tenant), settings.clientAppKey);
  const { prove } = openProof(called, seconds, settings, context);
  const proof = await prove(certificate?.line.topic ?? null);
  if (certificate !== null)
    await noteProof(provenLine(certificate.line), proof, { memory, place }, context);
  return proof;
}

export const command: CommandModule<ProveOptions, Proof> = {
  work: proveSignIn,
  format: formatProof,
  exitCode: ({ outcome }) => (outcome === 'approved' ? 0 : outcome === 'not-answered' ? 7 : 6),
  atEnd: { did: () => 'proved' },
};
