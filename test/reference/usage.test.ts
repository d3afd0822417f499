import { describe, expect, test } from 'vitest';
import { nearestName } from '../../src/text/phrasing.ts';
import { createMachine } from '../support/context.ts';

const secret = 'hunter2';
const ofGroup = (path: string) => [`Put options after the command: \`${path} <command> [options]\`.`];

type Case = readonly [line: string, message: string, path?: string, hints?: readonly string[]];

const cases: readonly Case[] = [
  // The whole of it, with what it most likely means.
  [
    'apns set --pasword=hunter2',
    'Unknown option --pasword; did you mean --password-file, --password-command or --password-arg?',
  ],
  [
    'apns set --pasword hunter2',
    'Unknown option --pasword; did you mean --password-file, --password-command or --password-arg?',
  ],
  [
    'apns set --passwd=hunter2',
    'Unknown option --passwd; did you mean --password-file, --password-command or --password-arg?',
  ],
  [
    'apns set --pass hunter2',
    'Unknown option --pass; did you mean --password-file, --password-command or --password-arg?',
  ],
  [
    'apns set --Password=hunter2',
    'Unknown option --Password; did you mean --password-file, --password-command or --password-arg?',
  ],
  ['apns set --p21 cert.p12', 'Unknown option --p21; did you mean --p12?'],
  ['apns set --p12x cert.p12', 'Unknown option --p12x; did you mean --p12?'],
  ['apns set --P12 cert.p12', 'Unknown option --P12; did you mean --p12?'],
  ['apns set --client_app_key=hunter2', 'Unknown option --client_app_key; did you mean --client-app-key?'],
  ['apns set --clientAppKey hunter2', 'Unknown option --clientAppKey; did you mean --client-app-key?'],
  [
    'apns convert --new-pasword-file x',
    'Unknown option --new-pasword-file; did you mean --new-password-file?',
  ],
  ['apns pack --key-password hunter2', 'Unknown option --key-password; did you mean --key-password-file?'],
  // Options of the program, after a command and before it.
  ['apns set --jsno', 'Unknown option --jsno; did you mean --json?'],
  ['apns --versoin', 'Unknown option --versoin; did you mean --version?', 'mfa-cli apns'],
  ['--quite apns set', 'Unknown option --quite; did you mean --quiet?', 'mfa-cli'],
  ['whoami --hepl', 'Unknown option --hepl; did you mean --help?', 'mfa-cli whoami'],
  // Negations.
  ['apns set --no-inptu', 'Unknown option --no-inptu; did you mean --no-input?'],
  ['login --no-browsr', 'Unknown option --no-browsr; did you mean --no-browser?', 'mfa-cli login'],
  ['apns set --no-json', 'Unknown option --no-json'],
  ['apns set --no-p12', 'Unknown option --no-p12'],
  // At most three, and nothing where nothing is near, or where another command has it.
  ['whoami --nope', 'Unknown option --nope', 'mfa-cli whoami'],
  ['whoami --pasword=hunter2', 'Unknown option --pasword', 'mfa-cli whoami'],
  ['whoami --p12 cert.p12', 'Unknown option --p12', 'mfa-cli whoami'],
  ['apns set --client hunter2', 'Unknown option --client; did you mean --client-app-key or --client-id?'],
  ['apns set --no', 'Unknown option --no; did you mean --no-verify, --no-input or --no-color?'],
  ['apns set --p', 'Unknown option --p'],
  // Dashes and letters.
  ['apns set -p12 cert.p12', 'Unknown option -p12; did you mean --p12?'],
  ['apns set -p12=hunter2', 'Unknown option -p12; did you mean --p12?'],
  ['apns set -json', 'Unknown option -json; did you mean --json?'],
  ['apns set ---p12 cert.p12', 'Unknown option ---p12; did you mean --p12?'],
  ['apns set -q', 'Unknown option -q; did you mean --quiet?'],
  ['apns set -p hunter2', 'Unknown option -p'],
  [
    'apns set -passw0rd',
    'Unknown option -p…; did you mean --password-file, --password-command or --password-arg?',
  ],
  ['apns set -phunter2', 'Unknown option -p…'],
  ['apns set -p=hunter2', 'Unknown option -p'],
  ['apns set -hunter2', 'Unknown option -h…'],
  // A value behind something else than =.
  [
    'apns set --pasword:hunter2',
    'Unknown option --pasword; did you mean --password-file, --password-command or --password-arg?',
  ],
  ['apns set --passphrase:hunter2', 'Unknown option --passphrase'],
  ['apns set --=hunter2', 'Unknown option --'],
  ['apns set --p12:hunter2', 'Option --p12 needs its value after a space or ='],
  ['apns set --json=hunter2', 'Option --json accepts no value'],
  ['apns set --no-input=hunter2', 'Option --no-input accepts no value'],
  // Given to what only has commands.
  ['apns --p12 cert.p12', 'Unknown option --p12', 'mfa-cli apns', ofGroup('mfa-cli apns')],
  ['apns --p12 cert.p12 set', 'Unknown option --p12', 'mfa-cli apns', ofGroup('mfa-cli apns')],
  ['--p12 cert.p12 apns set', 'Unknown option --p12', 'mfa-cli', ofGroup('mfa-cli')],
  ['--pasword=hunter2', 'Unknown option --pasword', 'mfa-cli', ofGroup('mfa-cli')],
  // What is wrong first is the command.
  ['apsn set --p12 x', '"apsn" is not a command of mfa-cli; did you mean apns?', 'mfa-cli'],
  [
    'apns get --p12 x',
    '"get" is not a command of mfa-cli apns. Commands: set, delete, inspect, convert, status, request, pack, verify, prove, renew',
    'mfa-cli apns',
  ],
  ['apns sett --p12 x', '"sett" is not a command of mfa-cli apns; did you mean set?', 'mfa-cli apns'],
];

