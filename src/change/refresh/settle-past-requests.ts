import type { ReportedKey } from '../../checks/client-app-key-in-use.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import {
  keyUsesAt,
  type PastRequest,
  type Settlement,
  settledHistory,
  type TenantHistory,
  tenantHistory,
  unansweredFor,
  withoutRepeats,
} from '../history.ts';
import type { LedgerPlace } from '../ledger-file.ts';
import { type LedgerFacts, laterFacts } from '../ledger-line.ts';
import { closeLedger, type Memory, openLedgerInUse } from '../read-memory.ts';

/** A tenant's word about a key. */
export interface KeyWord {
  /** Null: it has none. */
  readonly topic: string | null;
  /** The key that was set last. */
  readonly latest: ReportedKey;
}

/**
 * The requests that the tenant's word about a key settles. A renewal changes no topic, so
 * nothing is settled where more than one of the possible outcomes has the topic that the
 * tenant told.
 */
export function settledByWord(
  history: TenantHistory,
  clientAppKey: string,
  word: KeyWord,
): readonly Settlement[] {
  const unanswered = unansweredFor(history, clientAppKey);
  const before = history.lastDone.get(clientAppKey) ?? null;
  const candidates = [before, ...withoutRepeats(unanswered)];
  const matching = candidates.filter((request) => topicAfter(request) === word.topic);
  if (matching.length !== 1) return [];
  const isHeldBefore = before === null && word.topic !== null;
  if (isHeldBefore && !isNewlyLatest(history, clientAppKey, word)) return [];
  return unanswered.map((request) => ({
    request,
    outcome: topicAfter(request) === word.topic ? 'done' : 'not-done',
  }));
}

/**
 * Whether the key was set since another one was in use. Without a record of the key, it
 * may have existed before: its topic alone proves nothing.
 */
function isNewlyLatest(history: TenantHistory, clientAppKey: string, { latest }: KeyWord): boolean {
  const asked = unansweredFor(history, clientAppKey);
  const others = history.requests.filter((request) => !asked.includes(request));
  const earlier: TenantHistory = {
    ...history,
    requests: others,
    unanswered: others.filter(({ outcome }) => outcome === 'unknown'),
  };
  const wasOther = [...keyUsesAt(earlier)].some(
    ([key, { inUse }]) => key !== clientAppKey && inUse === true,
  );
  return wasOther && latest.clientAppKey === clientAppKey;
}

/**
 * The tenant's topic for the key once it has done the request; before any, it has none.
 */
function topicAfter(request: PastRequest | null): string | null {
  return request?.line.asked === 'set' ? request.line.topic : null;
}

/** The line that notes a settlement. */
export function settlementFacts({ request, outcome }: Settlement): LedgerFacts {
  return laterFacts(request.line, { outcome, sentAs: null });
}

/** The memory once requests are settled. */
export function settledMemory(memory: Memory, settlements: readonly Settlement[]): Memory {
  const { history } = memory;
  const tenants = new Map(history.tenants);
  for (const tenant of new Set(settlements.map(({ request }) => request.line.tenant))) {
    const own = settlements.filter(({ request }) => request.line.tenant === tenant);
    tenants.set(tenant, settledHistory(tenantHistory(history, tenant), own));
  }
  return { ...memory, history: { ...history, tenants } };
}

/**
 * Writes settlements to the ledger in use. Where it cannot be written, that is a warning.
 * @throws {CliError} interrupted
 */
export async function noteSettlements(
  memory: Memory,
  settlements: readonly Settlement[],
  ledgerPlace: LedgerPlace | null,
  context: Context,
): Promise<void> {
  if (settlements.length === 0) return;
  const ledger = openLedgerInUse(memory, ledgerPlace, context);
  try {
    await Promise.all(settlements.map((each) => ledger.append(settlementFacts(each))));
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    context.terminal.warn(`The settled requests could not be recorded: ${error.message}`);
  } finally {
    await closeLedger(ledger, context);
  }
}
