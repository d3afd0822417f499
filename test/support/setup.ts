import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

// Before each file: tests must behave the same on a build machine and on a developer's own.
delete process.env.CI;
// Tests need no file after a power loss, and a sync is slow on a busy disk.
fs.fsyncSync = () => {};
syncBuiltinESMExports();
