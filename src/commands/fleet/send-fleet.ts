import { sendCertificate } from '../../change/send-certificate.ts';
import { type Context, gracePeriod } from '../../context.ts';
import { CliError, type ErrorCode } from '../../errors/cli-error.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { deleteCertificate } from '../../tenant/mobile.ts';
import { readBack } from '../../tenant/read-back.ts';
import type { Mark } from '../../terminal/style.ts';
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

export interface ApplyLimits {
  readonly concurrency: number;
  /** Whether tenants with the action `same` or `absent` are included. */
  readonly all: boolean;
  /** The name of the tenant that goes first: the others follow only if it succeeds. */
  readonly canary: string | null;
  /** After this many failures, no further tenant starts. */
  readonly maxFailures: number;
}

/** The share of the grace period after an interrupt in which requests may be answered; the rest is for the report. */
const answering = 0.6;

/** Carries out the plan, and records the outcome in any case. @throws {CliError} file-unwritable, before anything is sent */
export async function carryOut(
  { planned, record }: Pick<PreparedFleet, 'planned' | 'record'>,
  path: string,
  limits: ApplyLimits,
  options: GlobalOptions,
  context: Context,
): Promise<Outcomes> {
  const { signal } = context;
  const end = new AbortController();
  const onInterrupt = (): void => {
    setTimeout(() => end.abort(signal.reason), gracePeriod * answering).unref();
  };
  const access = openFleetAccess(options, end.signal, context);
  const jobs = toDo(planned, limits.all);
  const effects = openEffects(record, path, access, jobs.length, context);
  signal.addEventListener('abort', onInterrupt);
  if (signal.aborted) onInterrupt();
  try {
    return await applyFleet(jobs, limits, signal, effects);
  } finally {
    signal.removeEventListener('abort', onInterrupt);
    effects.end();
  }
}

/** The side effects of an apply. @throws {CliError} file-unwritable */
function openEffects(
  record: FleetRecord,
  path: string,
  access: FleetAccess,
  total: number,
  context: Context,
) {
  const journal = openJournal(path);
  const noted = new Map<string, RecordChange>();
  const progress = openProgress(total, context);
  return {
    /** Awaits `ready` just before the request: nothing was sent if it fails earlier. @throws {CliError} */
    send: (item: PlannedTenant, place: Place, ready: () => Promise<void>) =>
      send(item, place, ready, access),
    /** Resolves once the change is durable. @throws {CliError} file-unwritable */
    async note(change: RecordChange): Promise<void> {
      // A request counts only once the journal has it; an outcome always counts.
      if (change.state !== 'sending') noted.set(placeKey(change), change);
      await journal.append(change);
      if (change.state === 'sending') noted.set(placeKey(change), change);
    },
    stamp: stampsAfter(record, context.now),
    done: progress.done,
    /** Changes that cannot be written to the record stay in the journal, which counts as well. */
    end(): void {
      progress.stop();
      journal.close();
      try {
        settleRecord(path, { entries: withChanges(record.entries, noted.values()) });
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        const place = `The changes are in ${path}.journal, and the next apply resumes from there`;
        context.terminal.warn(`${error.message}. ${place}`);
      }
    },
  };
}

function send(
  item: PlannedTenant,
  place: Place,
  ready: () => Promise<void>,
  access: FleetAccess,
): Promise<void> {
  const { tenant, certificate, clientAppKey, findings } = item;
  return access(tenant, place.aside, async ({ client, optional, forms }) => {
    await ready();
    const key = clientAppKey ?? '';
    if (certificate !== null) {
      const { identity, password, topic } = certificate;
      const sending = { identity, password, topic: topic ?? '', clientAppKey: key, findings };
      await sendCertificate(sending, client, forms);
      return;
    }
    // A tenant may refuse to delete a key that is gone.
    const held = isUnanswered(item) ? await readBack(optional, key) : null;
    if (held?.outcome !== 'told' || held.topic !== null)
      await deleteCertificate(client, key, forms);
  });
}

/**
 * The tenants that a plan changes, in its order, with two exceptions: those with an unanswered request come first, and at each
 * tenant deletes come before sets, as a delete may end the use of another key.
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
 * Does the jobs, several tenants at a time. The record has `sending` before each request, and the outcome after the answer; both
 * are durable. A tenant's failure does not affect others; a record that cannot be written stops the rest.
 */
