// `node scripts/lint/run.mjs PROGRAM [ARGUMENT…]`: a program of this folder's lock, in the project.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installLocked } from '../locked-packages.mjs';

const [program = '', ...words] = process.argv.slice(2);
const file = join(installLocked('scripts/lint'), 'node_modules/.bin', program);
const { status } = spawnSync(file, words, {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exitCode = status ?? 1;
