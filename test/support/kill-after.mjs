// Preloaded into the program: kills it, as `kill -9` does, once it has put the Nth file into a directory.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname } from 'node:path';

const { KILL_AFTER, KILL_IN } = process.env;
let placed = 0;
for (const name of ['renameSync', 'linkSync']) {
  const original = fs[name];
  fs[name] = (from, to) => {
    original(from, to);
    // The program names the folder that it holds open.
    if (fs.realpathSync(dirname(to)) !== KILL_IN || to.endsWith('.lock')) return;
    if (++placed === Number(KILL_AFTER)) process.kill(process.pid, 'SIGKILL');
  };
}
syncBuiltinESMExports();
