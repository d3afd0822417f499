import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

/** The number of different keys for each worker: a test that needs more gets equal ones. */
const most = 4;

const generate = promisify(generateKeyPair);
const made: ReturnType<typeof generate>[] = [];
let calls = 0;

// Making a key of 2048 bits takes up to a fifth of a second: after the first ones, the same are returned in turn.
Object.defineProperty(generateKeyPair, promisify.custom, {
  value(type: 'rsa', options: { modulusLength: number }) {
    if (type !== 'rsa' || options.modulusLength !== 2048) return generate(type, options);
    const turn = calls++ % most;
    made[turn] ??= generate(type, options);
    return made[turn];
  },
});
