import { lstat } from 'node:fs/promises';
import { CliError } from '../errors.ts';

/** Before anything is made that is to be written: nothing stands where it is to stand. @throws {CliError} file-exists */
export async function requireFreeNames(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const taken = await lstat(path).then(
      () => true,
      () => false,
    );
    if (taken) throw new CliError('file-exists', `${path} exists already`);
  }
}
