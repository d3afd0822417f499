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

test('the start of a process is what its system says', () => {
  vi.stubEnv('SystemRoot', 'C:\\Windows');
  // As PowerShell's ToFileTimeUtc and as ps have it.
  const told = Date.UTC(2026, 10, 28, 11);
  const shell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
  for (const [platform, said, status, start] of [
    ['win32', '134403372000000000\r\n', 0, told],
    ['win32', '', 0, null],
    ['darwin', 'Sat Nov 28 11:00:00 2026\n', 0, told],
    ['darwin', 'ps: no such thing', 0, null],
    ['darwin', 'Sat Nov 28 11:00:00 2026', 1, null],
  ] as const) {
    Object.assign(world, { asked: [], said, status });
    expect([platform, said, askStart(42, platform)]).toEqual([platform, said, start]);
    const asked = [shell, '(Get-Process -Id 42).StartTime.ToFileTimeUtc()'];
    expect(world.asked).toEqual([platform === 'win32' ? asked : ['/bin/ps', '42']]);
  }
});
