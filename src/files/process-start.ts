/**
 * The start of a process of this machine, in milliseconds since 1970, from the system's own program if /proc does not tell.
 * Null: unknown. It takes up to a second: call it only if everything depends on it.
 * @see ps(1): `lstart`, in the local time; a file time of Windows counts 100 ns since 1601
 */
export function askStart(pid: number, platform: NodeJS.Platform = process.platform): number | null {
  const asked = platform === 'win32' ? askWindows(pid) : ask('/bin/ps', ['-o', 'lstart=', '-p', `${pid}`]);
  const start = platform === 'win32' ? Number(asked) / 10_000 - 11_644_473_600_000 : Date.parse(asked);
  return asked === '' || Number.isNaN(start) ? null : start;
}

function askWindows(pid: number): string {
  const root = process.env.SystemRoot ?? '';
  const system = /^[a-z]:\\/i.test(root) ? root : 'C:\\Windows';
  return ask(`${system}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`, [
    ...['-NoProfile', '-NonInteractive', '-Command'],
    `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`,
  ]);
}

/**
 * The output of a system program; empty if it fails or is missing. It gets no variable that could hold a secret. Imported here,
 * since every command loads this room.
 */
function ask(file: string, words: readonly string[]): string {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { TZ, SystemRoot } = process.env;
  const env = { TZ, SystemRoot, LC_ALL: 'C' };
  const { stdout, status } = spawnSync(file, words, {
    env,
    encoding: 'utf8',
    timeout: 5000,
    windowsHide: true,
  });
  return status === 0 ? stdout.trim() : '';
}
