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
 * Whether a test that needs programs of the system is passed over, since this machine lacks one; the end of the run tells
 * which. Under TEST_REQUIRE_ALL, as in `.ci/run`, it runs and fails. Nothing need be asked for but what is not on every
 * machine that builds this project: Node.js, npm, git, coreutils and /bin/sh are.
 */
export function isMissing(...programs: readonly string[]): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const isThere = (program: string) => folders.some((folder) => existsSync(join(folder, program)));
  return passOver(programs.filter((program) => !isThere(program)));
}

/** `isMissing` for a command that a program of the system refuses, as Python does the import of a module that it lacks. */
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
