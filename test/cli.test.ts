import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CliError } from '../src/errors/cli-error.ts';
import { lockFile } from '../src/files/lock-file.ts';
import { commandWords } from './support/command-words.ts';
import { createMachine } from './support/context.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

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

  test.each(commandWords)('of "%s" has at most nine options below a heading', async (line) => {
    const { stdout } = await createMachine().run([...line.split(' '), '--help']);
    const sections = stdout.split('\n\n');
    expect(sections.filter((text) => text.split(/\n {2}--/).length > 10)).toEqual([]);
  });

  test('comes for nothing at all', async () => {
    const { exitCode, stdout } = await createMachine().run([]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: mfa-cli <command> [options]');
  });

  test.each(['', '-h', 'help', '--quiet', '--no-color --help'])(
    'for "%s" is that of --help, with the parser and without',
    async (line) => {
      const words = line.split(' ').filter(Boolean);
      const { stdout } = await createMachine().run(['--help']);
      expect((await createMachine().run(words)).stdout).toBe(stdout);
    },
  );
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

describe('a working directory that is gone is told, not taken for a bug', () => {
  const app = '--bundle-id com.example.app --team-id A1B2C3D4E5';
  test.each([
    'app check .',
    'apns inspect x.p12',
    'apns convert x.p12 --out y.b64',
    `apns request ${app} --no-encrypt --out push`,
    `apns renew ${app} --dir push`,
    'apns pack --cert aps.cer --key key.pem --out new.p12',
    'fleet plan',
    'fleet init',
  ])('%s', async (line) => {
    const before = process.cwd();
    const gone = temporaryDirectory();
    process.chdir(gone);
    rmSync(gone, { recursive: true });
    try {
      const env = { MFA_CLI_KEY_PASSWORD: 'secret', MFA_CLI_P12_PASSWORD: 'secret' };
      const { exitCode, stderr } = await createMachine().run(line.split(' '), { env });
      expect([exitCode, stderr]).toEqual([
        3,
        expect.stringContaining('The working directory no longer exists'),
      ]);
    } finally {
      process.chdir(before);
    }
  });

  test('a file that is missing elsewhere is told as ever', async () => {
    const { stderr } = await createMachine().run(['apns', 'inspect', '/nowhere/x.p12']);
    expect(stderr).toContain('/nowhere/x.p12 does not exist');
  });
});

describe('color', () => {
  const red = '\u001b[31m';
  test.each([
    ['a pipe has none', {}, [], undefined, false],
    ['a terminal has it', {}, [], [], true],
    ['NO_COLOR', { NO_COLOR: '1' }, [], [], false],
    ['NO_COLOR set to nothing', { NO_COLOR: '' }, [], [], true],
    ['--no-color', {}, ['--no-color'], [], false],
    ['TERM=dumb', { TERM: 'dumb' }, [], [], false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, [], undefined, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, [], [], false],
    ['FORCE_COLOR=false', { FORCE_COLOR: 'false' }, [], [], false],
    ['FORCE_COLOR set to nothing', { FORCE_COLOR: '' }, [], [], true],
    ['FORCE_COLOR set to nothing, in a pipe', { FORCE_COLOR: '' }, [], undefined, false],
    ['FORCE_COLOR beats TERM=dumb', { FORCE_COLOR: '1', TERM: 'dumb' }, [], undefined, true],
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
