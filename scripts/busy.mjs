// `node scripts/busy.mjs PROGRAM [ARGUMENT…]`: runs a program of the project beside eight loops that never rest.
import { spawn, spawnSync } from 'node:child_process';

/** Ends with its parent, whatever ended that. */
const loop = `while (process.ppid === ${process.pid});`;
const loops = Array.from({ length: 8 }, () =>
  spawn(process.execPath, ['-e', loop], { stdio: 'ignore' }),
);
const [program = '', ...words] = process.argv.slice(2);
try {
  const { status } = spawnSync(program, words, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    // Lengthens the bounds on tests that hang and on peers that stay silent.
    env: { ...process.env, TEST_PATIENCE: '5' },
  });
  process.exitCode = status ?? 1;
} finally {
  for (const each of loops) each.kill('SIGKILL');
}
