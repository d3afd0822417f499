import type { Context } from '../context.ts';
import { CliError, unlessInterrupted } from '../errors/cli-error.ts';
import { waitForLock } from '../files/lock-file.ts';
import { isAlerted } from './history.ts';
import { type LedgerPlace, machineLedger, otherLedger } from './ledger-file.ts';
import type { LedgerFacts } from './ledger-line.ts';
import { closeLedger, configurationDirectory, openLedgerInUse, readNamed } from './read-memory.ts';

export interface Due {
  /** SHA-256 of the certificate. */
  readonly fingerprint: string;
  readonly daysLeft: number;
  /** As the report names it. */
  readonly tenant: string;
  /** The key that has the certificate, by the tenant's URL. */
  readonly place: DuePlace;
}

interface DuePlace {
  readonly tenant: string;
  readonly clientAppKey: string;
}

/**
 * It says that a certificate has reached a stage of `--notify-at`. A hook gets it once.
 */
export interface Alert {
  /** The same for this certificate and stage on every machine. */
  readonly id: string;
  /** SHA-256 of the certificate, 64 lower-case hex digits. */
  readonly fingerprint: string;
  /** Days: this many are left, or fewer. */
  readonly stage: number;
  /** The tenants that have the certificate. */
  readonly tenants: readonly string[];
}

/**
 * The alert of each certificate that has reached a stage, with the lowest such stage.
 * @param stages ascending
 */
export function alertsFor(
  dues: readonly Omit<Due, 'place'>[],
  stages: readonly number[],
): readonly Alert[] {
  const alerts = new Map<string, Alert & { tenants: string[] }>();
  for (const { fingerprint, daysLeft, tenant } of dues) {
    const stage = stages.find((each) => daysLeft <= each);
    if (stage === undefined) continue;
    const id = `mfa-cli-due-${fingerprint.slice(0, 16)}-${stage}`;
    const alert = alerts.get(fingerprint) ?? { id, fingerprint, stage, tenants: [] };
    if (!alert.tenants.includes(tenant)) alert.tenants.push(tenant);
    alerts.set(fingerprint, alert);
  }
  return [...alerts.values()];
}

/** The certificates that are due, and the ledger that notes what was alerted. */
export interface DueCertificates {
  readonly dues: readonly Due[];
  /** The path of the ledger in use; null: the machine's. */
  readonly ledger: string | null;
}

/**
 * Makes a call for each alert that the ledger does not have yet. It has an alert only
 * after its call succeeded, so that a kill between the two repeats one.
 * @returns whether every call succeeded
 * @throws {CliError} interrupted
 */
export async function sendAlerts(
  { dues, ledger }: DueCertificates,
  stages: readonly number[],
  call: (alert: Alert) => Promise<boolean>,
  context: Context,
): Promise<boolean> {
  const place =
    ledger === null ? machineLedger(await configurationDirectory(context)) : otherLedger(ledger);
  const alerts = alertsFor(dues, stages);
  // Needs no lock: an alert that has been sent stays sent.
  const isSent = await sentAlerts(place, context);
  let went = true;
  for (const alert of alerts.filter((each) => !isSent(each))) {
    const due = dues.find(({ fingerprint }) => fingerprint === alert.fingerprint);
    if (due === undefined) continue;
    const facts = alertFacts(due, alert);
    went = (await sendOnce(place, { alert, facts, call }, context)) && went;
  }
  return went;
}

/** An alert that the ledger does not have yet. */
interface NewAlert {
  readonly alert: Alert;
  readonly facts: LedgerFacts;
  call(alert: Alert): Promise<boolean>;
}

async function sendOnce(
  place: LedgerPlace,
  { alert, facts, call }: NewAlert,
  context: Context,
): Promise<boolean> {
  const { terminal, signal } = context;
  const release = await lock(place, signal).catch(
    unlessInterrupted((error) => {
      terminal.warn(error.message);
      return isHeldElsewhere(error) ? 'elsewhere' : null;
    }),
  );
  // Another process is still making this call.
  if (release === 'elsewhere') return false;
  try {
    const isSent = await sentAlerts(place, context);
    if (isSent(alert)) return true;
    if (!(await call(alert))) return false;
    await note(place, facts, context);
    return true;
  } finally {
    release?.();
  }
}

/**
 * Without the line the call is repeated next time, with the same ID.
 * @throws {CliError} interrupted
 */
async function note(place: LedgerPlace, facts: LedgerFacts, context: Context): Promise<void> {
  const memory = await readNamed([], context);
  const ledger = openLedgerInUse(memory, place, context);
  try {
    await ledger.append(facts);
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    context.terminal.warn(`${cannotRemember(place)}: ${error.message}`);
  } finally {
    await closeLedger(ledger, context);
  }
}

function alertFacts({ fingerprint, place }: Due, { stage }: Alert): LedgerFacts {
  return {
    ...place,
    asked: 'alert',
    topic: null,
    fingerprint,
    notBefore: null,
    notAfter: null,
    environments: null,
    environment: null,
    team: null,
    against: [],
    by: null,
    owner: null,
    ticket: null,
    sentAs: null,
    outcome: `${stage}`,
    appConfirmed: null,
    plan: null,
    of: null,
  };
}

/** Tells of an alert whether the ledger has it. One that cannot be read has none. */
async function sentAlerts(
  place: LedgerPlace,
  context: Context,
): Promise<(alert: Alert) => boolean> {
  const memory = await readNamed([place], context).catch(
    unlessInterrupted(({ message }) => {
      context.terminal.warn(message);
      return null;
    }),
  );
  return ({ fingerprint, stage }) =>
    memory !== null && isAlerted(memory.history, fingerprint, stage);
}

function isHeldElsewhere(error: CliError): boolean {
  return (
    error.code === 'file-unwritable' &&
    (error.facts.store === 'busy' || error.facts.lock !== undefined)
  );
}

function cannotRemember({ path }: LedgerPlace): string {
  return `Cannot record in ${path} which alerts were sent`;
}

/** The lock of those who alert; others append to the ledger meanwhile. */
async function lock(place: LedgerPlace, signal: AbortSignal): Promise<() => void> {
  const unlockable = cannotRemember(place);
  const held = (holder: string): string =>
    `${unlockable}: another process${holder} keeps it locked`;
  const facts = { held: { store: 'busy' }, unlockable: {} } as const;
  return waitForLock(`${place.path}.alerts`, { unlockable, held, facts }, signal);
}
