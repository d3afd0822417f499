import { CliError } from '../errors/cli-error.ts';
import type { SentAs, TenantClient } from '../tenant/client.ts';
import type { ReadBack } from '../tenant/read-back.ts';
import { outcomeOf } from './answers.ts';
import { EventQueue, NotTaken } from './event-queue.ts';
import { lastSet, openFor, type PastRequest, type TenantHistory } from './history.ts';
import type { OpenRecord } from './ledger.ts';
import { type LaterFacts, type LedgerFacts, type LedgerLine, laterFacts } from './ledger-line.ts';
import { type Place, workThrough } from './queue.ts';
import { formsToTry, sendCertificate, sendDeletion } from './send-change.ts';
import { type PushFile, sendingFacts, type Target } from './target.ts';

/** A tenant that is open for one change. */
export interface OpenForChange {
  readonly client: TenantClient;
  /** Who is signed in, if that is known. */
  readonly user: string | null;
  /** Whether the host has answered as a tenant before. */
  readonly isKnown: boolean;
  /** Optional: it neither renews the session nor fails. @throws {CliError} interrupted */
  askHeld(clientAppKey: string): Promise<ReadBack>;
}

/** A target with all that it takes to bring the tenant there. */
export interface Job {
  readonly target: Target;
  /** Null: the key is deleted. */
  readonly file: PushFile | null;
  /** The only form of the parameters to try; null: JSON and a form. */
  readonly sendAs: SentAs | null;
  /** All that is known of the tenant. */
  readonly history: TenantHistory;
  /** Runs the work signed in to the tenant. @throws {CliError} */
  open<T>(aside: Place['aside'], work: (open: OpenForChange) => Promise<T>): Promise<T>;
}

/**
 * A step of a target, which is the object of its job. No event has a key or a password. A
 * job goes on only when its event was taken.
 */
export type ChangeEvent = { readonly target: Target } & (
  | {
      /** The request is about to leave. */
      readonly kind: 'sending';
    }
  | {
      /** The tenant did it. */
      readonly kind: 'sent';
      /** Null: it was done before. */
      readonly sentAs: SentAs | null;
      /** Why the ledger lacks it, or null. */
      readonly unrecorded: CliError | null;
    }
  | {
      /** No answer confirms it, and the tenant may have done it. */
      readonly kind: 'unknown';
      readonly error: CliError;
      readonly unrecorded: CliError | null;
    }
  | {
      /** The tenant did not do it; `interrupted`: it was not asked. */
      readonly kind: 'failed';
      readonly error: CliError;
      readonly unrecorded: CliError | null;
    }
  | {
      /** This change settles an earlier request, whose outcome was unknown. */
      readonly kind: 'settled';
      readonly request: PastRequest;
    }
);

/** An event without its target. */
type WithoutTarget<Event> = Event extends ChangeEvent ? Omit<Event, 'target'> : never;

export interface RunOptions {
  readonly record: OpenRecord;
  /** Whether a job ends, and no other begins, where the ledger cannot be written. */
  readonly needsRecord: boolean;
  readonly concurrency: number;
  /** The host that goes first: the others follow only if all went well there; null: none. */
  readonly canary: string | null;
  /** After this many failures no further job begins. */
  readonly maxFailures: number;
  readonly signal: AbortSignal;
}

/** The limits of a run that has one job. */
export const forOne = {
  needsRecord: false,
  concurrency: 1,
  canary: null,
  maxFailures: Number.POSITIVE_INFINITY,
} as const;

/**
 * Brings each target to its wanted state, several at a time and one request at a time for a
 * host. The ledger has a line before a request leaves and another after its answer. A job
 * that fails does not affect the others.
 */
export async function* change(
  jobs: readonly Job[],
  options: RunOptions,
): AsyncGenerator<ChangeEvent, void> {
  const queue = new EventQueue<ChangeEvent>();
  const run = new Run(options, queue);
  const work = run.through(jobs).finally(() => queue.end());
  work.catch(() => {});
  try {
    yield* queue.events();
  } finally {
    queue.stop();
    await work;
  }
}

/** Whether `sending` was written for a job, and what else is known before its answer. */
interface Begun {
  /** Null: the ledger could not be written. */
  readonly line: LedgerLine | null;
  readonly unrecorded: CliError | null;
  readonly user: string | null;
}

/** The jobs of one call of `change`, and what counts for all of them. */
class Run {
  readonly #options: RunOptions;
  readonly #queue: EventQueue<ChangeEvent>;
  /** The outcomes on their way to the disk: the next job does not wait for them. */
  readonly #finishing = new Set<Promise<void>>();
  #failures = 0;
  #isStopped = false;

  constructor(options: RunOptions, queue: EventQueue<ChangeEvent>) {
    this.#options = options;
    this.#queue = queue;
  }

