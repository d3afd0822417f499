/**
 * Milliseconds of a clock that never goes back. Node.js would load twelve modules for
 * `performance`, which takes a millisecond.
 */
export function monotonicTime(): number {
  return process.uptime() * 1000;
}
