import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';

/** More than a session grows by. */
const spare = 64 * 1024;

/** Disk space for a file, taken before its content is known. */
export interface Reservation {
  /** Of the file that holds the space. */
  readonly path: string;
  /** Writes the text into the space and moves it into the file's place. Throws the system's error. */
  use(text: string): void;
  /** Gives the space back. */
  free(): void;
}

/**
 * Takes the space for a file of `size` bytes and one more session, beside it on the disk: for something that can be
 * requested only once and must be written then. Throws the system's error.
 */
export function reserveRoom(path: string, size: number): Reservation {
  const reserved = `${path}.tmp-reserved-${process.pid}`;
  const free = (): void => {
    try {
      unlinkSync(reserved);
    } catch {
      // The next successful write removes what remains.
    }
  };
  try {
    write(reserved, 'w', Buffer.alloc(size + spare));
  } catch (error) {
    free();
    throw error;
  }
  return {
    path: reserved,
    free,
    use(text) {
      // Overwrites in place: if it were truncated first, anyone could take the space.
      write(reserved, 'r+', Buffer.from(text));
      renameSync(reserved, path);
    },
  };
}

/** Writes from the start, truncates what is longer, and syncs. */
function write(path: string, flags: 'w' | 'r+', bytes: Uint8Array): void {
  const file = openSync(path, flags, 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
    ftruncateSync(file, bytes.length);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
