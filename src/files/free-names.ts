import { lstat } from 'node:fs/promises';
import { CliError } from '../errors/cli-error.ts';

/** Call before making anything to write: fails if something is already there. @throws {CliError} file-exists */
export async function requireFreeNames(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const taken = await lstat(path).then(
      () => true,
      () => false,
    );
    if (taken) throw new CliError('file-exists', `${path} already exists`);
  }
}
