import { type Context, gracePeriod } from '../../context.ts';
import { sendCertificate } from '../../delivery/send-certificate.ts';
import { CliError, type ErrorCode } from '../../errors/cli-error.ts';
import type { GlobalOptions } from '../../settings/settings.ts';
import { deleteCertificate, readBack } from '../../tenant/certificates.ts';
import type { TenantClient } from '../../tenant/client.ts';
import { onOneLine } from '../../text/printable.ts';
import { type FleetAccess, openFleetAccess } from './fleet-tenant.ts';
import { isUnanswered, type PlannedTenant } from './make-plan.ts';
import { hostOf, type Place, workThrough } from './pool.ts';
import type { Outcome, Outcomes, PreparedFleet } from './prepare-fleet.ts';
import {
  type FleetRecord,
  openJournal,
  placeKey,
  type RecordChange,
  type RecordEntry,
  settleRecord,
  withChanges,
} from './record.ts';
import { changes } from './report.ts';

/** How much is done at once, and how far it goes. */
export interface ApplyLimits {
  readonly concurrency: number;
  /** Also what is `same` or `absent`. */
  readonly all: boolean;
  /** The tenant that goes first, by name: the rest only follows if it went well. */
  readonly canary: string | null;
  /** After so many failures no further tenant is begun. */
  readonly maxFailures: number;
}

/** The part of the grace after an interrupt in which requests may still be answered; the rest is for the report. */
const answering = 0.6;

/** Does what is planned, and has it in the record whatever comes. @throws {CliError} file-unwritable, before anything is sent */
export async function carryOut(
  { planned, record }: Pick<PreparedFleet, 'planned' | 'record'>,
  path: string,
  limits: ApplyLimits,
  options: GlobalOptions,
  context: Context,
): Promise<Outcomes> {
  const { signal } = context;
  const journal = openJournal(path);
  const noted = new Map<string, RecordChange>();
  const end = new AbortController();
  const access = openFleetAccess(options, end.signal, context);
  const onInterrupt = (): void => {
    setTimeout(() => end.abort(signal.reason), gracePeriod * answering).unref();
  };
  signal.addEventListener('abort', onInterrupt);
  if (signal.aborted) onInterrupt();
  const jobs = toDo(planned, limits.all);
  const progress = openProgress(jobs.length, context);
  try {
    return await applyFleet(jobs, limits, signal, {
      send: (item, place, ready) => send(item, place, ready, access),
      async note(change) {
        // Of what is about to be sent nothing is known until the journal has it; what came of it is a fact.
        if (change.state !== 'sending') noted.set(placeKey(change), change);
        await journal.append(change);
        if (change.state === 'sending') noted.set(placeKey(change), change);
      },
      stamp: stampsAfter(record, context.now),
      done: progress.done,
    });
  } finally {
    progress.stop();
    signal.removeEventListener('abort', onInterrupt);
    journal.close();
    settle(path, { entries: withChanges(record.entries, noted.values()) }, context);
  }
}

/** What cannot be taken into the record stays in the journal, where it counts as well. */
function settle(path: string, record: FleetRecord, { terminal }: Context): void {
  try {
    settleRecord(path, record);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    terminal.warn(
      `${error.message}. What was done is in ${path}.journal, and the next apply goes on from there`,
    );
  }
}

function send(
  item: PlannedTenant,
  place: Place,
  ready: () => Promise<void>,
  access: FleetAccess,
): Promise<void> {
  const { tenant, certificate, clientAppKey, findings } = item;
  return access.with(tenant, place.aside, async ({ client, optional, forms }) => {
    await ready();
    const key = clientAppKey ?? '';
    // A tenant may refuse to delete what it has deleted.
    if (certificate === null && isUnanswered(item) && (await isGone(optional, key))) return;
    if (certificate === null) await deleteCertificate(client, key, forms);
    else {
      const { identity, password, topic } = certificate;
      const sending = { identity, password, topic: topic ?? '', clientAppKey: key, findings };
      await sendCertificate(sending, client, forms);
    }
  });
}

