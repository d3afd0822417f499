import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../errors/cli-error.ts';

/**
 * Makes a directory and its missing parents, for the owner alone; an existing one stays as it is. Step by step: Node's
 * recursive mkdir never ends if a file system answers ENOENT below an existing directory (procfs).
 * Throws the system's error.
 * @param path absolute
 */
export function makePrivateDirectory(path: string): void {
  try {
    makeOne(path);
  } catch (error) {
    const parent = dirname(path);
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error;
    makePrivateDirectory(parent);
    makeOne(path);
  }
}

/** Another process may make it first. */
function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}
