import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes the directory of all tests' files, and removes it after the last test. Removing their
 * thousands of directories one by one would take a twelfth of the stories' time.
 */
export function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'tests-'));
  // Some tests become another user.
  chmodSync(directory, 0o755);
  process.env.TEST_DIRECTORY = directory;
  return () => remove(directory);
}

function remove(directory: string): void {
  if (process.platform === 'win32') rmSync(directory, { recursive: true, force: true });
  else execFileSync('rm', ['-rf', directory]);
}
