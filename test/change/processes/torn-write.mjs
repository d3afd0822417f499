// Preloaded into the program: kills it, as `kill -9` does, when it has written TORN_BYTES bytes of
// the TORN_AT-th text that it appends to a file.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

const { TORN_AT, TORN_BYTES } = process.env;
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
    if (writes !== Number(TORN_AT)) return real(file, bytes, offset, length, position);
    fs.writeSync(file, bytes, offset, Math.min(length, Number(TORN_BYTES)), position);
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => setInterval(() => undefined, 1000));
  },
});
Object.assign(fs, { write });
syncBuiltinESMExports();
