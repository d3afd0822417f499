import type { Pause } from '../../network/http.ts';

/** A slot among the concurrent jobs. */
export interface Slot {
  /** Waits, and frees the slot meanwhile. The host stays taken. */
  readonly pause: Pause;
}

interface PoolLimits {
  readonly concurrency: number;
  /** Called before each job starts; once it is false, no further job starts. */
  mayStart(): boolean;
  /**
   * Whether a pause keeps its slot, so that its job is judged before a further one
   * starts.
   */
  readonly keepsSlot?: boolean;
}

/**
 * The pauses per slot that free it; a further pause keeps its slot, to limit the jobs
 * under way.
 */
const pausesPerSlot = 8;

/**
 * Does the jobs, in order as far as possible: one per host at a time, a started host
 * before the next one, and never more than `concurrency`; none starts once `mayStart` is
 * false. Resolves when all started jobs are done.
 * @param work never throws
 */
export async function runConcurrently<Job>(
  jobs: Iterable<Job>,
  hostOf: (job: Job) => string,
  { concurrency, mayStart, keepsSlot = false }: PoolLimits,
  work: (job: Job, slot: Slot) => Promise<void>,
): Promise<void> {
  const hosts = new Map<string, Job[]>();
  for (const job of jobs) {
    const host = hostOf(job);
    const queue = hosts.get(host);
    if (queue === undefined) hosts.set(host, [job]);
    else queue.push(job);
  }
  /** The idle hosts: each one's jobs in reverse order; the next host last. */
  const ready = [...hosts.values()].map((queue) => queue.reverse()).reverse();
  let free = concurrency;
  let paused = 0;
  let underWay = 0;
  /** Jobs whose pause is over go first: they hold their host. */
  const resuming: (() => void)[] = [];

  return new Promise((resolve, reject) => {
    const slot: Slot = {
      async pause(wait) {
        if (keepsSlot || paused >= concurrency * pausesPerSlot) return wait();
        paused++;
        releaseSlot();
        try {
          await wait();
        } finally {
          paused--;
          await takeSlot();
        }
      },
    };

    const takeSlot = async (): Promise<void> => {
      if (free > 0) free--;
      else await new Promise<void>((resume) => resuming.push(resume));
    };

    function releaseSlot(): void {
      const resume = resuming.shift();
      if (resume === undefined) {
        free++;
        startJobs();
      } else {
        // The slot goes to a paused job, so it is not free.
        resume();
      }
    }

    function startJobs(): void {
      while (free > 0 && ready.length > 0 && mayStart()) {
        const queue = ready.pop() as Job[];
        const job = queue.pop() as Job;
        free--;
        underWay++;
        work(job, slot).then(() => {
          underWay--;
          if (queue.length > 0) ready.push(queue);
          releaseSlot();
          // All that may start has been started.
          if (underWay === 0) resolve();
        }, reject);
      }
    }

    startJobs();
    if (underWay === 0) resolve();
  });
}
