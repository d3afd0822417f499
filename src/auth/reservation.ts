import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';

/** More than a session grows by. */
const spare = 64 * 1024;

/** Room on the disk for a file, taken before it is known what will be in it. */
export interface Reservation {
  /** Of the file that holds the room. */
  readonly path: string;
  /** Puts the text into the room, and the room into the place of the file. Throws the error of the system. */
  use(text: string): void;
  /** Gives it back. */
  free(): void;
}

/**
 * Takes the room that a file of `size` bytes and a session more need, beside it and on the disk: for something that is
 * asked for once and must be written then. Throws the error of the system.
 */
export function reserveRoom(path: string, size: number): Reservation {
  const reserved = `${path}.tmp-reserved-${process.pid}`;
  const free = (): void => {
    try {
      unlinkSync(reserved);
    } catch {
      // What stays is removed by the next write that succeeds.
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
      // Over what is there: cut first, the room would be anybody's.
      write(reserved, 'r+', Buffer.from(text));
      renameSync(reserved, path);
    },
  };
}

/** Writes from the beginning on, cuts what is longer, and syncs. */
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
