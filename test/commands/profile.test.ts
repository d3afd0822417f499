import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingKeys } from '../../src/auth/profile.ts';
import { createMachine } from '../support/context.ts';

/** A machine with the profiles `acme`, the current one, and `globex`. */
async function twoProfiles() {
  const machine = createMachine();
  for (const name of ['acme', 'globex'])
    await machine.run(['profile', 'set', 'scope', name, '--profile', name]);
  await machine.run(['profile', 'use', 'acme']);
  const stored = () => JSON.parse(readFileSync(join(machine.directory, 'config.json'), 'utf8'));
  return { ...machine, stored };
}

describe('profile rename', () => {
  test('keeps what the profile holds, and that it is the current one', async () => {
    const { run, stored } = await twoProfiles();
    const before = stored();
    const { exitCode, stdout } = await run(['profile', 'rename', 'acme', 'initech']);
    expect([exitCode, stdout]).toEqual([
      0,
      '✓ Renamed the profile "acme" to "initech", the current one.\n',
    ]);
    expect(stored()).toEqual({
      ...before,
      current: 'initech',
      profiles: { initech: before.profiles.acme, globex: before.profiles.globex },
    });
  });

  test.each([
    ['a name that is taken', ['acme', 'globex'], 'The profile "globex" already exists'],
    ['a profile that there is not', ['umbrella', 'x'], 'The profile "umbrella" does not exist'],
    ['no name', ['acme', ''], 'The new name is empty'],
  ])('refuses %s', async (_, names, message) => {
    const { run, stored } = await twoProfiles();
    const before = stored();
    const { exitCode, stderr } = await run(['profile', 'rename', ...names]);
    expect([exitCode, stderr.split('\n')[0]]).toEqual([2, `mfa-cli: error: ${message}`]);
    expect(stored()).toEqual(before);
  });
});

test('a rename replaces no profile that only a newer version can read', async () => {
  const { run, stored, directory } = await twoProfiles();
  const file = stored();
  file.profiles.newer = { session: 'in another form' };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(file), { mode: 0o600 });
  const { exitCode, stderr } = await run(['profile', 'rename', 'acme', 'newer']);
  expect([exitCode, stderr.split('\n')[0]]).toEqual([
    2,
    'mfa-cli: error: The profile "newer" already exists',
  ]);
  expect(stored()).toEqual(file);
});

describe('profile remove', () => {
  const question = 'Remove the profile "acme" with its settings and session?';
  test.each([
    ['asks, and leaves it after "no"', [], [false], [question], 130, true],
    ['asks, and removes it after "yes"', [], [true], [question], 0, false],
    ['does not ask with --yes', ['--yes'], [], [], 0, false],
    ['stops without a terminal and --yes', [], undefined, [], 2, true],
    ['goes on without a terminal with --yes', ['--yes'], undefined, [], 0, false],
  ])('%s', async (_, options, answers, questions, exitCode, kept) => {
    const { run, stored } = await twoProfiles();
    const given = answers === undefined ? {} : { answers };
    const result = await run(['profile', 'remove', 'acme', ...options], given);
    expect([result.exitCode, result.questions]).toEqual([exitCode, questions]);
    expect('acme' in stored().profiles).toBe(kept);
  });
});

test('a variable that nothing reads is named once, without its value', async () => {
  const env = { MFA_CLI_TENNANT: 'hunter2' };
  const { exitCode, stdout, stderr } = await createMachine().run(['profile', 'list'], { env });
  expect([exitCode, stderr.match(/MFA_CLI_TENNANT/g)?.length]).toEqual([0, 1]);
  const words = 'does not read the variable MFA_CLI_TENNANT; did you mean MFA_CLI_TENANT?';
  expect(stderr).toContain(`mfa-cli: warning: mfa-cli ${words}\n`);
  expect(stdout + stderr).not.toContain('hunter2');
});

test.each(['-V', '--version', 'version'])('%s prints the bare version', async (word) => {
  const { exitCode, stdout } = await createMachine().run([word]);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});

test('help names every setting of a profile, and no other', async () => {
  const { stdout } = await createMachine().run(['help', 'profile', 'set']);
  const [, choices] = /choices: ([^)]*)/.exec(stdout.replaceAll(/\s+/g, ' ')) ?? [];
  expect(choices?.split(', ')).toEqual(settingKeys.map((key) => `"${key}"`));
});
