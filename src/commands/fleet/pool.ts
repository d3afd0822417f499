/** A place among those that work at once. */
export interface Place {
  /** Waits, and lets another work meanwhile. Its host stays its own. */
  aside(wait: () => Promise<void>): Promise<void>;
}

export interface PoolLimits {
  /** How many work at once. */
  readonly concurrency: number;
  /** Asked before each job is begun; once it is false, no further job is. */
  mayBegin(): boolean;
}

/** Pauses of this many for each that works are made aside; a further one keeps its place, so that few are open at once. */
const asidePerPlace = 8;

/**
 * Does the jobs, in their order as far as it can be: never two of one host at once, and never more than allowed. Ends when
 * all that were begun are done. @param work never throws
 */
export async function workThrough<Job>(
  jobs: Iterable<Job>,
  hostOf: (job: Job) => string,
  { concurrency, mayBegin }: PoolLimits,
  work: (job: Job, place: Place) => Promise<void>,
): Promise<void> {
  const hosts = byHost(jobs, hostOf);
  /** Of the hosts that nobody works for. */
  const ready = [...hosts.values()];
  let next = 0;
  let [free, outside, underWay] = [concurrency, 0, 0];
  /** Those whose pause is over go first: they hold their host. */
  const resuming: (() => void)[] = [];

  return new Promise((resolve, reject) => {
    const place: Place = {
      async aside(wait) {
        if (outside >= concurrency * asidePerPlace) return wait();
        outside++;
        release();
        try {
          await wait();
        } finally {
          outside--;
          await taken();
        }
      },
    };

    const taken = async (): Promise<void> => {
      if (free > 0) free--;
      else await new Promise<void>((resume) => resuming.push(resume));
    };

    function release(): void {
      const resume = resuming.shift();
      if (resume === undefined) {
        free++;
        begin();
      } else resume();
    }

    function begin(): void {
      while (free > 0 && next < ready.length && mayBegin()) {
        const queue = ready[next++] as Queue<Job>;
        const job = queue.jobs[queue.next++] as Job;
        free--;
        underWay++;
        work(job, place).then(() => {
          underWay--;
          if (queue.next < queue.jobs.length) ready.push(queue);
          release();
          if (underWay === 0 && (next === ready.length || !mayBegin())) resolve();
        }, reject);
      }
    }

    begin();
    if (underWay === 0) resolve();
  });
}

interface Queue<Job> {
  readonly jobs: Job[];
  next: number;
}

function byHost<Job>(jobs: Iterable<Job>, hostOf: (job: Job) => string): ReadonlyMap<string, Queue<Job>> {
  const hosts = new Map<string, Queue<Job>>();
  for (const job of jobs) {
    const host = hostOf(job);
    const queue = hosts.get(host) ?? { jobs: [], next: 0 };
    hosts.set(host, queue);
    queue.jobs.push(job);
  }
  return hosts;
}
