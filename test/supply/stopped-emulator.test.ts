import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('a check whose emulator has ended still tells what it found', async () => {
  const module = new URL('../../scripts/program.mjs', import.meta.url).href;
  const script = `
    import { setTimeout } from 'node:timers/promises';
    import { cleanEnvironment, createProgram } from ${JSON.stringify(module)};
    const program = createProgram({ env: cleanEnvironment(${JSON.stringify(temporaryDirectory())}) });
    const emulator = await program.startEmulator('http://127.0.0.1:9/callback');
    try {
      process.kill(emulator.pid, 'SIGKILL');
      while (await fetch(emulator.url).then(() => true, () => false)) await setTimeout(50);
      await setTimeout(200);
      throw new Error('what the check found');
    } finally {
      await emulator.stop();
    }`;
  const words = ['--input-type=module', '--eval', script];
  const running = promisify(execFile)(process.execPath, words);
  await expect(running).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('what the check found'),
  });
});
