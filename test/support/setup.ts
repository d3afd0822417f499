import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import './rsa-keys.ts';

// Before each file: tests must behave the same on a build machine and on a developer's own.
delete process.env.CI;
// No file here must survive a power loss, and a busy disk takes long to sync.
fs.fsyncSync = () => {};
syncBuiltinESMExports();
