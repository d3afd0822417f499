import type { LedgerLine } from '../../../change/ledger-line.ts';
import { onOneLine } from '../../../text/printable.ts';
import type { FleetTenant } from '../file/fleet.ts';
import { grouped } from '../grouped.ts';
import { type LinesOfTargets, linesOf } from './make-plan.ts';
import type { PlannedTarget, SavedPlan } from './saved-plan.ts';

/** A difference between a saved plan and the present, in words without a period. */
export type Difference = string;

/**
 * The differences of what is known before anything that the fleet file names is read or
 * run.
 */
export function declaredDifferences(
  saved: SavedPlan,
  present: Pick<SavedPlan, 'trust' | 'selection' | 'terms' | 'programs'>,
): readonly Difference[] {
  const trusted = changed(present.trust, saved.trust);
  const trust =
    saved.trust === present.trust
      ? []
      : [`what the fleet file runs, reads, names and connects to: ${trusted}`];
  return [
    ...memberDifferences(saved.selection, present.selection),
    ...memberDifferences(saved.terms, present.terms),
    ...trust,
    ...programDifferences(saved.programs, present.programs),
  ];
}

/** The options of the members, as a difference names them. */
const optionNames: Readonly<Record<string, string>> = {
  failOn: 'fail-on',
  warnDays: 'warn-days',
  maxFailures: 'max-failures',
  proveUser: 'prove-user',
  proveTimeout: 'prove-timeout',
};

function memberDifferences<Members extends object>(
  saved: Members,
  present: Members,
): readonly Difference[] {
  return (Object.keys(saved) as (keyof Members & string)[]).flatMap((key) => {
    const before = JSON.stringify(saved[key]);
    const now = JSON.stringify(present[key]);
    if (before === now) return [];
    return `--${optionNames[key] ?? key}: ${changed(shown(now), shown(before))}`;
  });
}

