// Preloaded into the program: ends it as `kill -9` does once it has put the Nth file into a directory.
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname } from 'node:path';

const { KILL_AFTER, KILL_IN } = process.env;
let placed = 0;
for (const name of ['rename', 'link']) {
  const original = promises[name];
  promises[name] = async (from, to) => {
    await original(from, to);
    if (dirname(to) === KILL_IN && ++placed === Number(KILL_AFTER)) process.kill(process.pid, 'SIGKILL');
  };
}
syncBuiltinESMExports();
