import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cleanEnvironment, endOnSignal, startProgram } from '../support/process.ts';

const windows = fileURLToPath(new URL('../support/as-windows.mjs', import.meta.url));

test.each([
  ['Ctrl-Break', 'SIGUSR2', 143],
  ['a console window that is closed', 'SIGHUP', 129],
] as const)('on Windows %s ends the program in order', async (_event, signal, exitCode) => {
  const env = cleanEnvironment({ NODE_OPTIONS: `--import ${windows}` });
  const child = startProgram(['emulator', '--port', '0'], env);
  await once(child.stdout, 'data');
  child.kill(signal);
  expect(await endOnSignal(child)).toEqual({ exitCode, died: false });
});