/** A value of JSON as people write it. */
function shown(json: string): string {
  return json
    .replace(/^null$/, 'none')
    .replaceAll(/["[\]]/g, '')
    .replaceAll(',', ' ');
}

function changed(now: string, planned: string): string {
  return `${onOneLine(now)}, not ${onOneLine(planned)} as planned`;
}

function programDifferences(
  saved: SavedPlan['programs'],
  present: SavedPlan['programs'],
): readonly Difference[] {
  const missing = (some: SavedPlan['programs'], others: SavedPlan['programs']) => {
    const known = new Set(others.map((other) => JSON.stringify(other)));
    return some.filter((one) => !known.has(JSON.stringify(one)));
  };
  const added = missing(present, saved).map(
    ({ program }) => `the program ${onOneLine(program)}: not in the plan, or with other arguments`,
  );
  const gone = missing(saved, present).map(
    ({ program }) => `the program ${onOneLine(program)}: in the plan, and no longer run so`,
  );
  return [...new Set([...added, ...gone])];
}

/** The ledger now, and the hash of the saved plan, which the lines under it have. */
export interface PresentLedger {
  readonly lines: LinesOfTargets;
  readonly hash: string;
}

/**
 * The differences of the targets. Those that were changed under the plan are as planned.
 * @param ledger null: it was not read, and the actions are not known
 */
export function targetDifferences(
  saved: readonly PlannedTarget[],
  present: readonly PlannedTarget[],
  ledger: PresentLedger | null,
): readonly Difference[] {
  const now = new Map(present.map((target) => [target.name, target]));
  const before = new Map(saved.map((target) => [target.name, target]));
  const started = ledger === null ? new Set() : tenantsStarted(saved, ledger);
  const found = saved.flatMap((target): readonly Named[] => {
    const other = now.get(target.name);
    if (other === undefined) return [{ name: target.name, what: 'no longer selected' }];
    const facts = isUnopened(other) ? [] : factDifferences(target, other);
    const later = ledger === null ? [] : laterDifferences(target, ledger);
    const isSame = facts.length + later.length === 0;
    const isJudged = ledger !== null && isSame && !started.has(target.tenant);
    const action = isJudged ? actionDifferences(target, other) : [];
    return [...facts, ...later, ...action].map((what) => ({ name: target.name, what }));
  });
  const added = present
    .filter(({ name }) => !before.has(name))
    .map(({ name }) => ({ name, what: 'not in the plan' }));
  return inWords([...found, ...added]);
}

interface Named {
  readonly name: string;
  readonly what: string;
}

/** Each difference once, with the names of all tenants that have it. */
function inWords(found: readonly Named[]): readonly Difference[] {
  return [...grouped(found, ({ what }) => what)].map(
    ([what, same]) => `${same.map(({ name }) => onOneLine(name)).join(', ')}: ${what}`,
  );
}

const facts = {
  tenant: 'the address',
  certificate: 'the name of the certificate',
  clientAppKey: 'the client app key',
  fingerprint: 'the certificate, by its SHA-256',
  topic: 'the topic',
  environment: 'the environment',
  owner: 'the owner',
  ticket: 'the ticket',
} as const satisfies Partial<Record<keyof PlannedTarget, string>>;

function factDifferences(saved: PlannedTarget, present: PlannedTarget): readonly string[] {
  return (Object.keys(facts) as (keyof typeof facts)[])
    .filter((key) => saved[key] !== present[key])
    .map((key) => `${facts[key]}: ${changed(present[key] ?? 'none', saved[key] ?? 'none')}`);
}

/** Nothing of its certificate is known, and it stops an apply itself. */
function isUnopened({ action, fingerprint }: PlannedTarget): boolean {
  return action === 'blocked' && fingerprint === null;
}

function actionDifferences(saved: PlannedTarget, present: PlannedTarget): readonly string[] {
  if (saved.action === present.action || present.action === 'blocked') return [];
  return [`the action: ${changed(present.action, saved.action)}`];
}

/** The lines of the ledger about a target that the plan does not know. */
function laterDifferences(
  target: PlannedTarget,
  { lines, hash }: PresentLedger,
): readonly string[] {
  const later = laterLines(target, lines);
  if (later === null) return ['the ledger lacks the line that the plan is based on'];
  const foreign = later.findLast(({ plan }) => plan !== hash);
  if (foreign === undefined) return [];
  const did = foreign.asked === 'set' ? 'set' : 'deletion';
  return [`the ledger has a ${did} of ${foreign.at} that was not made under this plan`];
}

/** The lines about a target after the one that its plan knows; null: that one is gone. */
function laterLines(target: PlannedTarget, lines: LinesOfTargets): readonly LedgerLine[] | null {
  const own = linesOf(lines, target);
  if (target.lastLine === null) return own;
  const last = own.findIndex(({ id }) => id === target.lastLine);
  return last === -1 ? null : own.slice(last + 1);
}

/**
 * The addresses at which something was done under the plan: the use of their keys may
 * have changed.
 */
function tenantsStarted(
  saved: readonly PlannedTarget[],
  { lines, hash }: PresentLedger,
): ReadonlySet<string> {
  const started = saved.filter((target) =>
    linesOf(lines, target).some(({ plan }) => plan === hash),
  );
  return new Set(started.map(({ tenant }) => tenant));
}

/**
 * The targets as the fleet file has them, and as planned where only their certificate
 * tells.
 */
export function declaredTargets(
  saved: readonly PlannedTarget[],
  tenants: readonly FleetTenant[],
): readonly PlannedTarget[] {
  const planned = new Map(saved.map((target) => [target.name, target]));
  return tenants.map(({ name, url, certificate, clientAppKey }) => {
    const before = planned.get(name) ?? null;
    const topic = certificate?.topic ?? null;
    return {
      name,
      tenant: url,
      clientAppKey: clientAppKey ?? topic ?? before?.clientAppKey ?? null,
      certificate: certificate?.name ?? null,
      action: before?.action ?? 'unknown',
      fingerprint: before?.fingerprint ?? null,
      topic: topic ?? before?.topic ?? null,
      environment: certificate?.environment ?? null,
      owner: certificate?.owner ?? null,
      ticket: certificate?.ticket ?? null,
      lastLine: before?.lastLine ?? null,
    };
  });
}
