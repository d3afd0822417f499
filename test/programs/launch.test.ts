import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { takeEnvironment } from '../../src/programs/environment.ts';
import {
  childEnvironment,
  endTree,
  findProgram,
  launch,
  startable,
  systemProgram,
} from '../../src/programs/launch.ts';
import { unknownVariables } from '../../src/settings/table.ts';
import { eventually } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A machine with these programs and no others. */
const machine = (platform: NodeJS.Platform, ...programs: readonly string[]) => ({
  platform,
  isProgram: (path: string) => programs.includes(path),
});

describe('a bare name', () => {
  test.each<[string, string, string | undefined, readonly string[], string | null]>([
    ['the first folder that has it', 'op', '/a:/b:/c', ['/b/op', '/c/op'], '/b/op'],
    ['an empty entry, which is the working directory', 'op', ':/a:', ['op', './op', '/op'], null],
    ['the working directory by its name', 'op', '.:bin:./bin:/b', ['op', 'bin/op', '/b/op'], '/b/op'],
    ['no PATH', 'op', undefined, ['/usr/bin/op'], '/usr/bin/op'],
    ['an empty PATH', 'op', '', ['op', '/op'], null],
  ])('elsewhere: %s', (_case, name, path, programs, found) => {
    expect(findProgram(name, { PATH: path }, machine('linux', ...programs))).toBe(found);
  });

  test.each<[string, string, string, readonly string[], string | null]>([
    ['an .exe', 'op', 'C:\\a;C:\\b', ['C:\\b\\op.exe'], 'C:\\b\\op.exe'],
    ['the first ending of PATHEXT', 'az', 'C:\\a', ['C:\\a\\az.cmd', 'C:\\a\\az.exe'], 'C:\\a\\az.exe'],
    ['a name with its ending', 'az.CMD', 'C:\\a', ['C:\\a\\az.CMD'], 'C:\\a\\az.CMD'],
    ['a name with a dot', 'node.20', 'C:\\a', ['C:\\a\\node.20.exe'], 'C:\\a\\node.20.exe'],
    ['a file without an ending, which is for another system', 'az', 'C:\\a', ['C:\\a\\az'], null],
    ['what only a shell starts', 'az', 'C:\\a', ['C:\\a\\az.ps1', 'C:\\a\\az.vbs'], null],
    ['a quoted folder', 'op', '"C:\\a b"', ['C:\\a b\\op.exe'], 'C:\\a b\\op.exe'],
    ['the working directory', 'op', ';.;bin', ['op.exe', '.\\op.exe', 'bin\\op.exe'], null],
    ['its drive', 'op', '\\bin;C:bin', ['\\bin\\op.exe', 'C:bin\\op.exe'], null],
    ['a share', 'op', '\\\\host\\bin', ['\\\\host\\bin\\op.exe'], '\\\\host\\bin\\op.exe'],
  ])('on Windows: %s', (_case, name, path, programs, found) => {
    const env = { Path: path, PathExt: '.COM;.EXE;.BAT;.CMD;.VBS;.PS1' };
    expect(findProgram(name, env, machine('win32', ...programs))).toBe(found);
  });

  test.skipIf(process.platform === 'win32')('runs nothing of the working directory', async () => {
    const directory = temporaryDirectory();
    const planted = join(directory, 'opx');
    writeFileSync(planted, '#!/bin/sh\necho planted\n');
    chmodSync(planted, 0o755);
    const start = (file: string, PATH: string) =>
      launch([file], { env: { PATH }, stdio: ['ignore', 'pipe', 'ignore'], directory });
    for (const path of ['', '.', delimiter, `${delimiter}/nonexistent`, `/nonexistent${delimiter}.`])
      expect(() => start('opx', path)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    // Whoever names the folder means it.
    const { stdout } = start('./opx', '');
    expect(stdout && (await text(stdout))).toBe('planted\n');
  });
});

describe('on Windows', () => {
  const started = (...command: readonly [string, ...string[]]) =>
    startable(command, { SystemRoot: 'C:\\Windows', Path: 'C:\\a' }, machine('win32', 'C:\\a\\az.cmd'));

  test('a program of the system is started by its path', () => {
    expect(systemProgram('cmd.exe', { systemroot: 'D:\\Win' })).toBe('D:\\Win\\System32\\cmd.exe');
    for (const SystemRoot of [undefined, '', '.', '\\', 'Win'])
      expect(systemProgram('cmd.exe', { SystemRoot })).toBe('C:\\Windows\\System32\\cmd.exe');
  });

  test.each<[string, readonly string[], string]>([
    ['none', [], '""C:\\a\\az.cmd""'],
    ['blanks', ['a b', ''], '""C:\\a\\az.cmd" "a b" """'],
    ['what means something to cmd.exe', ['&calc|x>y<z^(!)'], '""C:\\a\\az.cmd" "&calc|x>y<z^(!)""'],
    ['a backslash before the quote', ['C:\\x\\'], '""C:\\a\\az.cmd" "C:\\x\\\\""'],
  ])('a .cmd file is run by cmd.exe, its arguments quoted: %s', (_case, args, line) => {
    expect(started('az', ...args)).toEqual({
      file: 'C:\\Windows\\System32\\cmd.exe',
      args: ['/d', '/e:on', '/v:off', '/s', '/c', line],
      verbatim: true,
    });
  });

  test.each(['%PATH%', 'a"&calc', 'a\nb', 'a\rb', 'a\0b'])('a .cmd file is not given %j', (arg) => {
    expect(() => started('az', arg)).toThrow(expect.objectContaining({ code: 'UNQUOTABLE' }));
    expect(() => started('C:\\b\\x.BAT', arg)).toThrow(expect.objectContaining({ code: 'UNQUOTABLE' }));
    expect(started('C:\\b\\x.exe', arg)).toEqual({ file: 'C:\\b\\x.exe', args: [arg], verbatim: false });
  });

  test('a child and cmd.exe in it look into no working directory; case makes no other variable', () => {
    expect(childEnvironment({ Vault_Token: 's', Path: 'C:\\a' }, ['VAULT_TOKEN'], 'win32')).toEqual({
      Path: 'C:\\a',
      NoDefaultCurrentDirectoryInExePath: '1',
    });
  });
});

test('a child gets no variable that a secret is taken from', () => {
  const env = { PATH: '/bin', MFA_CLI_TOKEN: 's', VAULT_TOKEN: 's', vault_token: 'x' };
  expect(childEnvironment(env, ['VAULT_TOKEN', 'OTHER'], 'linux')).toEqual({
    PATH: '/bin',
    vault_token: 'x',
  });
});

test.skipIf(process.platform === 'win32')('ends a program with what it has started', async () => {
  const child = launch(['/bin/sh', '-c', 'sleep 600 & echo $!; wait'], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = child.stdout === null ? [] : await once(child.stdout, 'data');
  const grandchild = Number(String(line));
  expect(isAlive(grandchild)).toBe(true);
  endTree(child);
  await vi.waitUntil(() => !isAlive(grandchild), eventually);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('children inherit nothing that is meant for this program alone, and no password of a proxy', () => {
  const original = {
    PATH: '/bin',
    MFA_CLI_TOKEN: 'token',
    MFA_CLI_P12_PASSWORD: '',
    mfa_cli_client_secret: 'secret',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    HTTPS_PROXY: 'http://ada:s3cret@proxy.example:3128',
    http_proxy: 'ada:p@ss@proxy.example:3128',
    ALL_PROXY: 'socks5://ada:a/b@proxy.example',
    NO_PROXY: 'localhost,.example.com',
    npm_config_https_proxy: 'http://x:y@[::1]:3128/',
  };
  const variables = { ...original };
  expect(takeEnvironment(variables)).toEqual(original);
  expect(variables).toEqual({
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy.example:3128',
    http_proxy: 'proxy.example:3128',
    ALL_PROXY: 'socks5://proxy.example',
    NO_PROXY: 'localhost,.example.com',
    npm_config_https_proxy: 'http://[::1]:3128/',
  });
});

test.each([
  ['MFA_CLI_TENNANT', 'MFA_CLI_TENANT'],
  ['MFA_CLI_CLIENTID', 'MFA_CLI_CLIENT_ID'],
  ['MFA_CLI_P12_PASS', 'MFA_CLI_P12_PASSWORD'],
  ['MFA_CLI_CLIENT_SECRETS', 'MFA_CLI_CLIENT_SECRET'],
  ['MFA_CLI_COLOUR', undefined],
  ['MFA_CLI_', undefined],
  [`MFA_CLI_${'X'.repeat(10_000)}`, undefined],
])('%s is not read; what was meant is %s', (name, meant) => {
  const guess = meant === undefined ? '' : `; did you mean ${meant}?`;
  expect(unknownVariables({ [name]: 'value', MFA_CLI_TENANT: 'x', PATH: '/bin' })).toEqual([
    `mfa-cli does not read the variable ${name}${guess}`,
  ]);
});

test('what a name of a variable holds reaches no terminal', () => {
  expect(unknownVariables({ 'MFA_CLI_\u001b[8m': '' })).toEqual([expect.not.stringContaining('\u001b')]);
});
