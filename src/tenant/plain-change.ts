import { CliError } from '../errors/cli-error.ts';
import { noAnswerWords, triesWords, unknownFacts } from '../network/failure.ts';
import type { Arrived, ChangeJudge, Judgment, UnknownChange } from '../network/http.ts';
import { judgeAnswer } from './envelope.ts';

/** A change of anything but a push certificate. */
export interface PlainChange {
  /** The change, to follow "it may have": `made the role`. */
  readonly mayHave: string;
  /** Whether it has the same outcome if it is repeated. */
  readonly idempotent: boolean;
}

/** The judge of what arrives for such a change. */
export function plainJudge(change: PlainChange): ChangeJudge {
  return {
    judge: (arrived) => judge(arrived, change.idempotent),
    unknown: (unknown) => unknownError(unknown, change),
  };
}

function judge(arrived: Arrived, idempotent: boolean): Judgment {
  if (arrived === 'not-http') return { outcome: 'not-done', isSentAgain: idempotent };
  if (typeof arrived === 'string') return { outcome: 'unknown', isSentAgain: idempotent };
  const outcome = outcomes[judgeAnswer(arrived)];
  return { outcome, isSentAgain: idempotent || arrived.status === 429 };
}

const outcomes = { done: 'done', refused: 'not-done', missing: 'unknown' } as const;

function unknownError(unknown: UnknownChange, { mayHave, idempotent }: PlainChange): CliError {
  const { arrived, last, cause, tries } = unknown;
  const words =
    typeof arrived === 'string'
      ? noAnswerWords[arrived]
      : `The tenant or a proxy answered with HTTP ${arrived.status}`;
  const message = `${words}: it may have ${mayHave}${triesWords(tries)}`;
  return new CliError('outcome-unknown', message, {
    facts: { ...unknownFacts(unknown), ...lastWords(last), idempotent },
    ...(cause !== null && { cause }),
  });
}

function lastWords(last: Arrived | null): { readonly reason?: string } {
  if (last === null || typeof last === 'string' || judgeAnswer(last) === 'missing') return {};
  return { reason: `The last try was answered with HTTP ${last.status}` };
}
