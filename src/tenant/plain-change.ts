import { CliError } from '../errors/cli-error.ts';
import { noAnswerWords, triesWords, unknownFacts } from '../network/failure.ts';
import type { Arrived, Change, Judgment, UnknownChange } from '../network/http.ts';
import { judgeAnswer } from './envelope.ts';

/** A change of anything but a push certificate. */
export interface PlainChange {
  /** The change, to follow "it may have": `made the role`. */
  readonly done: string;
  /** Whether it has the same outcome if it is repeated. */
  readonly idempotent: boolean;
}

/** A change as the network carries it out, with the common judge of its answers. */
export function plainChange({ done, idempotent }: PlainChange): Change {
  return {
    judge: (arrived) => judge(arrived, idempotent),
    unknown: (change) => unknown(change, done, idempotent),
  };
}

function judge(arrived: Arrived, idempotent: boolean): Judgment {
  if (arrived === 'not-http') return { outcome: 'not-done', isSentAgain: idempotent };
  if (typeof arrived === 'string') return { outcome: 'unknown', isSentAgain: idempotent };
  const outcome = outcomes[judgeAnswer(arrived)];
  return { outcome, isSentAgain: idempotent || arrived.status === 429 };
}

const outcomes = { done: 'done', refused: 'not-done', missing: 'unknown' } as const;

function unknown(change: UnknownChange, done: string, idempotent: boolean): CliError {
  const { arrived, last, cause, tries } = change;
  const words =
    typeof arrived === 'string'
      ? noAnswerWords[arrived]
      : `The tenant or a proxy answered with HTTP ${arrived.status}`;
  const message = `${words}: it may have ${done}${triesWords(tries)}`;
  return new CliError('outcome-unknown', message, {
    facts: { ...unknownFacts(change), ...lastWords(last), idempotent },
    ...(cause !== null && { cause }),
  });
}

function lastWords(last: Arrived | null): { readonly reason?: string } {
  if (last === null || typeof last === 'string' || judgeAnswer(last) === 'missing') return {};
  return { reason: `The last try was answered with HTTP ${last.status}` };
}
