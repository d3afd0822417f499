// Preloaded into the program: kills it, as `kill -9` does, before it replaces KILL_BEFORE, with
// KILL_TIMES at the N-th time.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { renameSync, rename } = fs;
const { KILL_BEFORE, KILL_TIMES = '1' } = process.env;
let times = 0;
const check = (to) => {
  if (to === KILL_BEFORE && ++times === Number(KILL_TIMES)) process.kill(process.pid, 'SIGKILL');
};
fs.renameSync = (from, to) => {
  check(to);
  renameSync(from, to);
};
fs.rename = (from, to, done) => {
  check(to);
  rename(from, to, done);
};
syncBuiltinESMExports();
