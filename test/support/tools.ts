import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Whether a test that needs programs of the system is passed over: only where one is missing on somebody's own machine.
 * `.ci/run` installs them all, and with `CI` set a missing one fails. Nothing need be asked for but what is not on every
 * machine that builds this project: Node.js, npm, git, coreutils and /bin/sh are.
 */
export function isMissing(...programs: readonly string[]): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const isThere = (program: string) => folders.some((folder) => existsSync(join(folder, program)));
  return !process.env.CI && !programs.every(isThere);
}

/** The same for a command that a program of the system refuses, as Python does the import of a module that is missing. */
export function isRefused(program: string, ...words: readonly string[]): boolean {
  return !process.env.CI && spawnSync(program, words, { stdio: 'ignore' }).status !== 0;
}
