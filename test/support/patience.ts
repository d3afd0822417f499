/** How many times longer than on a quiet machine anything may take: scripts/busy.mjs says it. */
export const patience = Number(process.env.TEST_PATIENCE ?? 1);

/** For what happens by itself, of `vi.waitFor` and `vi.waitUntil`. */
export const eventually = { timeout: 20_000 * patience };

/** Whether all cases of a matrix are tried, of which `npm test` has the telling ones: `npm run test:long` does. */
export const isThorough = process.env.TEST_THOROUGH !== undefined;
