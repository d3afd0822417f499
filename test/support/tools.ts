import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { TestRunner } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** The missing programs because of which tests of this file are skipped. */
    missing?: string[];
  }
}

/**
 * True if this machine lacks one of the programs, so the test must be skipped; the end of the run names the program. Under
 * TEST_REQUIRE_ALL, as in `.ci/run`, the test runs and fails. Tests need not ask for Node.js, npm, git, coreutils and /bin/sh,
 * which every machine that builds this project has.
 */
export function isMissing(...programs: readonly string[]): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const isThere = (program: string) => folders.some((folder) => existsSync(join(folder, program)));
  return passOver(programs.filter((program) => !isThere(program)));
}

/** `isMissing` for a command that an installed program refuses, such as Python's import of a missing module. */
export function isRefused(program: string, ...words: readonly string[]): boolean {
  const isRefusing = spawnSync(program, words, { stdio: 'ignore' }).status !== 0;
  return passOver(isRefusing ? [[program, ...words].join(' ')] : []);
}

function passOver(missing: readonly string[]): boolean {
  if (missing.length === 0 || process.env.TEST_REQUIRE_ALL) return false;
  const { file } = TestRunner.getCurrentSuite();
  file.meta.missing = [...new Set([...(file.meta.missing ?? []), ...missing])];
  return true;
}