async function isGone(client: TenantClient, key: string): Promise<boolean> {
  const answer = await readBack(client, key);
  return answer.outcome === 'told' && answer.topic === null;
}

/** What applying does to the world. */
interface ApplyEffects {
  /** Awaits `ready` just before the request: what fails earlier was never sent. @throws {CliError} */
  send(planned: PlannedTenant, place: Place, ready: () => Promise<void>): Promise<void>;
  /** Resolves once the change is durable. @throws {CliError} file-unwritable */
  note(change: RecordChange): Promise<void>;
  /** When something is done at its tenant, ISO 8601, later than whatever was done there. */
  stamp(planned: PlannedTenant): string;
  done(planned: PlannedTenant, outcome: Outcome): void;
}

/**
 * What a plan wants done, in its order, but for two things: tenants whose last request has no answer come first, and at each
 * tenant what is deleted comes before what is set, as a deletion may take the key in use along.
 */
export function toDo(planned: readonly PlannedTenant[], all: boolean): readonly PlannedTenant[] {
  const jobs = planned.filter(
    ({ action }) => changes(action) || (all && (action === 'same' || action === 'absent')),
  );
  const unanswered = jobs.filter(isUnanswered);
  const order = new Map<string, number>();
  for (const { tenant } of [...unanswered, ...jobs])
    if (!order.has(tenant.tenant)) order.set(tenant.tenant, order.size);
  const rank = ({ tenant, certificate }: PlannedTenant): number =>
    (order.get(tenant.tenant) ?? 0) + (certificate === null ? 0 : 0.5);
  return jobs.toSorted((one, other) => rank(one) - rank(other));
}

/**
 * Does the jobs, several tenants at once. Before each request the record says `sending`, and after its answer what came of
 * it; both are durable. A tenant's failure is its own; a record that cannot be written stops the rest.
 */
async function applyFleet(
  jobs: readonly PlannedTenant[],
  { concurrency, canary, maxFailures }: ApplyLimits,
  interrupt: AbortSignal,
  effects: ApplyEffects,
): Promise<Outcomes> {
  const outcomes = new Map<PlannedTenant, Outcome>();
  let [failures, stopped] = [0, false];
  const mayBegin = (): boolean => !stopped && failures < maxFailures && !interrupt.aborted;
  const unwritable = (error: unknown): CliError => {
    if (!(error instanceof CliError)) throw error;
    stopped = true;
    return error;
  };

  /** Notes the outcome, which counts at once; the place is free before the disk has it. */
  const settling: Promise<void>[] = [];
  const settle = async (
    item: PlannedTenant,
    change: RecordChange | null,
    outcome: Outcome,
  ): Promise<void> => {
    const { sent } = outcome;
    let { error } = outcome;
    if (error !== null) failures++;
    if (change !== null)
      await effects.note(change).catch((unnoted: unknown) => {
        error ??= unwritable(unnoted);
      });
    outcomes.set(item, { sent, error });
    effects.done(item, { sent, error });
  };

  async function work(item: PlannedTenant, place: Place): Promise<void> {
    let asked = false;
    const sending = entryOf(item, effects.stamp(item), 'sending');
    const ready = effects.note(sending).catch((error: unknown) => {
      throw unwritable(error);
    });
    // Signing in may fail before anybody waits for it.
    ready.catch(() => {});
    try {
      await effects.send(item, place, () => {
        asked = true;
        return ready;
      });
      settling.push(settle(item, entryOf(item, effects.stamp(item), null), { sent: true, error: null }));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const noted = await ready.then(
        () => true,
        () => false,
      );
      const taken = asked && unsettling.includes(error.code);
      const change = taken ? entryOf(item, effects.stamp(item), 'unknown') : entryBefore(item);
      // What an interrupt keeps from leaving was not begun, and did not fail.
      if (error.code === 'interrupted' && !taken && noted) await effects.note(change).catch(unwritable);
      else settling.push(settle(item, noted ? change : null, { sent: taken ? null : false, error }));
    }
  }

  // With whatever else is to be done at its tenant, whose order counts.
  const host = jobs.find(({ tenant }) => tenant.name === canary)?.tenant.tenant;
  const first = jobs.filter(({ tenant }) => tenant.tenant === host);
  const run = async (some: readonly PlannedTenant[]): Promise<void> => {
    await workThrough(some, hostOf, { concurrency, mayBegin }, work);
    await Promise.all(settling);
  };
  await run(first);
  if (failures === 0) await run(jobs.filter((item) => !first.includes(item)));
  return outcomes;
}

