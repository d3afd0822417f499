import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import {
  childEnvironment,
  endTree,
  findProgram,
  launch,
  startable,
  systemProgram,
} from '../../src/programs/launch.ts';
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
