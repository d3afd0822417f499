import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

/** As many keys as one test may need that differ. */
const most = 4;

const generate = promisify(generateKeyPair);
const made: ReturnType<typeof generate>[] = [];
let calls = 0;

// A key of the length that Apple asks for takes up to a fifth of a second, so later ones are the first again, in turn.
Object.defineProperty(generateKeyPair, promisify.custom, {
  value(type: 'rsa', options: { modulusLength: number }) {
    if (type !== 'rsa' || options.modulusLength !== 2048) return generate(type, options);
    const turn = calls++ % most;
    made[turn] ??= generate(type, options);
    return made[turn];
  },
});
