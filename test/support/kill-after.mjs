// Preloaded into the program: kills it, as `kill -9` does, once it has put the Nth file into a directory.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname } from 'node:path';

const { KILL_AFTER, KILL_IN } = process.env;
let placed = 0;

/** @param {(from: string, to: string) => void} place */
function killing(place) {
  return (/** @type {string} */ from, /** @type {string} */ to) => {
    place(from, to);
    // The program names the folder that it holds open.
    if (fs.realpathSync(dirname(to)) !== KILL_IN || to.endsWith('.lock')) return;
    if (++placed === Number(KILL_AFTER)) process.kill(process.pid, 'SIGKILL');
  };
}

const renameSync = killing(fs.renameSync);
const linkSync = killing(fs.linkSync);
Object.assign(fs, { renameSync, linkSync });
syncBuiltinESMExports();
