// Preloaded into the program: the time that it has to end after a signal does not pass, so that what
// it says then does not depend on the load of the machine.
const grace = 900;
const setRealTimeout = globalThis.setTimeout;
globalThis.setTimeout = (work, milliseconds, ...given) =>
  setRealTimeout(work, milliseconds === grace ? 2 ** 31 - 1 : milliseconds, ...given);
