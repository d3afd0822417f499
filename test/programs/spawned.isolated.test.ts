import { EventEmitter } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openBrowser } from '../../src/programs/browser.ts';
import { endTree, isProgram, launch } from '../../src/programs/launch.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What was given to `spawn`, and what it gave. */
const spawned = vi.hoisted(() => [] as { given: readonly unknown[]; child: EventEmitter }[]);
vi.mock('node:child_process', () => ({
  spawn: (...given: readonly unknown[]) => {
    const child = Object.assign(new EventEmitter(), { kill: vi.fn(), unref: vi.fn() });
    spawned.push({ given, child });
    return child;
  },
}));
const on = (platform: NodeJS.Platform) =>
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
const root = 'C:\\Windows\\System32';
const windows = { SystemRoot: 'C:\\Windows', Path: '' };
beforeEach(() => void spawned.splice(0));

describe('a program is started', () => {
  const plain = { windowsHide: true, windowsVerbatimArguments: false };
  const elsewhere = { ...plain, detached: true, env: { A: 'b' } };
  const windowsEnv = { A: 'b', NoDefaultCurrentDirectoryInExePath: '1' };

  test.each<[NodeJS.Platform, object, object]>([
    ['linux', {}, elsewhere],
    ['linux', { directory: '/x' }, { ...elsewhere, cwd: '/x' }],
    ['win32', {}, { ...plain, detached: false, env: windowsEnv }],
    ['win32', { apart: true }, { ...plain, detached: true, env: windowsEnv }],
  ])('on %s with %j', (platform, more, expected) => {
    on(platform);
    const file = platform === 'win32' ? 'C:\\x.exe' : '/x';
    launch([file, 'a b'], { env: { A: 'b' }, stdio: 'ignore', ...more });
    expect(spawned.map(({ given }) => given)).toEqual([
      [file, ['a b'], { stdio: 'ignore', ...expected }],
    ]);
  });

  test('detached and without its output, if it is the browser', async () => {
    on('win32');
    const opened = openBrowser('https://a.test', windows);
    spawned[0]?.child.emit('error', new Error('no'));
    expect(await opened).toBe(false);
    const [[file, args, options] = []] = spawned.map(({ given }) => given);
    const command = [`${root}\\rundll32.exe`, ['url.dll,FileProtocolHandler', 'https://a.test']];
    expect([file, args]).toEqual(command);
    expect(options).toMatchObject({ stdio: 'ignore', detached: true });
    const stays = openBrowser('https://a.test', windows);
    spawned[1]?.child.emit('spawn');
    expect(await stays).toBe(true);
  });
});

describe('a tree of programs', () => {
  const child = (pid?: number) => ({ pid, stdout: { destroy: vi.fn() }, kill: vi.fn() }) as never;

  test('is ended by Windows’ own program, or, where that does not start, at its root', () => {
    on('win32');
    const ended: { kill: ReturnType<typeof vi.fn> } = child(42);
    endTree(ended as never);
    const given = spawned.map((each) => each.given);
    expect(given).toEqual([
      [
        `${root}\\taskkill.exe`,
        ['/T', '/F', '/PID', '42'],
        {
          stdio: 'ignore',
          windowsHide: true,
          detached: true,
          env: { SystemRoot: process.env.SystemRoot },
        },
      ],
    ]);
    expect(ended.kill).not.toHaveBeenCalled();
    spawned[0]?.child.emit('error', new Error('no'));
    expect(ended.kill).toHaveBeenCalledWith('SIGKILL');
  });

  test('is ended by its group elsewhere, also where that has ended', () => {
    on('linux');
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw new Error('ESRCH');
    });
    const ended: { stdout: { destroy: () => void } } = child(42);
    endTree(ended as never);
    expect([kill.mock.calls, spawned]).toEqual([[[-42, 'SIGKILL']], []]);
    expect(ended.stdout.destroy).toHaveBeenCalled();
    endTree({ stdout: null, kill: vi.fn() } as never);
    expect(kill).toHaveBeenCalledTimes(1);
  });
});

test('a program is a file that may be run', () => {
  const directory = temporaryDirectory();
  const [file, folder] = [join(directory, 'file'), join(directory, 'folder')];
  writeFileSync(file, '');
  mkdirSync(folder);
  expect([file, folder, join(directory, 'x')].map(isProgram)).toEqual([false, false, false]);
  chmodSync(file, 0o755);
  expect(isProgram(file)).toBe(true);
});
