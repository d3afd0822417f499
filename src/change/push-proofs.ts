import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import type { LedgerPlace } from './ledger-file.ts';
import type { LedgerFacts, LedgerLine } from './ledger-line.ts';
import { closeLedger, type Memory, openLedgerInUse } from './read-memory.ts';
import { sendingFacts, type Target } from './target.ts';

/** The key and the certificate of a proof, whose facts its line repeats. */
export type ProvenFacts = Omit<LedgerFacts, 'asked' | 'outcome' | 'appConfirmed' | 'by' | 'of'>;

/** The outcome of a person's push. */
export interface SeenProof {
  readonly user: string;
  readonly outcome: string;
  /** Null: unknown, or not asked. */
  readonly appConfirmed: boolean | null;
}

/** The certificate that was just set. */
export function provenTarget(target: Target): ProvenFacts {
  return sendingFacts(target, null);
}

/** The certificate of an earlier line. */
export function provenLine({ id: _, at: __, ...facts }: LedgerLine): ProvenFacts {
  return { ...facts, sentAs: null };
}

/**
 * Writes what was seen of a certificate to the ledger. Where it cannot be written, that
 * is a warning.
 * @returns whether the ledger has it
 */
export async function noteProof(
  proven: ProvenFacts,
  { user, outcome, appConfirmed }: SeenProof,
  { memory, ledgerPlace }: { readonly memory: Memory; readonly ledgerPlace: LedgerPlace | null },
  context: Context,
): Promise<boolean> {
  const ledger = openLedgerInUse(memory, ledgerPlace, context);
  try {
    await ledger.append({ ...proven, asked: 'prove', outcome, appConfirmed, by: user, of: null });
    return true;
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    context.terminal.warn(`mfa-cli could not record the proof: ${error.message}`);
    return false;
  } finally {
    await closeLedger(ledger, context);
  }
}
