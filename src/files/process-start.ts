import { readFileSync } from 'node:fs';
import { orNull } from '../errors/cli-error.ts';

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
 * Whether this process may change the settings of its terminal: a shell would stop one in the background for it. False if
 * unknown.
 * @see proc(5): fields 5 (`pgrp`) and 8 (`tpgid`) of `/proc/PID/stat`
 */
export function isInForeground(): boolean {
  const stat = orNull(() => readFileSync('/proc/self/stat', 'utf8'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [own, terminal] =
    fields === undefined
      ? ask('/bin/ps', ['-o', 'pgid=,tpgid=', '-p', `${process.pid}`]).split(/ +/)
      : [fields[2], fields[5]];
  return own !== undefined && own !== '' && own === terminal;
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
