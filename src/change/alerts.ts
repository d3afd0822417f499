import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { prepareDirectory } from '../auth/profile-file.ts';
import type { Context } from '../context.ts';
import { CliError, unlessInterrupted } from '../errors/cli-error.ts';
import { waitForLock } from '../files/lock-file.ts';
import { readOwnFile } from '../files/own-file.ts';
import { replaceFile, unwritable } from '../files/write.ts';
import { instant, members, readJson } from '../text/json.ts';

export interface Due {
  /** SHA-256 of the certificate. */
  readonly fingerprint: string;
  readonly daysLeft: number;
  readonly tenant: string;
}

/** It says that a certificate has reached a stage of `--notify-at`. A hook gets it once. */
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

/** The alert of each certificate that has reached a stage, with the lowest such stage. @param stages ascending */
export function alertsFor(dues: readonly Due[], stages: readonly number[]): readonly Alert[] {
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

/**
 * Makes a call for each alert that alerts.json in the configuration directory does not name yet. The file remembers an alert
 * only after its call succeeded. @returns whether every call succeeded @throws {CliError} interrupted
 */
export async function sendAlerts(
  dues: readonly Due[],
  stages: readonly number[],
  call: (alert: Alert) => Promise<boolean>,
  context: Context,
): Promise<boolean> {
  const path = join(dirname((await context.profiles()).path), 'alerts.json');
  let went = true;
  for (const alert of alertsFor(dues, stages)) {
    // Needs no lock: an alert that has been sent stays sent.
    if (alert.id in toldIn(path, context)) continue;
    went = (await sendOnce(path, alert, () => call(alert), context)) && went;
  }
  return went;
}

async function sendOnce(
  path: string,
  { id }: Alert,
  call: () => Promise<boolean>,
  context: Context,
): Promise<boolean> {
  const { terminal, signal, now } = context;
  const release = await lock(path, signal).catch(
    unlessInterrupted((error) => {
      terminal.warn(error.message);
      return isHeldElsewhere(error) ? 'elsewhere' : null;
    }),
  );
  // Another process is still making this call.
  if (release === 'elsewhere') return false;
  try {
    if (id in toldIn(path, context)) return true;
    if (!(await call())) return false;
    const told = { ...toldIn(path, context), [id]: now().toISOString() };
    replaceFile(path, `${JSON.stringify({ version: 1, told }, null, 2)}\n`, 0o600);
    return true;
  } catch (error) {
    if (error instanceof CliError) throw error;
    // The call is repeated next time, with the same ID.
    terminal.warn(unwritable(cannotRemember(path), error).message);
    return true;
  } finally {
    release?.();
  }
}

function isHeldElsewhere(error: CliError): boolean {
  return (
    error.code === 'file-unwritable' &&
    (error.facts.store === 'busy' || error.facts.lock !== undefined)
  );
}

function cannotRemember(path: string): string {
  return `Cannot record in ${path} which alerts were sent`;
}

async function lock(path: string, signal: AbortSignal): Promise<() => void> {
  const unlockable = cannotRemember(path);
  prepareDirectory(dirname(path));
  const held = (holder: string): string =>
    `${unlockable}: another process${holder} keeps it locked`;
  const facts = { held: { store: 'busy' }, unlockable: {} } as const;
  return waitForLock(path, { unlockable, held, facts }, signal);
}

const kept = members({ version: v.literal(1), told: v.record(v.string(), instant) });

/** The time of each alert, by ID. A file that cannot be read counts as empty: a repeated alert has the same ID. */
function toldIn(path: string, { terminal }: Context): Readonly<Record<string, string>> {
  try {
    const text = readOwnFile(path);
    return text === null ? {} : (readJson(kept, text)?.told ?? {});
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    terminal.warn(error.message);
    return {};
  }
}
