import { isTransient } from './failure.ts';
import type { HttpResponse } from './http.ts';

/** The vendor's SDK tries three times and waits at most 10 s between tries. */
const maxAttempts = 3;
const longestWait = 10_000;
const firstWait = 250;

/**
 * Milliseconds to wait before the next attempt, or null if the outcome stands. A failed connection, 429 (after its
 * `Retry-After`) and 502 to 504 are tried again; a tenant's own refusal never is.
 */
export function waitBeforeRetry(outcome: HttpResponse | Error, attempts: number): number | null {
  if (attempts >= maxAttempts) return null;
  const backoff = firstWait * 4 ** (attempts - 1);
  if (outcome instanceof Error) return isTransient(outcome, 'tenant-unreachable') ? backoff : null;
  if (outcome.status === 429) return retryAfter(outcome) ?? backoff;
  return outcome.status >= 502 && outcome.status <= 504 ? backoff : null;
}

/** RFC 9110 §10.2.3, in seconds; a date is measured against the answer's own `Date`. */
function retryAfter({ headers }: HttpResponse): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const wait = /^\d+$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), longestWait);
}
