// Preloaded into the program: the time that an interrupted fleet waits for answers does not pass. So what is said then does not
// depend on the load of the machine.
const answerGrace = 2000;
const setRealTimeout = globalThis.setTimeout;

/**
 * @param {(...given: unknown[]) => void} work
 * @param {number} milliseconds
 * @param {...unknown} given
 */
function setTimeout(work, milliseconds, ...given) {
  return setRealTimeout(work, milliseconds === answerGrace ? 2 ** 31 - 1 : milliseconds, ...given);
}

Object.assign(globalThis, { setTimeout });
