import { closeSync, constants, fsyncSync, openSync } from 'node:fs';

/** Makes sure that a rename in a directory survives a power loss, if the file system can. */
export function syncDirectory(path: string): void {
  try {
    const directory = openSync(path, constants.O_RDONLY);
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  } catch {
    // Windows cannot open a directory, and some network file systems cannot sync one.
  }
}
