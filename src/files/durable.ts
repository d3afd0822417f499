import { closeSync, fstatSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { orNull } from '../errors/cli-error.ts';
import { entriesIn, removeFile, setMode } from './directory.ts';
import { type HeldTarget, holdTarget, isOne, Refusal } from './held-target.ts';
import { O_NOFOLLOW, O_RDWR } from './regular-file.ts';
import { fill, newIn } from './write.ts';

/** More than a session can grow, in bytes. */
const spare = 64 * 1024;

/** Disk space reserved for a file before its content is known. */
export interface Reservation {
  readonly path: string;
  /**
   * Writes the text into the reserved space and moves it into place. Throws the system's
   * error.
   */
  use(text: string): void;
  free(): void;
}

/**
 * Reserves space for a file of `size` bytes and one more session, for a result that
 * exists only once and must be written then. Throws the system's error, and a Refusal.
 */
export function reserveRoom(path: string, size: number): Reservation {
  const ending = `.tmp-reserved-${process.pid}`;
  const free = (): void => {
    // The next successful write removes the rest.
    orNull(() => inHeldFolder(path, (held) => unlinkSync(`${held}${ending}`)));
  };
  free();
  const made = inHeldFolder(path, (held, target) => {
    const reserved = `${held}${ending}`;
    try {
      const file = newIn(target, reserved, 0o600);
      const stats = fstatSync(file);
      fill(file, Buffer.alloc(size + spare));
      return stats;
    } catch (error) {
      orNull(() => unlinkSync(reserved));
      throw error;
    }
  });
  return {
    path: `${path}${ending}`,
    free,
    use(text) {
      inHeldFolder(path, (held) => {
        // Overwrites in place: truncating first would free the space for others.
        const file = openSync(`${held}${ending}`, O_RDWR | O_NOFOLLOW);
        if (!isOne(fstatSync(file), made)) {
          closeSync(file);
          throw new Refusal('another file took its place');
        }
        fill(file, text);
        renameSync(`${held}${ending}`, held);
      });
    },
  };
}

/**
 * Removes what killed processes have left beside a file, but for what is reserved. Throws
 * the system's error, and a Refusal.
 */
export function removeUnfinished(path: string, room: Reservation | null): void {
  const kept = room === null ? null : basename(room.path);
  inHeldFolder(path, (held) => {
    for (const { name } of entriesIn(dirname(held), Number.POSITIVE_INFINITY))
      if (name.startsWith(`${basename(path)}.tmp-`) && name !== kept)
        removeFile(join(dirname(held), name));
  });
}

/**
 * Renames a file within its folder and makes it private to its owner. Throws the system's
 * error, and a Refusal.
 */
export function setAside(path: string, name: string): void {
  inHeldFolder(path, (held) => {
    setMode(held, 0o600);
    renameSync(held, join(dirname(held), name));
  });
}

/** @param use gets the path of the file within its folder, which is held meanwhile */
function inHeldFolder<T>(path: string, use: (held: string, target: HeldTarget) => T): T {
  const target = holdTarget(path, 'kept');
  try {
    return use(target.path, target);
  } finally {
    target.close();
  }
}
