import type { OpenLedger } from '../ledger.ts';
import { EventQueue, NotTaken } from './event-queue.ts';
import { runConcurrently, type Slot } from './host-queue.ts';
import { type ChangeEvent, type Job, runJob, type SurroundingRun } from './run-job.ts';

export interface RunOptions {
  readonly ledger: OpenLedger;
  /** Whether a job ends, and no other begins, where the ledger cannot be written. */
  readonly needsLedger: boolean;
  readonly concurrency: number;
  /**
   * The host that goes first: the others follow only if all went well there; null: none.
   */
  readonly canary: string | null;
  /** After this many failures no further job begins. */
  readonly maxFailures: number;
  readonly signal: AbortSignal;
}

/** The limits of a run that has one job. */
export const forOne = {
  needsLedger: false,
  concurrency: 1,
  canary: null,
  maxFailures: Number.POSITIVE_INFINITY,
} as const;

/**
 * Brings each target to its wanted state, several at a time and one request at a time for
 * a host. The ledger has a line before a request leaves and another after its answer. A
 * job that fails does not affect the others.
 */
export async function* runAllJobs(
  jobs: readonly Job[],
  options: RunOptions,
): AsyncGenerator<ChangeEvent, void> {
  const queue = new EventQueue<ChangeEvent>();
  const run = new Run(options, queue);
  const work = run.through(jobs).finally(() => queue.end());
  // The `finally` below throws it; until then nobody waits for it.
  work.catch(() => {});
  try {
    yield* queue.events();
  } finally {
    queue.stop();
    await work;
  }
}

/** The jobs of one call of `runAllJobs`, and what counts for all of them. */
class Run {
  readonly #options: RunOptions;
  readonly #each: SurroundingRun;
  /**
   * The outcomes on their way to the disk: the next job does not wait for them. One that
   * failed stays, and `#runAll` throws it.
   */
  readonly #finishing = new Set<Promise<void>>();
  #failures = 0;
  #isStopped = false;

  constructor(options: RunOptions, queue: EventQueue<ChangeEvent>) {
    const { ledger, needsLedger } = options;
    this.#options = options;
    this.#each = {
      ledger,
      needsLedger,
      emit: (event) => queue.emit(event),
      stop: () => {
        this.#isStopped = true;
      },
    };
  }

  async through(jobs: readonly Job[]): Promise<void> {
    const { canary } = this.#options;
    const first = jobs.filter((job) => hostOf(job) === canary);
    await this.#runAll(first);
    if (this.#failures > 0) return;
    await this.#runAll(jobs.filter((job) => hostOf(job) !== canary));
  }

  async #runAll(jobs: readonly Job[]): Promise<void> {
    const { concurrency, maxFailures, signal } = this.#options;
    const limits = {
      concurrency,
      mayStart: () => !this.#isStopped && this.#failures < maxFailures && !signal.aborted,
      keepsSlot: Number.isFinite(maxFailures),
    };
    try {
      await runConcurrently(jobs, hostOf, limits, (job, slot) => this.#work(job, slot));
    } finally {
      await Promise.all(this.#finishing);
    }
  }

  async #work(job: Job, { pause }: Slot): Promise<void> {
    const { isFailed, written } = await runJob(job, pause, this.#each);
    if (isFailed) this.#failures++;
    this.#finish(written);
  }

  /** An outcome counts at once: the next job begins while it is written. */
  #finish(written: Promise<void>): void {
    const finishing = written.catch((error: unknown) => {
      if (!(error instanceof NotTaken)) throw error;
    });
    this.#finishing.add(finishing);
    finishing.then(
      () => this.#finishing.delete(finishing),
      () => {},
    );
  }
}

/** One request at a time goes to a host. */
function hostOf({ target }: Job): string {
  return new URL(target.tenant).host;
}
