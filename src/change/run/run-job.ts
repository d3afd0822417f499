import { CliError } from '../../errors/cli-error.ts';
import type { Pause } from '../../network/http.ts';
import type { SentAs, TenantClient } from '../../tenant/client.ts';
import type { ReadBack } from '../../tenant/read-back.ts';
import { outcomeOf } from '../answer-table.ts';
import { lastSet, type PastRequest, type TenantHistory, unansweredFor } from '../history.ts';
import type { OpenLedger } from '../ledger.ts';
import { type LaterFacts, type LedgerFacts, type LedgerLine, laterFacts } from '../ledger-line.ts';
import type { OpenTenant } from '../open-connection.ts';
import { type PushFile, sendingFacts, type Target } from '../target.ts';
import { NotTaken } from './event-queue.ts';
import { formsToTry, sendCertificate, sendDeletion } from './send-change.ts';

/** A tenant that is open for one change. */
export interface OpenForChange {
  readonly client: TenantClient;
  /** Who is signed in, if that is known. */
  readonly user: string | null;
  /** Whether the host has answered as a tenant before. */
  readonly hostHasAnswered: boolean;
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
  withOpenTenant<T>(pause: Pause, work: (open: OpenForChange) => Promise<T>): Promise<T>;
}

/**
 * Runs the work at a tenant whose session is open already. Its pauses are not passed on:
 * no other job could use them.
 */
export function atOpenTenant({ client, session, askHeld }: OpenTenant): Job['withOpenTenant'] {
  return (_pause, work) =>
    work({
      client,
      user: session.user,
      hostHasAnswered: session.isFromTenant === true,
      askHeld,
    });
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

/** The run that a change belongs to. */
export interface SurroundingRun {
  readonly ledger: OpenLedger;
  /** Whether a job ends, and no other begins, where the ledger cannot be written. */
  readonly needsLedger: boolean;
  /** Resolves when the event was taken. @throws {NotTaken} it never will be */
  emit(event: ChangeEvent): Promise<void>;
  /** No other job begins. */
  stop(): void;
}

/** A change whose answer is known, or which was not made. */
export interface FinishedChange {
  /** Whether the tenant did not do it, or may not have; false where nothing was asked. */
  readonly isFailed: boolean;
  /** Resolves when the outcome is in the ledger, and its event was taken. */
  readonly written: Promise<void>;
}

/**
 * Brings one target to its wanted state, from its sign-in to its outcome. The ledger has
 * a line before the request leaves and another after its answer.
 * @param pause runs the pauses between attempts
 */
export function runJob(job: Job, pause: Pause, run: SurroundingRun): Promise<FinishedChange> {
  return new RunningJob(job, run).run(pause);
}

const nothingLeft: FinishedChange = { isFailed: false, written: Promise.resolve() };

/** Whether `sending` was written, and what else is known before the answer. */
interface StartedChange {
  /** Null: the ledger could not be written. */
  readonly line: LedgerLine | null;
  readonly unrecorded: CliError | null;
  readonly user: string | null;
}

class RunningJob {
  readonly #job: Job;
  readonly #run: SurroundingRun;
  /** Null: the request cannot have left, so that the ledger needs no outcome. */
  #started: StartedChange | null = null;

  constructor(job: Job, run: SurroundingRun) {
    this.#job = job;
    this.#run = run;
  }

  async run(pause: Pause): Promise<FinishedChange> {
    try {
      const sentAs = await this.#job.withOpenTenant(pause, async (open) => {
        await this.#start(open);
        return send(this.#job, open);
      });
      return { isFailed: false, written: this.#noteSent(sentAs) };
    } catch (error) {
      if (error instanceof NotTaken) {
        this.#run.stop();
        return nothingLeft;
      }
      if (!(error instanceof CliError)) throw error;
      // An interrupt after the request has left is `outcome-unknown`.
      return { isFailed: error.code !== 'interrupted', written: this.#noteFailed(error) };
    }
  }

  /** @throws {CliError} file-unwritable, interrupted; NotTaken */
  async #start({ user }: OpenForChange): Promise<void> {
    const { ledger, needsLedger } = this.#run;
    let started: StartedChange;
    try {
      started = {
        user,
        line: await ledger.append(firstFacts(this.#job, user)),
        unrecorded: null,
      };
    } catch (error) {
      if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
      if (needsLedger) {
        this.#run.stop();
        throw error;
      }
      started = { user, line: null, unrecorded: error };
    }
    try {
      await this.#emit({ kind: 'sending' });
    } catch (error) {
      if (error instanceof NotTaken) await this.#note(started, { outcome: 'not-done' });
      throw error;
    }
    // From here the request may leave.
    this.#started = started;
  }

  async #noteSent(sentAs: SentAs | null): Promise<void> {
    const unrecorded = await this.#note(this.#started, { outcome: 'done', sentAs });
    await this.#emit({ kind: 'sent', sentAs, unrecorded });
    const { history, target } = this.#job;
    for (const request of unansweredFor(history, target.clientAppKey))
      await this.#emit({ kind: 'settled', request });
  }

  async #noteFailed(error: CliError): Promise<void> {
    if (this.#started === null) {
      await this.#emit({ kind: 'failed', error, unrecorded: null });
      return;
    }
    const isUnknown = outcomeOf(error.code) === 'unknown';
    const outcome = isUnknown ? 'unknown' : 'not-done';
    const unrecorded = await this.#note(this.#started, { outcome });
    await this.#emit({ kind: isUnknown ? 'unknown' : 'failed', error, unrecorded });
  }

  /**
   * Writes the outcome. Resolves to the error that kept the ledger from having it, or
   * null.
   */
  async #note(started: StartedChange | null, later: LaterFacts): Promise<CliError | null> {
    if (started === null) return null;
    const { ledger, needsLedger } = this.#run;
    const { line, user, unrecorded } = started;
    // Nothing was done, and no line says that it may have been.
    if (line === null && later.outcome === 'not-done') return unrecorded;
    const first = firstFacts(this.#job, user);
    const facts = line === null ? { ...first, ...later } : laterFacts(line, later);
    try {
      await ledger.append(facts);
      return null;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (needsLedger) this.#run.stop();
      return error;
    }
  }

  #emit(event: WithoutTarget<ChangeEvent>): Promise<void> {
    return this.#run.emit({ target: this.#job.target, ...event } as ChangeEvent);
  }
}

function firstFacts({ target, history }: Job, user: string | null): LedgerFacts {
  if (target.wanted !== null) return sendingFacts(target, user);
  const deleted = lastSet(history, target.clientAppKey);
  return sendingFacts(target, user, deleted?.line ?? null);
}

/**
 * Sends what a job asks for.
 * @returns the form that the tenant took; null: it was done before
 */
async function send(
  { target, file, sendAs, history }: Job,
  { client, askHeld, hostHasAnswered }: OpenForChange,
): Promise<SentAs | null> {
  const { clientAppKey, wanted } = target;
  const terms = {
    forms: formsToTry(sendAs, history.sentAs),
    hostHasAnswered: hostHasAnswered || history.lastDone.size > 0,
  };
  if (wanted !== null && file !== null) {
    const { topic } = wanted;
    return sendCertificate({ ...file, clientAppKey, topic }, client, terms);
  }
  // A tenant may refuse to delete a key that is gone.
  const isRepeated = unansweredFor(history, clientAppKey).some(
    ({ line }) => line.asked === 'delete',
  );
  const held = isRepeated ? await askHeld(clientAppKey) : null;
  if (held?.outcome === 'told' && held.topic === null) return null;
  return sendDeletion(clientAppKey, client, terms);
}
