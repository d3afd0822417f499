/** Every wait is told with one of these. */
type Doing = 'Asking' | 'Waiting for' | 'Opening' | 'Generating' | 'Writing';

/** The words of a wait: `Asking 127.0.0.1:8450`. */
export type Wait = `${Doing} ${string}`;

/** A wait is counted in seconds once it has taken this many. */
const uncounted = 3;

/**
 * A wait with its seconds: those that are left of a limit, else those that have passed
 * once there are three.
 * @param passed milliseconds
 * @param limit milliseconds; null: none
 */
export function wordsForWait(wait: string, passed: number, limit: number | null): string {
  if (limit !== null) return `${wait}: ${Math.max(0, Math.round((limit - passed) / 1000))} s left`;
  const seconds = Math.floor(passed / 1000);
  return seconds < uncounted ? wait : `${wait}, ${seconds} s`;
}