describe('an unknown option', () => {
  test.each(cases.map(([line, message, path, hints = []]) => ({ line, message, path, hints })))(
    '$line',
    async ({ line, message, path, hints }) => {
      const argv = line.split(' ');
      const asked = [...hints, `See \`${path ?? `mfa-cli ${argv.slice(0, 2).join(' ')}`} --help\`.`];
      const told = [`error: ${message}`, ...asked.map((hint) => `hint: ${hint}`)];
      const { exitCode, stdout, stderr } = await createMachine().run(['--json', ...argv]);
      expect([exitCode, stderr]).toEqual([2, told.map((text) => `mfa-cli: ${text}\n`).join('')]);
      expect(stderr + stdout).not.toContain(secret);
      expect(JSON.parse(stdout)).toEqual({
        error: { code: 'usage', message, hints: asked, exitCode: 2 },
      });
    },
  );

  test.each([
    ['hostile', '--\u001b[31mred\u202e', 'Unknown option --'],
    ['of letters of another script', '--пароль=hunter2', 'Unknown option --пароль'],
    ['far too long', `--${'x'.repeat(100_000)}`, `Unknown option --${'x'.repeat(40)}…`],
    ['nothing but dashes', '-'.repeat(100_000), `Unknown option --${'-'.repeat(40)}…`],
    ['a quote and a line break', "--it's\nhunter2", 'Unknown option --it'],
  ])('%s', async (_name, word, message) => {
    const { stderr } = await createMachine().run(['whoami', word]);
    expect(stderr.split('\n')[0]).toBe(`mfa-cli: error: ${message}`);
  });

  test.each(['password', 'token', 'client-secret'])('is not what --%s is, of any command', async (name) => {
    for (const command of [[], ['apns'], ['apns', 'set'], ['whoami']]) {
      const { exitCode, stderr } = await createMachine().run([...command, `--${name}=${secret}`]);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`There is no --${name} option`)]);
      expect(stderr).not.toContain(secret);
    }
  });
});

describe('the nearest name', () => {
  const names = ['login', 'logout', 'apns', 'app', 'api'];
  test.each([
    ['lgin', 'login'],
    ['loguot', 'logout'],
    ['logi', 'login'],
    ['log', undefined],
    ['ap', undefined],
    ['apns', 'apns'],
    ['app', 'app'],
    ['', undefined],
    ['nothing', undefined],
  ])('to "%s" is %s', (word, expected) => {
    expect(nearestName(word, names)).toBe(expected);
  });
});