async function applyFleet(
  jobs: readonly PlannedTenant[],
  { concurrency, canary, maxFailures }: ApplyLimits,
  interrupt: AbortSignal,
  effects: ReturnType<typeof openEffects>,
): Promise<Outcomes> {
  const outcomes = new Map<PlannedTenant, Outcome>();
  let [failures, stopped] = [0, false];
  const mayBegin = (): boolean => !stopped && failures < maxFailures && !interrupt.aborted;
  const unwritable = (error: unknown): CliError => {
    if (!(error instanceof CliError)) throw error;
    stopped = true;
    return error;
  };

  /** Records the outcome, which counts immediately: the place is free before the disk has it. */
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
    // Signing in may fail before `ready` is awaited.
    ready.catch(() => {});
    try {
      await effects.send(item, place, () => {
        asked = true;
        return ready;
      });
      settling.push(
        settle(item, entryOf(item, effects.stamp(item), null), { sent: true, error: null }),
      );
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const noted = await ready.then(
        () => true,
        () => false,
      );
      const taken = asked && unsettling.includes(error.code);
      const change = taken ? entryOf(item, effects.stamp(item), 'unknown') : entryBefore(item);
      // A request that an interrupt kept from leaving did not start, and did not fail.
      if (error.code === 'interrupted' && !taken && noted)
        await effects.note(change).catch(unwritable);
      else
        settling.push(settle(item, noted ? change : null, { sent: taken ? null : false, error }));
    }
  }

  // The canary goes with the other jobs at its tenant, whose order counts.
  const host = jobs.find(({ tenant }) => tenant.name === canary)?.tenant.tenant;
  const first = jobs.filter(({ tenant }) => tenant.tenant === host);
  const run = async (some: readonly PlannedTenant[]): Promise<void> => {
    await workThrough(
      some,
      hostOf,
      { concurrency, mayBegin, keepsPlace: Number.isFinite(maxFailures) },
      work,
    );
    await Promise.all(settling);
  };
  await run(first);
  if (failures === 0) await run(jobs.filter((item) => !first.includes(item)));
  return outcomes;
}

/** After these errors the tenant may have done it: its answer is missing or unreadable. */
const unsettling: readonly ErrorCode[] = ['outcome-unknown', 'tenant-not-json'];

/** Never the same time twice for a tenant, nor one before its record: the order counts. */
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

/** The entry for a finished job or, with an outcome, for a request without an answer. */
function entryOf(
  item: PlannedTenant,
  setAt: string,
  outcome: 'sending' | 'unknown' | null,
): RecordEntry {
  const { topic = null, fingerprint = null, notAfter = null } = item.certificate ?? {};
  const entry = {
    ...placeOf(item),
    state: 'sending',
    topic,
    fingerprint,
    notAfter,
    setAt,
  } as const;
  if (outcome === null) return { ...entry, state: item.certificate === null ? 'deleted' : 'set' };
  const before = beforeOf(item);
  return { ...entry, outcome, ...(before === undefined ? {} : { before }) };
}

/** The state if the tenant does not do it; undefined: an earlier request of another kind has no answer either. */
function beforeOf({ previous, certificate }: PlannedTenant): RecordEntry['before'] {
  if (previous === null) return null;
  const { state, topic, fingerprint, notAfter, setAt, before } = previous;
  if (state !== 'sending') return { state, topic, fingerprint, notAfter, setAt };
  return topic === (certificate?.topic ?? null) ? before : undefined;
}

/** The earlier entry: nothing has changed. */
function entryBefore(item: PlannedTenant): RecordChange {
  return item.previous ?? { ...placeOf(item), state: 'none' };
}

const cells = 20;

/** A line for each finished tenant and, in a terminal, a bar with the counts. */
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
      terminal.note(...lineOf(planned, outcome));
      progress.say(text());
    },
    stop: progress.stop,
  };
}

function lineOf(
  { tenant, certificate, clientAppKey }: PlannedTenant,
  { sent, error }: Outcome,
): [words: string, mark: Mark] {
  const key = onOneLine(clientAppKey ?? '');
  const did = certificate === null ? `deleted ${key}` : `set ${key}`;
  if (error !== null) {
    const words = `${sent === true ? `${did}. ` : ''}${error.message} [${error.code}]`;
    return [`${tenant.name}: ${words}`, sent === false ? 'error' : 'warning'];
  }
  const until = certificate === null ? '' : `, valid until ${certificate.notAfter?.slice(0, 10)}`;
  return [`${tenant.name}: ${did}${until}`, 'ok'];
}
