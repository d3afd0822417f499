import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const questions = ['Password of the new file:', 'Password of the new file, again:'];
const hints = ['Give --new-password-file FILE.'];

describe('apns convert of a file without a password asks for one', () => {
  test.each([
    ['twice', ['typed-1', 'typed-1'], 0, questions],
    ['until two are alike', ['typed-1', 'typed-2', 'typed-3', 'typed-3'], 0, [...questions, ...questions]],
    ['three times at most', ['', '', ''], 2, Array(3).fill(questions[0])],
  ])('%s', async (_name, answers, exitCode, asked) => {
    const out = join(temporaryDirectory(), 'new.p12');
    const machine = createMachine();
    const argv = ['apns', 'convert', p12Path('21-emptypw'), '--format', 'p12', '--out', out, '--json'];
    const result = await machine.run(argv, { answers });
    expect([result.exitCode, result.questions, existsSync(out)]).toEqual([exitCode, asked, exitCode === 0]);
    if (exitCode !== 0) {
      const message = 'The password of the new file was not typed the same way twice';
      expect(JSON.parse(result.stdout).error).toEqual({ code: 'usage', message, hints, exitCode });
      return;
    }
    const env = { MFA_CLI_P12_PASSWORD: answers.at(-1) ?? '' };
    expect((await machine.run(['apns', 'inspect', out], { env })).exitCode).toBe(0);
  });
});
