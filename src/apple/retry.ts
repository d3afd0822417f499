import { isTransient } from '../network/failure.ts';
import type { Push } from './apns.ts';
import type { AnsweredPush } from './post-push.ts';

const maxAttempts = 3;
const firstWait = 500;
/** Apple's requested wait after Shutdown and ServiceUnavailable. */
const quarterOfAnHour = 15 * 60_000;

/**
 * Milliseconds to wait before the next attempt, or null if the outcome stands. An unanswered push is tried again, though
 * only once if it must not be repeated; after 429, 500 and 503 only a repeatable one is.
 */
export function waitBeforeRetry(
  outcome: AnsweredPush | Error,
  attempts: number,
  { retry }: Pick<Push, 'retry'>,
): number | null {
  const backoff = firstWait * 4 ** (attempts - 1);
  if (outcome instanceof Error)
    return attempts < (retry ? maxAttempts : 2) && isTransient(outcome, 'apns-unreachable') ? backoff : null;
  if (!retry || attempts >= maxAttempts) return null;
  switch (outcome.answer.status) {
    case 429:
    case 500:
      return outcome.retryAfter ?? backoff;
    case 503:
      return outcome.retryAfter ?? quarterOfAnHour;
    default:
      return null;
  }
}
