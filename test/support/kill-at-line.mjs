// Preloaded into the program: kills it, as `kill -9` does, before or after (KILL_WHEN) it has written the
// KILL_LINE-th text of its ledgers. They alone are written at their ends.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

const { KILL_LINE, KILL_WHEN } = process.env;
let writes = 0;
const real = promisify(fs.write);
const write = Object.assign(() => undefined, {
  /**
   * @param {number} file
   * @param {Uint8Array} bytes
   * @param {number} offset
   * @param {number} length
   * @param {number | null} position
   */
  async [promisify.custom](file, bytes, offset, length, position) {
    writes += 1;
    if (writes !== Number(KILL_LINE)) return real(file, bytes, offset, length, position);
    if (KILL_WHEN === 'after') fs.writeSync(file, bytes, offset, length, position);
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => setInterval(() => undefined, 1000));
  },
});
Object.assign(fs, { write });
syncBuiltinESMExports();
