import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { CliError } from '../src/errors/cli-error.ts';
import { lockFile } from '../src/files/lock-file.ts';
import { commandWords } from './support/command-words.ts';
import { createMachine } from './support/context.ts';

describe('help', () => {
  test.each(['', 'apns', 'profile', ...commandWords])('of "%s" is as reviewed', async (line) => {
    const argv = line === '' ? [] : line.split(' ');
    const { exitCode, stdout, stderr } = await createMachine().run([...argv, '--help']);
    expect([exitCode, stderr]).toEqual([0, '']);
    await expect(stdout).toMatchFileSnapshot(`golden/help/${argv.join('-') || 'mfa-cli'}.txt`);
    expect((await createMachine().run(['help', ...argv])).stdout).toBe(stdout);
    if (commandWords.includes(line)) expect(stdout).toContain(`  $ mfa-cli ${line}`);
    expect(stdout.split('\n').filter((text) => text.length > 100)).toEqual([]);
  });

  test('comes for nothing at all', async () => {
    const { exitCode, stdout } = await createMachine().run([]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: mfa-cli <command> [options]');
  });
});

test('--version is the bare version', async () => {
  const { exitCode, stdout, stderr } = await createMachine().run(['--version']);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('an option of every command', () => {
  test.each([
    ['--profile first apns status', 'first'],
    ['apns --profile second status', 'second'],
    ['apns status --profile third', 'third'],
    ['--profile first apns --profile second status', 'second'],
    ['--profile first apns --profile second status --profile third', 'third'],
  ])('stands anywhere, and the last one holds: %s', async (line, profile) => {
    const { stdout } = await createMachine().run([...line.split(' '), '--json']);
    expect(JSON.parse(stdout).error.message).toContain(`The profile "${profile}" does not exist`);
  });

  test.each(['-V', 'apns -V', 'apns set --p12 cert.p12 --version'])(
    '%s is the version',
    async (line) => {
      const { exitCode, stdout } = await createMachine().run(line.split(' '));
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
    },
  );
});

test('a working directory that is gone is told, not taken for a bug', async () => {
  const gone = Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), {
    syscall: 'uv_cwd',
  });
  const where = vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw gone;
  });
  const { exitCode, stderr } = await createMachine().run(['app', 'check', '.']);
  where.mockRestore();
  expect(exitCode).toBe(3);
  expect(stderr).toContain('The working directory no longer exists');
});

describe('colour', () => {
  const red = '\u001b[31m';
  test.each([
    ['a pipe has none', {}, [], undefined, false],
    ['a terminal has it', {}, [], [], true],
    ['NO_COLOR', { NO_COLOR: '1' }, [], [], false],
    ['NO_COLOR set to nothing', { NO_COLOR: '' }, [], [], true],
    ['--no-color', {}, ['--no-color'], [], false],
    ['TERM=dumb', { TERM: 'dumb' }, [], [], false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, [], undefined, true],
    ['NO_COLOR beats FORCE_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, [], undefined, false],
  ] as const)('%s', async (_name, env, flags, answers, expected) => {
    const { stderr } = await createMachine().run(['nothing', ...flags], {
      env,
      ...(answers === undefined ? {} : { answers }),
    });
    expect(stderr.includes(red)).toBe(expected);
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s while another process keeps the store ends with %i', async (by, expected) => {
  const machine = createMachine();
  mkdirSync(machine.directory, { mode: 0o700 });
  lockFile(join(machine.directory, 'config.json'), { unlockable: 'no lock', held: () => 'held' });
  const interrupt = new AbortController();
  interrupt.abort(new CliError('interrupted', 'Interrupted', { facts: { signal: by } }));
  const words = ['profile', 'set', 'tenant', 'https://tenant.example', '--json'];
  const { exitCode, stdout } = await machine.run(words, { signal: interrupt.signal });
  const message = 'Interrupted while waiting for another process';
  expect(JSON.parse(stdout).error).toEqual({
    code: 'interrupted',
    message,
    hints: [],
    exitCode: expected,
  });
  expect(exitCode).toBe(expected);
});
