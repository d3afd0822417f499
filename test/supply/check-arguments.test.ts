import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each([
  [['fuzz.mjs', '--target', 'certficate', '--seconds', '1'], 'The target certficate is none of '],
  [['fuzz.mjs', '--seconds', 'ten'], '--seconds takes a whole number from 1 on, not "ten"'],
  [['chaos.mjs', '--rounds', 'ten'], '--rounds takes a whole number from 1 on, not "ten"'],
  [['console-load.mjs', '--rounds', '0'], '--rounds takes a whole number from 1 on, not "0"'],
  [['bench.mjs', 'fleets'], 'fleets is none of start, binary, fleet'],
])('%j fails instead of checking nothing', async ([script = '', ...words], sentence) => {
  const running = promisify(execFile)(process.execPath, [`${root}scripts/${script}`, ...words], {
    cwd: root,
  });
  await expect(running).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
});
