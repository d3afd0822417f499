import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

// Before each file: the tests behave alike on a machine that builds and on somebody's own.
delete process.env.CI;
// Nothing here outlives a loss of power, and a disk that others write to takes long to sync.
fs.fsyncSync = () => {};
syncBuiltinESMExports();
