// Preloaded into the program: ends it as `kill -9` does when it is about to put a file in the place of KILL_BEFORE, with
// KILL_TIMES for the N-th time.
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
