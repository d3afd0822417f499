import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../src/settings/command-line.ts';

const none = { json: false, quiet: false, debug: false, noColor: false, noInput: false };

describe('the flags', () => {
  test.each<[string, Record<string, string>, Partial<typeof none>]>([
    ['whoami', {}, {}],
    ['whoami --json --quiet --debug --no-color --no-input', {}, all(true)],
    ['--json whoami', {}, { json: true }],
    ['no-such-command --json', {}, { json: true }],
    // The parser refuses it as a value, and its error is said as JSON.
    ['push send --challenge --json', {}, { json: true }],
    ['whoami -- --json', {}, {}],
    ['whoami --json=1', {}, {}],
    ['whoami', { MFA_CLI_DEBUG: '1', CI: 'true' }, { debug: true, noInput: true }],
    ['whoami', { MFA_CLI_DEBUG: '0', CI: 'false' }, {}],
    ['whoami', { CI: '' }, {}],
  ])('of `%s` with %j', (line, env, flags) => {
    expect(readCommandLine(line.split(' '), env).flags).toEqual({ ...none, ...flags });
  });
});

function all(value: boolean): typeof none {
  return { json: value, quiet: value, debug: value, noColor: value, noInput: value };
}

test.each<[string, string, readonly string[] | null]>([
  ['apns set --json', 'apns set --json', null],
  ['help', '--help', []],
  ['help apns set --json', 'apns set --json --help', ['apns', 'set']],
  ['apns help', 'apns help', null],
])('`%s` is parsed as `%s`', (line, words, helpOn) => {
  expect(readCommandLine(line.split(' '), {})).toMatchObject({ words: words.split(' '), helpOn });
});

test.each<[string, boolean]>([
  ['--version', true],
  ['-V', true],
  ['--version --json', false],
  ['version', false],
])('`%s` asks for the bare version: %j', (line, isVersion) => {
  expect(readCommandLine(line.split(' '), {}).isVersion).toBe(isVersion);
});

test.each<[string, string | null]>([
  ['login --password hunter2', 'password'],
  ['login --token=hunter2', 'token'],
  ['--client-secret', 'client-secret'],
  ['login --token x --password y', 'token'],
  ['login --password-file pw', null],
  ['login -- --password', null],
])('`%s` gives a secret in --%s', (line, option) => {
  expect(readCommandLine(line.split(' '), {}).secretOption).toBe(option);
});
