import { createHash } from 'node:crypto';
import type { LedgerLine } from '../../../change/ledger-line.ts';
import { confirmable } from '../confirmed-words.ts';
import type { Fleet } from '../file/fleet.ts';
import type { OpenedFleet } from '../open-fleet.ts';
import type { PlannedTenant } from '../plan-fleet.ts';
import type {
  PlannedProgram,
  PlannedSelection,
  PlannedTarget,
  PlannedTerms,
  SavedPlan,
} from './saved-plan.ts';

/** The facts of a plan beside its tenants. */
export interface PlanFacts {
  readonly validUntil: Date;
  readonly selection: PlannedSelection;
  readonly terms: PlannedTerms;
}

/** The plan of tenants, none of which is blocked or unknown. */
export function makePlan(
  planned: readonly PlannedTenant[],
  { wholeFleet, trust }: Pick<OpenedFleet, 'wholeFleet' | 'trust'>,
  lines: LinesOfTargets,
  { validUntil, selection, terms }: PlanFacts,
): SavedPlan {
  const targets = planned.map((item) => plannedTarget(item, lines));
  return {
    version: 1,
    validUntil: validUntil.toISOString(),
    trust: trust.hash,
    selection,
    terms,
    programs: programsOf(wholeFleet),
    targets: targets.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

function plannedTarget(item: PlannedTenant, lines: LinesOfTargets): PlannedTarget {
  const { tenant, clientAppKey, action, judged } = item;
  const declared = tenant.certificate;
  const own = linesOf(lines, { tenant: tenant.url, clientAppKey });
  return {
    name: tenant.name,
    tenant: tenant.url,
    clientAppKey,
    certificate: declared?.name ?? null,
    action,
    fingerprint: judged?.fingerprint ?? null,
    topic: judged?.topic ?? null,
    environment: declared?.environment ?? null,
    owner: declared?.owner ?? null,
    ticket: declared?.ticket ?? null,
    lastLine: own.at(-1)?.id ?? null,
  };
}

function programsOf(wholeFleet: Fleet): readonly PlannedProgram[] {
  return confirmable(wholeFleet)
    .filter(({ kind }) => kind === 'program')
    .map(({ words: [program = '', ...given] }) => ({
      program,
      arguments: createHash('sha256').update(JSON.stringify(given)).digest('hex'),
    }));
}

/** The lines about sets and deletions of each key of a tenant, the earliest first. */
export type LinesOfTargets = ReadonlyMap<string, readonly LedgerLine[]>;

interface Place {
  readonly tenant: string;
  readonly clientAppKey: string | null;
}

/** @param lines in their order */
export function linesOfTargets(lines: readonly LedgerLine[]): LinesOfTargets {
  const byTarget = new Map<string, LedgerLine[]>();
  for (const line of lines) {
    if (line.asked !== 'set' && line.asked !== 'delete') continue;
    const key = placeKey(line);
    const known = byTarget.get(key);
    if (known === undefined) byTarget.set(key, [line]);
    else known.push(line);
  }
  return byTarget;
}

export function linesOf(lines: LinesOfTargets, place: Place): readonly LedgerLine[] {
  return lines.get(placeKey(place)) ?? [];
}

function placeKey({ tenant, clientAppKey }: Place): string {
  return `${tenant} ${clientAppKey}`;
}
