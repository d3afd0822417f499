import { beforeEach, expect, test, vi } from 'vitest';
import { askStart } from '../../src/files/process-start.ts';

/** What was asked of the system, and what it said. */
const world = vi.hoisted(() => ({ asked: [] as unknown[], said: '', status: 0 }));
beforeEach(() => {
  Object.assign(world, { asked: [], said: '', status: 0 });
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue({
    spawnSync: (file: string, words: readonly string[]) => {
      world.asked.push([file, words.at(-1)]);
      return { stdout: world.said, status: world.status };
    },
  } as never);
});

test.each<[NodeJS.Platform, string, number | null, string]>([
  // 2026-11-28 11:00:00 UTC as PowerShell's ToFileTimeUtc has it.
  [
    'win32',
    '134403372000000000\r\n',
    Date.UTC(2026, 10, 28, 11),
    '(Get-Process -Id 42).StartTime.ToFileTimeUtc()',
  ],
  ['darwin', 'Sat Nov 28 11:00:00 2026\n', Date.UTC(2026, 10, 28, 11), '42'],
  ['win32', '', null, '(Get-Process -Id 42).StartTime.ToFileTimeUtc()'],
  ['darwin', 'ps: no such thing', null, '42'],
])('on %s %j is %j', (platform, said, start, word) => {
  vi.stubEnv('SystemRoot', 'C:\\Windows');
  world.said = said;
  expect(askStart(42, platform)).toBe(start);
  const file =
    platform === 'win32' ? 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe' : '/bin/ps';
  expect(world.asked).toEqual([[file, word]]);
});

test('of a program that fails nothing is believed', () => {
  Object.assign(world, { said: 'Sat Nov 28 11:00:00 2026', status: 1 });
  expect(askStart(42, 'darwin')).toBeNull();
});
