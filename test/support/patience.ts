/** The factor on time limits, which scripts/busy.mjs raises for a busy machine. */
export const patience = Number(process.env.TEST_PATIENCE ?? 1);

/** Options of `vi.waitFor` and `vi.waitUntil`. */
export const eventually = { timeout: 20_000 * patience };

/** True in `npm run test:long`, which tries all cases of a matrix; `npm test` tries the telling ones. */
export const isThorough = process.env.TEST_THOROUGH !== undefined;
