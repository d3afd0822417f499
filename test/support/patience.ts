/** The factor on time limits, which scripts/busy.mjs raises for a busy machine. */
export const patience = Number(process.env.TEST_PATIENCE ?? 1);

/** Options of `vi.waitFor` and `vi.waitUntil`. */
export const eventually = { timeout: 20_000 * patience };

/** True in `npm run test:long`, which tries all cases of a matrix; `npm test` tries the telling ones. */
export const isThorough = process.env.TEST_THOROUGH !== undefined;

/**
 * Tries with 300 ms, then with twice as much each time, until the attempt has come far enough: a
 * machine that is busy needs longer, and fails nothing.
 * @param attempt null: the time was over too soon
 */
export async function withTimeEnough<T>(attempt: (milliseconds: number) => Promise<T | null>) {
  for (let milliseconds = 300; ; milliseconds *= 2) {
    const result = await attempt(milliseconds);
    if (result !== null) return result;
  }
}
