import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../../errors/cli-error.ts';
import type { Http } from '../../network/http.ts';
import {
  type Advance,
  advanceAuthentication,
  type FactorSession,
} from '../../tenant/security/authentication.ts';
import type { FactorAnswer, Mechanism } from '../../tenant/security/factor-answer.ts';
import { onOneLine } from '../../text/printable.ts';
import type { Secret } from '../../text/secret.ts';
import type { Person } from './person.ts';

export interface FactorContext {
  readonly http: Http;
  /** For the requests while the program waits for the person. */
  readonly patientHttp: Http;
  readonly person: Person;
  readonly signal: AbortSignal;
  /** The time for one challenge, in milliseconds. */
  readonly patience: number;
}

/** The vendor's clients poll once a second. */
const pollInterval = 1_000;

/**
 * Has the person meet a challenge with the mechanism.
 * @returns the tenant's next answer; never `pending`
 * @throws {CliError} sign-in-timed-out, interrupted, and what the requests throw
 */
export async function meetChallenge(
  session: FactorSession,
  mechanism: Mechanism,
  context: FactorContext,
): Promise<FactorAnswer> {
  const { person } = context;
  const advance = (step: Advance, http = context.http) =>
    advanceAuthentication(session, mechanism.id, step, http);
  if (mechanism.kind === 'text')
    return advance({ action: 'Answer', answer: await person.answer(mechanism.chosen) });
  const started = await advance({ action: 'StartOOB' });
  if (started.kind === 'failed') return { ...started, isUnsent: true };
  if (started.kind !== 'pending') return started;
  if (started.number !== null) person.tell(`${numberWords(person)}: ${started.number}`);
  const poll = (http: Http) => advance({ action: 'Poll' }, http);
  if (mechanism.kind === 'poll') return pollAlone(poll, mechanism.chosen, context);
  return pollOrCode(poll, (answer) => advance({ action: 'Answer', answer }), mechanism, context);
}

function numberWords({ other }: Person): string {
  return other === null
    ? 'Choose this number on your phone'
    : `Tell ${onOneLine(other)} to choose this number on the phone`;
}

/**
 * Polls while the tenant answers "pending".
 * @throws {CliError} sign-in-timed-out, interrupted
 */
export async function pollAlone(
  poll: (http: Http) => Promise<FactorAnswer>,
  words: string,
  context: FactorContext,
): Promise<FactorAnswer> {
  const waiting = context.person.awaits(words, context.patience);
  try {
    const late = AbortSignal.timeout(context.patience);
    // A tenant may delay the answer to a poll for longer.
    const ended = once(late, 'abort').then(() => Promise.reject(timedOut()));
    return await Promise.race([pollUntil(poll, context, late), ended]);
  } finally {
    waiting.stop();
  }
}

/** Waits for the poll's answer or a typed code, whichever comes first. */
async function pollOrCode(
  poll: (http: Http) => Promise<FactorAnswer>,
  answer: (code: Secret) => Promise<FactorAnswer>,
  { chosen }: Mechanism,
  context: FactorContext,
): Promise<FactorAnswer> {
  const late = AbortSignal.timeout(context.patience);
  for (;;) {
    const round = new AbortController();
    const stop = AbortSignal.any([round.signal, late]);
    const polled = pollUntil(poll, context, stop);
    const typed = context.person.code(chosen, stop).catch((error: unknown) => {
      throw late.aborted ? timedOut() : error;
    });
    // Both must end, so that two never share the keyboard or the session.
    const settled = Promise.allSettled([polled, typed]);
    try {
      await Promise.race([polled, typed]);
      round.abort();
      // A poll answered while the code was typed leaves nothing to answer.
      const answered = await polled.catch(() => null);
      if (answered !== null) return answered;
      const code = await typed;
      if (code.reveal().trim() !== '') return await answer(code);
    } finally {
      round.abort();
      await settled;
    }
  }
}

async function pollUntil(
  poll: (http: Http) => Promise<FactorAnswer>,
  { patientHttp, signal }: FactorContext,
  stop: AbortSignal,
): Promise<FactorAnswer> {
  const ended = AbortSignal.any([signal, stop]);
  for (;;) {
    await sleep(pollInterval, undefined, { signal: ended }).catch(() => {
      throw signal.aborted ? signal.reason : timedOut();
    });
    const answer = await poll(patientHttp);
    if (answer.kind !== 'pending') return answer;
  }
}

function timedOut(): CliError {
  return new CliError('sign-in-timed-out', 'The challenge was not answered in time', {
    facts: { awaited: 'factor' },
  });
}
