import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { shellProgram } from '../support/programs.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const good = p12Path('01-default-aes256');
const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  createMachine().run([...argv, '--json'], { env });
const inspect = ['apns', 'inspect', good];

describe.skipIf(process.platform === 'win32')('--password-command', () => {
  const tells = (): readonly string[] => ['--password-command', shellProgram('echo secret')];

  test.each<[string, readonly string[], number]>([
    ['apns inspect', inspect, 0],
    ['apns convert', ['apns', 'convert', good], 0],
    ['apns set', ['apns', 'set', good, '--tenant', 'a.example', '--dry-run'], 8],
    // Nothing answers there: the file was opened.
    ['apns verify', ['apns', 'verify', good, '--apns-host', '127.0.0.1:9'], 7],
    [
      'push send',
      ['push', 'send', good, '--apns-host', '127.0.0.1:9', '--device-token', 'a'.repeat(64)],
      7,
    ],
  ])('tells %s the password', async (_command, argv, exitCode) => {
    const { exitCode: ended, stdout } = await run([...argv, ...tells()]);
    expect([ended, stdout.includes('pkcs12-password')]).toEqual([exitCode, false]);
  });

  test('is given its arguments as they are, and no variable of ours', async () => {
    const seen = join(temporaryDirectory(), 'seen');
    const program = shellProgram(
      `printf '%s|' "$@" > '${seen}'; env >> '${seen}'; printf 'secret\\n'`,
    );
    const words = [
      '--password-arg',
      'op://vault/a b',
      '--password-arg=--json',
      '--password-arg',
      '',
    ];
    const env = {
      MFA_CLI_P12_PASSWORD: 'not-this-one',
      MFA_CLI_TOKEN: 'the-token-of-nobody',
      KEPT: 'kept',
    };
    expect((await run([...inspect, '--password-command', program, ...words], env)).exitCode).toBe(
      0,
    );
    const text = readFileSync(seen, 'utf8');
    expect(text.startsWith('op://vault/a b|--json||')).toBe(true);
    expect(text).toContain('KEPT=kept\n');
    expect(text).not.toContain('MFA_CLI_');
  });

  test.each([
    ['a wrong one', 'echo wrong', 'pkcs12-password-incorrect'],
    ['two line breaks', "printf 'secret\\n\\n'", 'pkcs12-password-incorrect'],
    ['nothing', 'true', 'pkcs12-password-required'],
    ['a failure', 'echo secret; exit 3', 'file-unreadable'],
  ])('ends with 3 for %s', async (_case, lines, code) => {
    const { exitCode, stdout } = await run([...inspect, '--password-command', shellProgram(lines)]);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([3, code]);
  });

  test('as a whole line is no program, and the error shows no argument', async () => {
    const { exitCode, stdout } = await run([...inspect, '--password-command', 'echo secret1']);
    const { message } = JSON.parse(stdout).error;
    expect([exitCode, message]).toEqual([2, expect.stringMatching(/not "echo …"$/)]);
    expect(message).not.toContain('secret1');
  });

  test('is not run for a file that is not there, nor twice', async () => {
    const log = join(temporaryDirectory(), 'log');
    const program = shellProgram(`echo run >> '${log}'; echo secret`);
    await run(['apns', 'inspect', 'no.p12', '--password-command', program]);
    expect(existsSync(log)).toBe(false);
    await run([...inspect, '--password-command', program]);
    expect(readFileSync(log, 'utf8')).toBe('run\n');
  });
});

const questions = ['Password of the new file:', 'Password of the new file, again:'];
const hints = ['Use --new-password-file FILE.'];

test.each([
  ['twice', ['typed-1', 'typed-1'], 0, questions],
  [
    'until two are alike',
    ['typed-1', 'typed-2', 'typed-3', 'typed-3'],
    0,
    [...questions, ...questions],
  ],
  ['three times at most', ['', '', ''], 2, Array(3).fill(questions[0])],
])(
  'apns convert of a file without a password asks for one %s',
  async (_name, answers, exitCode, asked) => {
    const out = join(temporaryDirectory(), 'new.p12');
    const machine = createMachine();
    const argv = [
      'apns',
      'convert',
      p12Path('21-emptypw'),
      '--format',
      'p12',
      '--out',
      out,
      '--json',
    ];
    const result = await machine.run(argv, { answers });
    expect([result.exitCode, result.questions, existsSync(out)]).toEqual([
      exitCode,
      asked,
      exitCode === 0,
    ]);
    if (exitCode !== 0) {
      const message = 'The two passwords of the new file differ';
      expect(JSON.parse(result.stdout).error).toEqual({ code: 'usage', message, hints, exitCode });
      return;
    }
    const env = { MFA_CLI_P12_PASSWORD: answers.at(-1) ?? '' };
    expect((await machine.run(['apns', 'inspect', out], { env })).exitCode).toBe(0);
  },
);
