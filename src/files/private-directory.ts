import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../errors/cli-error.ts';
import { entriesIn, whereModesAre } from './directory.ts';
import { type HeldTarget, holdTarget } from './held-target.ts';
import { O_NOFOLLOW, O_RDONLY } from './regular-file.ts';

/**
 * Creates a directory and its missing parents, for the owner alone; an existing one stays
 * as it is. Step by step, since Node.js's recursive mkdir never ends if a file system
 * answers ENOENT below an existing directory (procfs). Throws the system's error, and a
 * Refusal for a link of another user.
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

function makeOne(path: string): void {
  try {
    makeIn(holdTarget(path, 'kept'));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !isDirectory(path)) throw error;
  }
}

function makeIn(target: HeldTarget): void {
  try {
    mkdirSync(target.path, { mode: 0o700 });
  } finally {
    target.close();
  }
}

function isDirectory(path: string): boolean {
  const { stats, close } = holdTarget(path, 'followed');
  close();
  return stats?.isDirectory() === true;
}

/**
 * Makes a directory private to this user if all its entries are known. Throws the
 * system's error, and a Refusal for a link of another user.
 */
export function closeDirectory(path: string, isKnown: (name: string) => boolean): void {
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) === 0 || uid !== process.getuid?.()) return;
  const target = holdTarget(path, 'followed');
  try {
    closeHeld(target.path, isKnown);
  } finally {
    target.close();
  }
}

function closeHeld(path: string, isKnown: (name: string) => boolean): void {
  const { O_DIRECTORY } = constants;
  const directory = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const isOwn = fstatSync(directory).uid === process.getuid?.();
    const entries = entriesIn(path, Number.POSITIVE_INFINITY);
    if (isOwn && entries.every(({ name }) => isKnown(name)))
      whereModesAre(() => fchmodSync(directory, 0o700));
  } finally {
    closeSync(directory);
  }
}
