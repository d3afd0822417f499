// Preloaded into the program: ends it as `kill -9` does when it is about to put a file in the place of KILL_BEFORE.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { renameSync, rename } = fs;
const check = (to) => {
  if (to === process.env.KILL_BEFORE) process.kill(process.pid, 'SIGKILL');
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
