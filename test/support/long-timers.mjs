// Preloaded into the program: each of its timers takes TIMES_LONGER times as long, so that a busy machine reaches none of its limits.
const factor = Number(process.env.TIMES_LONGER);
const setRealTimeout = globalThis.setTimeout;
globalThis.setTimeout = Object.assign(
  (done, delay = 0, ...given) => setRealTimeout(done, delay * factor, ...given),
  setRealTimeout,
);
