// Preloaded into the program: no pause ends, and none keeps the process alive.
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

timers.setTimeout = () => new Promise(() => {});
syncBuiltinESMExports();
