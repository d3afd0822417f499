import { CliError, type ErrorCode } from '../../errors/cli-error.ts';
import type { PlannedTenant } from './make-plan.ts';
import { type Place, workThrough } from './pool.ts';
import type { RecordChange, RecordEntry } from './record/record.ts';

/** What came of a tenant that was begun. */
export interface Outcome {
  /** Whether the tenant took it. */
  readonly sent: boolean;
  readonly error: CliError | null;
}

/** By tenant; those that were not begun are absent. */
export type Outcomes = ReadonlyMap<PlannedTenant, Outcome>;

export interface ApplyLimits {
  readonly concurrency: number;
  /** Also what is `same` or `absent`. */
  readonly all: boolean;
  /** The tenant that goes first, by name: the rest only follows if it went well. */
  readonly canary: string | null;
  /** After so many failures no further tenant is begun. */
  readonly maxFailures: number;
  /** Once aborted, no further tenant is begun. */
  readonly interrupt: AbortSignal;
}

/** What applying does to the world. */
export interface ApplyEffects {
  /**
   * Sends what is planned for one tenant. `ready` is called and awaited just before the request: what fails earlier was
   * never sent.
   * @throws {CliError}
   */
  send(planned: PlannedTenant, place: Place, ready: () => Promise<void>): Promise<void>;
  /** Resolves once the change is durable. @throws {CliError} file-unwritable */
  note(change: RecordChange): Promise<void>;
  now(): Date;
  done(planned: PlannedTenant, outcome: Outcome): void;
}

/** What a plan wants done. */
export function toDo(planned: readonly PlannedTenant[], all: boolean): readonly PlannedTenant[] {
  return planned.filter(({ action }) =>
    ['set', 'replace', 'delete', ...(all ? ['same', 'absent'] : [])].includes(action),
  );
}

/**
 * Does what is planned, several tenants at once. Before each request the record says `sending`, and after its answer what
 * came of it; both are durable. A tenant's failure is its own; a record that cannot be written stops the rest.
 */
export async function applyFleet(
  planned: readonly PlannedTenant[],
  { concurrency, all, canary, maxFailures, interrupt }: ApplyLimits,
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
  const settling = new Set<Promise<void>>();
  const settle = (item: PlannedTenant, change: RecordChange | null, outcome: Outcome): void => {
    if (outcome.error !== null) failures++;
    const finish = (error: CliError | null): void => {
      outcomes.set(item, { ...outcome, error });
      effects.done(item, { ...outcome, error });
    };
    const noted = change === null ? Promise.resolve() : effects.note(change);
    const settled = noted
      .then(
        () => finish(outcome.error),
        (error) => finish(outcome.error ?? unwritable(error)),
      )
      .finally(() => settling.delete(settled));
    settling.add(settled);
  };

  async function work(item: PlannedTenant, place: Place): Promise<void> {
    const sending = entryFor(item, 'sending', effects.now());
    let [noted, asked] = [false, false];
    const ready = effects.note(sending).then(
      () => {
        noted = true;
      },
      (error) => {
        throw unwritable(error);
      },
    );
    // Signing in may fail before anybody waits for it.
    ready.catch(() => {});
    try {
      await effects.send(item, place, () => {
        asked = true;
        return ready;
      });
      settle(item, entryFor(item, item.certificate === null ? 'deleted' : 'set', effects.now()), {
        sent: true,
        error: null,
      });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      await ready.catch(() => {});
      settle(item, noted && (!asked || isCertain(error)) ? before(item) : null, { sent: false, error });
    }
  }

  const jobs = toDo(planned, all);
  const first = jobs.filter(({ tenant }) => tenant.name === canary);
  const run = async (some: readonly PlannedTenant[]): Promise<void> => {
    await workThrough(some, ({ tenant }) => new URL(tenant.tenant).host, { concurrency, mayBegin }, work);
    await Promise.all(settling);
  };
  await run(first);
  if (failures === 0) await run(jobs.filter((item) => !first.includes(item)));
  return outcomes;
}

function entryFor(
  { tenant, clientAppKey, certificate }: PlannedTenant,
  state: RecordEntry['state'],
  now: Date,
): RecordEntry {
  return {
    name: tenant.name,
    tenant: tenant.tenant,
    clientAppKey: clientAppKey ?? '',
    state,
    topic: certificate?.topic ?? null,
    fingerprint: certificate?.fingerprint ?? null,
    notAfter: certificate?.notAfter ?? null,
    setAt: now.toISOString(),
  };
}

/** What the record said before: nothing has changed. */
function before({ tenant, clientAppKey, previous }: PlannedTenant): RecordChange {
  return (
    previous ?? { name: tenant.name, tenant: tenant.tenant, clientAppKey: clientAppKey ?? '', state: 'none' }
  );
}

/** After these a request may have been taken all the same: its answer did not come, or could not be read. */
const uncertain: readonly ErrorCode[] = [
  'tenant-unreachable',
  'tenant-timeout',
  'tenant-not-json',
  'interrupted',
];

/** Whether nothing changed at the tenant: it refused, or no request got there. */
function isCertain({ code, facts }: CliError): boolean {
  return !uncertain.includes(code) || facts.connected === 'never';
}