/** After these the tenant may have done what was asked: its answer is missing, or could not be read. */
const unsettling: readonly ErrorCode[] = ['outcome-unknown', 'tenant-not-json'];

/** The same instants never come twice for a tenant, nor one that is earlier than what is on record: their order counts. */
function stampsAfter({ entries }: FleetRecord, now: () => Date): (item: PlannedTenant) => string {
  const latest = new Map<string, number>();
  for (const { tenant, setAt } of entries)
    latest.set(tenant, Math.max(latest.get(tenant) ?? 0, Date.parse(setAt)));
  return ({ tenant: { tenant } }) => {
    const stamp = Math.max(now().getTime(), (latest.get(tenant) ?? 0) + 1);
    latest.set(tenant, stamp);
    return new Date(stamp).toISOString();
  };
}

function placeOf({ tenant, clientAppKey }: PlannedTenant) {
  return { name: tenant.name, tenant: tenant.tenant, clientAppKey: clientAppKey ?? '' };
}

/** What is done, or, with an outcome, on its way without an answer. */
function entryOf(item: PlannedTenant, setAt: string, outcome: 'sending' | 'unknown' | null): RecordEntry {
  const { topic = null, fingerprint = null, notAfter = null } = item.certificate ?? {};
  const entry = { ...placeOf(item), state: 'sending', topic, fingerprint, notAfter, setAt } as const;
  if (outcome === null) return { ...entry, state: item.certificate === null ? 'deleted' : 'set' };
  const before = beforeOf(item);
  return { ...entry, outcome, ...(before === undefined ? {} : { before }) };
}

/** What stands there if the request is not taken; undefined: an earlier one of another kind has no answer either. */
function beforeOf({ previous, certificate }: PlannedTenant): RecordEntry['before'] {
  if (previous === null) return null;
  const { state, topic, fingerprint, notAfter, setAt, before } = previous;
  if (state !== 'sending') return { state, topic, fingerprint, notAfter, setAt };
  return topic === (certificate?.topic ?? null) ? before : undefined;
}

/** What the record said before: nothing has changed. */
function entryBefore(item: PlannedTenant): RecordChange {
  return item.previous ?? { ...placeOf(item), state: 'none' };
}

const cells = 20;

/** A line a tenant as it is done, and on a terminal a bar with the counts. */
function openProgress(total: number, { terminal }: Context) {
  let [done, failed] = [0, 0];
  const text = (): string => {
    const full = Math.round((cells * done) / total);
    const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
    return `${bar} ${done} of ${total}${failed === 0 ? '' : `, ${failed} failed`}`;
  };
  const progress = terminal.progress(text());
  return {
    done(planned: PlannedTenant, outcome: Outcome): void {
      done++;
      if (outcome.error !== null) failed++;
      terminal.note(lineOf(planned, outcome));
      progress.say(text());
    },
    stop: progress.stop,
  };
}

function lineOf({ tenant, certificate, clientAppKey }: PlannedTenant, { sent, error }: Outcome): string {
  const key = onOneLine(clientAppKey ?? '');
  if (error !== null && sent === true) return `! ${tenant.name}: sent. ${error.message} [${error.code}]`;
  if (error !== null) return `${sent === null ? '?' : '✗'} ${tenant.name}: ${error.message} [${error.code}]`;
  return certificate === null
    ? `✓ ${tenant.name}: deleted ${key}`
    : `✓ ${tenant.name}: set ${key}, valid until ${certificate.notAfter?.slice(0, 10)}`;
}