  async through(jobs: readonly Job[]): Promise<void> {
    const { canary } = this.#options;
    const first = jobs.filter((job) => hostOf(job) === canary);
    await this.#workThrough(first);
    if (this.#failures > 0) return;
    await this.#workThrough(jobs.filter((job) => hostOf(job) !== canary));
  }

  async #workThrough(jobs: readonly Job[]): Promise<void> {
    const { concurrency, maxFailures, signal } = this.#options;
    const limits = {
      concurrency,
      mayBegin: () => !this.#isStopped && this.#failures < maxFailures && !signal.aborted,
      keepsPlace: Number.isFinite(maxFailures),
    };
    try {
      await workThrough(jobs, hostOf, limits, (job, place) => this.#work(job, place));
    } finally {
      await Promise.all(this.#finishing);
    }
  }

  /** One job, from its sign-in to its outcome. */
  async #work(job: Job, place: Place): Promise<void> {
    let begun: Begun | null = null;
    try {
      const sentAs = await job.open(place.aside, async (open) => {
        begun = await this.#begin(job, open);
        return send(job, open);
      });
      this.#finish(this.#sent(job, begun as Begun | null, sentAs));
    } catch (error) {
      if (error instanceof NotTaken) {
        this.#isStopped = true;
        return;
      }
      if (!(error instanceof CliError)) throw error;
      this.#finish(this.#failed(job, begun, error));
    }
  }

  /** @throws {CliError} file-unwritable, interrupted; NotTaken */
  async #begin(job: Job, { user }: OpenForChange): Promise<Begun> {
    const { record, needsRecord } = this.#options;
    const facts = firstFacts(job, user);
    let begun: Begun;
    try {
      begun = { user, line: await record.append(facts), unrecorded: null };
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (needsRecord && error.code !== 'interrupted') this.#isStopped = true;
      if (needsRecord || error.code === 'interrupted') throw error;
      begun = { user, line: null, unrecorded: error };
    }
    try {
      await this.#emit(job, { kind: 'sending' });
    } catch (error) {
      if (error instanceof NotTaken) await this.#note(job, begun, { outcome: 'not-done' });
      throw error;
    }
    return begun;
  }

  async #sent(job: Job, begun: Begun | null, sentAs: SentAs | null): Promise<void> {
    const unrecorded = await this.#note(job, begun, { outcome: 'done', sentAs });
    await this.#emit(job, { kind: 'sent', sentAs, unrecorded });
    for (const request of openFor(job.history, job.target.clientAppKey))
      await this.#emit(job, { kind: 'settled', request });
  }

  /** @param begun null: nothing left */
  async #failed(job: Job, begun: Begun | null, error: CliError): Promise<void> {
    const isUnasked = error.code === 'interrupted';
    if (!isUnasked) this.#failures++;
    if (begun === null) {
      await this.#emit(job, { kind: 'failed', error, unrecorded: null });
    } else {
      const isUnknown = outcomeOf(error.code) === 'unknown';
      const outcome = isUnknown ? 'unknown' : 'not-done';
      const unrecorded = await this.#note(job, begun, { outcome });
      await this.#emit(job, { kind: isUnknown ? 'unknown' : 'failed', error, unrecorded });
    }
  }

  /** Writes the outcome. Resolves to the error that kept the ledger from having it, or null. */
  async #note(job: Job, begun: Begun | null, outcome: LaterFacts): Promise<CliError | null> {
    if (begun === null) return null;
    const { line, user, unrecorded } = begun;
    if (line === null && outcome.outcome === 'not-done') return unrecorded;
    const facts =
      line === null ? { ...firstFacts(job, user), ...outcome } : laterFacts(line, outcome);
    try {
      await this.#options.record.append(facts);
      return null;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (this.#options.needsRecord) this.#isStopped = true;
      return error;
    }
  }

  #emit({ target }: Job, event: WithoutTarget<ChangeEvent>): Promise<void> {
    return this.#queue.emit({ target, ...event } as ChangeEvent);
  }

  /** An outcome counts at once: the next job begins while it is written. */
  #finish(outcome: Promise<void>): void {
    const finishing = outcome.catch((error: unknown) => {
      if (!(error instanceof NotTaken)) throw error;
    });
    this.#finishing.add(finishing);
    finishing.then(
      () => this.#finishing.delete(finishing),
      () => {},
    );
  }
}

function firstFacts({ target, history }: Job, user: string | null): LedgerFacts {
  return sendingFacts(target, user, lastSet(history, target.clientAppKey)?.line ?? null);
}

/** Sends what a job asks for. @returns the form that the tenant took; null: it was done before */
async function send(
  { target, file, sendAs, history }: Job,
  { client, askHeld, isKnown }: OpenForChange,
): Promise<SentAs | null> {
  const { clientAppKey, wanted } = target;
  const terms = {
    forms: formsToTry(sendAs, history.sentAs),
    isKnown: isKnown || history.lastDone.size > 0,
  };
  if (wanted !== null && file !== null) {
    const { topic } = wanted;
    return sendCertificate({ ...file, clientAppKey, topic }, client, terms);
  }
  // A tenant may refuse to delete a key that is gone.
  const isRepeated = openFor(history, clientAppKey).some(({ line }) => line.asked === 'delete');
  const held = isRepeated ? await askHeld(clientAppKey) : null;
  if (held?.outcome === 'told' && held.topic === null) return null;
  return sendDeletion(clientAppKey, client, terms);
}

/** One request at a time goes to a host. */
function hostOf({ target }: Job): string {
  return new URL(target.tenant).host;
}
