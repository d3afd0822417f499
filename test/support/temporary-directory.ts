import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** Makes a directory, and removes it after the test. */
export function temporaryDirectory(): string {
  const directory = makeDirectory();
  onTestFinished(() => remove(directory));
  return directory;
}

/** Makes a directory, and removes it after all tests of the file or of the calling `describe`. */
export function sharedDirectory(): string {
  const directory = makeDirectory();
  afterAll(() => remove(directory));
  return directory;
}

function makeDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'mfa-cli-'));
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
