import { closeSync, fstatSync, openSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { isOne, Refusal } from './held-target.ts';
import { O_NOFOLLOW, O_RDWR } from './regular-file.ts';
import { fill, newFile } from './write.ts';

/** More than a session can grow, in bytes. */
const spare = 64 * 1024;

/** Disk space reserved for a file before its content is known. */
export interface Reservation {
  readonly path: string;
  /** Writes the text into the reserved space and moves it into place. Throws the system's error. */
  use(text: string): void;
  free(): void;
}

/**
 * Reserves space for a file of `size` bytes and one more session, for a result that exists only once and must be written
 * then. Throws the system's error.
 */
export function reserveRoom(path: string, size: number): Reservation {
  const reserved = `${path}.tmp-reserved-${process.pid}`;
  const free = (): void => {
    try {
      unlinkSync(reserved);
    } catch {
      // The next successful write removes the rest.
    }
  };
  free();
  let made: Stats;
  try {
    const file = newFile(reserved, 0o600);
    made = fstatSync(file);
    fill(file, Buffer.alloc(size + spare));
  } catch (error) {
    free();
    throw error;
  }
  return {
    path: reserved,
    free,
    use(text) {
      // Overwrites in place: truncating first would free the space for others.
      const file = openSync(reserved, O_RDWR | O_NOFOLLOW);
      if (!isOne(fstatSync(file), made)) {
        closeSync(file);
        throw new Refusal('another file took its place');
      }
      fill(file, text);
      renameSync(reserved, path);
    },
  };
}
