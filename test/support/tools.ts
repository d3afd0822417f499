import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Whether a test that needs a program of the system is passed over: only where the program is missing on somebody's own
 * machine. `.ci/run` installs them all, and with `CI` set a missing one fails.
 */
export function isMissing(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return !process.env.CI && !folders.some((folder) => existsSync(join(folder, program)));
}

/** The same for a command that a program of the system refuses, as Python does the import of a module that is missing. */
export function isRefused(program: string, ...words: readonly string[]): boolean {
  return !process.env.CI && spawnSync(program, words, { stdio: 'ignore' }).status !== 0;
}
