import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createMachine } from './support/context.ts';
import { p12Path, secretPassword } from './support/fixtures.ts';
import { cleanEnvironment, runProgram, runShell } from './support/process.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { isMissing } from './support/tools.ts';

/** A configuration directory below what is a file. */
function noDirectory(): string {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  return join(file, 'mfa-cli');
}

test.skipIf(isMissing('bash'))(
  'HOME that is empty: nothing is written into the working directory',
  async () => {
    const env = { ...cleanEnvironment({ HOME: '' }), MFA_CLI_CONFIG_DIR: '' };
    const line = `cd '${temporaryDirectory()}' && mfa-cli profile list && mfa-cli profile use acme; echo $?; ls -A`;
    const { stdout, stderr } = await runShell(line, env);
    // The executable asks the system for the user's home.
    expect(stderr).toMatch(
      /^mfa-cli: error: (No home directory found for profiles and sessions|The profile "acme" does not exist)\n/,
    );
    expect(stdout).toMatch(/(^|\n)2\n$/);
  },
);

test.each([
  'profile set scope all',
  'apns status',
  'profile list',
  'whoami',
  'login --tenant a.example',
])('MFA_CLI_CONFIG_DIR that is no directory: %s', async (line) => {
  const below = noDirectory();
  // Only what writes needs the directory of a service whose home is /dev/null.
  for (const path of line.startsWith('profile set') ? [below, dirname(below)] : [dirname(below)]) {
    const { exitCode, stdout, stderr } = await createMachine(path).run(line.split(' '));
    expect([exitCode, stdout, stderr.split('\n')]).toEqual([
      3,
      '',
      [
        `mfa-cli: error: ${path} is not a directory`,
        'mfa-cli: hint: Choose a directory for MFA_CLI_CONFIG_DIR.',
        '',
      ],
    ]);
  }
});

test('a plan without anything to do', async () => {
  const file = join(temporaryDirectory(), 'mfa-fleet.yaml');
  writeFileSync(file, 'version: 1\ntenants: {}\n');
  const { exitCode, stdout } = await createMachine().run([
    'fleet',
    'plan',
    '--trust',
    '--file',
    file,
  ]);
  expect([exitCode, stripVTControlCharacters(stdout)]).toEqual([0, '✓ The fleet has no tenants\n']);
});

test.each([[['--json', '--quiet']], [['--json']], [['--quiet']]])(
  'an error with %j',
  async (flags) => {
    const { exitCode, stdout, stderr } = await createMachine().run([
      'whoami',
      '--profile',
      'nosuch',
      ...flags,
    ]);
    const message = 'The profile "nosuch" does not exist';
    const told = `mfa-cli: error: ${message}\nmfa-cli: hint: Create it: \`mfa-cli login --profile nosuch\`.\n`;
    expect([exitCode, stripVTControlCharacters(stderr)]).toEqual([
      2,
      flags.length === 2 ? '' : told,
    ]);
    if (flags.includes('--json')) expect(JSON.parse(stdout).error.message).toBe(message);
  },
);

test.each([
  [{ LC_ALL: 'C' }, 'x'],
  [{ LANG: 'de_DE.ISO-8859-1' }, 'x'],
  [{ LC_ALL: 'C.UTF-8', LANG: 'C' }, '✗'],
  [{ LC_CTYPE: 'C', LANG: 'C.UTF-8' }, 'x'],
  [{ LC_ALL: 'C', LC_CTYPE: 'C.UTF-8' }, 'x'],
  [{ LC_ALL: '', LC_CTYPE: 'C.utf8', LANG: 'C' }, '✗'],
  [{}, '✗'],
])('marks and quotes with the locale %j', async (env, mark) => {
  const argv = ['apns', 'inspect', p12Path('30-dist')];
  const told = await createMachine().run(argv, { env: { ...secretPassword, ...env } });
  const text = stripVTControlCharacters(told.stdout + told.stderr);
  expect(text).toContain(`${mark} `);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (mark === 'x') expect(text).toMatch(/^[\x00-\x7f]+$/);
});

test.each([
  ['certificates: []', ':2:15: certificates must be a mapping of names to certificates'],
  ['certificate: {}', ':2:1: "certificate" is not a key of the file; did you mean certificates?'],
])('%s in a fleet file is one fault', async (line, fault) => {
  const file = join(temporaryDirectory(), 'mfa-fleet.yaml');
  const tenant = 'acme: { tenant: acme.example.com, certificate: app, sign-in: { profile: x } }';
  writeFileSync(file, `version: 1\n${line}\ntenants:\n  ${tenant}\n`);
  const { stderr } = await createMachine().run(['fleet', 'plan', '--trust', '--file', file]);
  const [, ...faults] = stderr.split('\n').filter((one) => !one.includes('hint'));
  expect(faults).toEqual([`${file}${fault}`, '']);
});

test('the word of the keychain process, without its parent', async () => {
  const { exitCode, stderr } = await runProgram(['keychain-process'], cleanEnvironment());
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('keychain-process')]);
});
