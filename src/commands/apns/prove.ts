import {
  latestCertificate,
  type PastRequest,
  type TenantHistory,
  unansweredFor,
} from '../../change/history.ts';
import { recordedStanding, type Standing, standingOf } from '../../change/judge-reach.ts';
import { formatProof, openProof, type Proof } from '../../change/prove-by-push.ts';
import { noteProof, provenLine } from '../../change/push-proofs.ts';
import { wordsAgainst, wordsForProven } from '../../change/reach-words.ts';
import { historyAt, namedLedger, readMemory } from '../../change/read-memory.ts';
import type { Context } from '../../context.ts';
import { warnOfOverrides } from '../../settings/overrides.ts';
import { readSettings } from '../../settings/resolve.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import type { ProveOptions } from './options.ts';
import { proveSeconds, resolveUser } from './proof.ts';

async function proveSignIn(options: ProveOptions, context: Context): Promise<ProveReport> {
  const settings = await readSettings(options, context);
  warnOfOverrides(settings, ['client-app-key'], context);
  if (options.user !== undefined) warnOfOverrides(settings, ['tenant'], context);
  // A wrong --prove-timeout ends the command before the tenant is asked who is signed in.
  const seconds = proveSeconds(options);
  const called = await resolveUser(settings, options.user, context);
  const { tenant } = called;
  const ledgerPlace = namedLedger(options.record, context.env);
  const also = ledgerPlace === null ? [] : [ledgerPlace];
  const memory = await readMemory({ tenants: [tenant], also }, context);
  const history = historyAt(memory, tenant);
  const certificate = latestCertificate(history, settings.clientAppKey);
  warnBeforePush(history, certificate, context);
  const { prove } = openProof(called, seconds, settings.network, context);
  const proof = await prove(certificate?.line.topic ?? null);
  if (certificate === null) {
    const standing = { reach: 'not-known', against: [] } as const;
    return { ...proof, clientAppKey: null, fingerprint: null, ...standing };
  }
  const { line } = certificate;
  const { clientAppKey, fingerprint } = line;
  const isUnanswered = unansweredFor(history, line.clientAppKey).length > 0;
  // A push may have been that of the later certificate.
  if (!isUnanswered) await noteProof(provenLine(line), proof, { memory, ledgerPlace }, context);
  const standing = standingOf({ now: context.now(), certificate: line, isUnanswered, proof });
  return { ...proof, clientAppKey, fingerprint, ...standing };
}

/** Nobody has to wait for a push that is known not to arrive. */
function warnBeforePush(
  history: TenantHistory,
  certificate: PastRequest | null,
  { terminal, now }: Context,
): void {
  if (certificate === null) {
    terminal.note(
      'No certificate for this tenant is in the ledger: another admin may have set one.',
    );
    return;
  }
  const words = wordsAgainst(recordedStanding(history, certificate, { now: now() }).against);
  if (words !== null) terminal.warn(words.replace(/\.$/, ''));
}

/** The report of a proof, and of where the certificate stands then. */
export interface ProveReport extends Proof, Standing {
  /** Of the certificate that was set last; null: none is on record. */
  readonly clientAppKey: string | null;
  /** Its SHA-256; null: unknown. */
  readonly fingerprint: string | null;
}

function format(report: ProveReport, style: Style, _options: ProveOptions, now: Date): string {
  const doubt = wordsAgainst(report.against);
  const head = doubt === null ? '' : `${style.verdict('warning', doubt)}\n\n`;
  const { tenant, clientAppKey, fingerprint, reach } = report;
  const isProven = reach === 'proven' && clientAppKey !== null;
  const at = now.toISOString();
  const proven = isProven ? wordsForProven({ tenant, clientAppKey, fingerprint, at }) : null;
  return `${head}${formatProof(report, style, proven)}`;
}

export const command: CommandModule<ProveOptions, ProveReport> = {
  work: proveSignIn,
  format,
  exitCode({ outcome, reach }) {
    if (outcome === 'not-answered') return 7;
    if (outcome !== 'approved') return 6;
    return reach === 'against' ? 4 : 0;
  },
  atEnd: { did: () => 'proved' },
};
