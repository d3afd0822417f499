// Preloaded into the program: the time that it has to end after a signal does not pass, nor the share of it in which a fleet
// waits for answers. So nothing that is said then depends on the load of the machine.
const grace = 900;
const limits = [grace, grace * 0.6];
const setRealTimeout = globalThis.setTimeout;
globalThis.setTimeout = (work, milliseconds, ...given) =>
  setRealTimeout(work, limits.includes(milliseconds) ? 2 ** 31 - 1 : milliseconds, ...given);
