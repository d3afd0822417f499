import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';

/** More than a session grows by. */
const spare = 64 * 1024;

/**
 * Takes the room that a file of `size` bytes and a session more need, beside it and on the disk, and gives what frees it
 * again: for something that is asked for once and must be written then. Throws the error of the system.
 */
export function reserveRoom(path: string, size: number): () => void {
  const reserved = `${path}.tmp-reserved-${process.pid}`;
  const free = (): void => {
    try {
      rmSync(reserved, { force: true });
    } catch {
      // What stays is removed by the next write that succeeds.
    }
  };
  try {
    const file = openSync(reserved, 'w', 0o600);
    try {
      const room = Buffer.alloc(size + spare);
      for (let done = 0; done < room.length; ) done += writeSync(file, room, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    free();
    throw error;
  }
  return free;
}
