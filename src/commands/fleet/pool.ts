import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { type ReadBack, readBack, unknownKey } from '../../tenant/read-back.ts';
import type { FleetTenant } from './file/fleet.ts';
import { openFleetAccess } from './fleet-tenant.ts';
import { type FleetStatusReport, reasonFor } from './report.ts';

/** A slot among the concurrent jobs. */
export interface Place {
  /** Waits, and frees the slot meanwhile. The host stays taken. */
  aside(wait: () => Promise<void>): Promise<void>;
}

interface PoolLimits {
  readonly concurrency: number;
  /** Called before each job starts; once it is false, no further job starts. */
  mayBegin(): boolean;
  /** Whether a pause keeps its slot, so that its job is judged before a further one starts. */
  readonly keepsPlace?: boolean;
}

/** The pauses per slot that free it; a further pause keeps its slot, to limit the jobs under way. */
const asidePerPlace = 8;

/**
 * Does the jobs, in order as far as possible: one per host at a time, a started host before the next one, and never more than
 * `concurrency`; none starts once `mayBegin` is false. Resolves when all started jobs are done. @param work never throws
 */
export async function workThrough<Job>(
  jobs: Iterable<Job>,
  hostOf: (job: Job) => string,
  { concurrency, mayBegin, keepsPlace = false }: PoolLimits,
  work: (job: Job, place: Place) => Promise<void>,
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
  let [free, outside, underWay] = [concurrency, 0, 0];
  /** Jobs whose pause is over go first: they hold their host. */
  const resuming: (() => void)[] = [];

  return new Promise((resolve, reject) => {
    const place: Place = {
      async aside(wait) {
        if (keepsPlace || outside >= concurrency * asidePerPlace) return wait();
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
      while (free > 0 && ready.length > 0 && mayBegin()) {
        const queue = ready.pop() as Job[];
        const job = queue.pop() as Job;
        free--;
        underWay++;
        work(job, place).then(() => {
          underWay--;
          if (queue.length > 0) ready.push(queue);
          release();
          if (underWay === 0 && (ready.length === 0 || !mayBegin())) resolve();
        }, reject);
      }
    }

    begin();
    if (underWay === 0) resolve();
  });
}

/** Tenants asked at a time, one per host. */
const concurrency = 8;

const longestList = 20;

/** A tenant, and the client app key to ask about; null: only its certificate has it. */
export interface KeyedTenant {
  readonly tenant: FleetTenant;
  readonly clientAppKey: string | null;
}

/**
 * Asks each tenant what it holds, with its own session, and notes why one did not say. A failure does not fail the command.
 * By the tenant's name. @throws {CliError} interrupted
 */
export async function askTenants(
  keyed: readonly KeyedTenant[],
  options: GlobalOptions,
  context: Context,
): Promise<ReadonlyMap<string, ReadBack>> {
  const { signal, terminal } = context;
  const access = openFleetAccess(options, signal, context);
  const answers = new Map<string, ReadBack>();
  const text = (): string =>
    `Asking the tenants what they hold: ${answers.size} of ${keyed.length}`;
  const progress = terminal.progress(text());
  const limits = { concurrency, mayBegin: () => !signal.aborted };
  const ask = async (
    { tenant, clientAppKey }: KeyedTenant,
    { aside }: Place,
  ): Promise<ReadBack> => {
    if (clientAppKey !== null)
      return access(tenant, aside, ({ client }) => readBack(client, clientAppKey));
    return {
      outcome: 'unknown',
      latest: unknownKey,
      why: 'its client app key comes from the certificate, and none is set',
    };
  };
  try {
    await workThrough(keyed, hostOf, limits, async (asked, place) => {
      answers.set(asked.tenant.name, await ask(asked, place).catch(untold));
      progress.say(text());
    });
  } finally {
    progress.stop();
  }
  if (signal.aborted) throw signal.reason;
  const silent = [...answers].flatMap(([name, answer]) =>
    answer.outcome === 'unknown' ? `The topic of ${name} is unknown: ${answer.why}.` : [],
  );
  say(silent, terminal.note);
  return answers;
}

/** One request at a time goes to a host, whatever its tenants are called. */
export function hostOf({ tenant: { tenant } }: { readonly tenant: FleetTenant }): string {
  return new URL(tenant).host;
}

function untold(error: unknown): ReadBack {
  if (error instanceof CliError)
    return { outcome: 'unknown', latest: unknownKey, why: error.message };
  throw error;
}

export function warnOfDifferences({ tenants }: FleetStatusReport, { terminal }: Context): void {
  const differing = tenants.filter(
    ({ state, held, inUseFrom }) =>
      state === 'differs' && (held?.outcome === 'differs' || inUseFrom === 'tenant'),
  );
  say(
    differing.map((tenant) => `${tenant.name}: ${reasonFor(tenant)}`),
    terminal.warn,
  );
}

function say(sentences: readonly string[], line: (text: string) => void): void {
  for (const sentence of sentences.slice(0, longestList)) line(sentence);
  const more = sentences.length - longestList;
  if (more > 0) line(`… and ${more} more`);
}
