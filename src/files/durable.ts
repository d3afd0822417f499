import {
  closeSync,
  fdatasync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  write,
} from 'node:fs';
import { promisify } from 'node:util';
import { O_NOFOLLOW, O_RDWR } from './own-file.ts';
import { fill, newFile } from './write.ts';

// Not from node:fs/promises, which takes longer to load.
const [writeChunk, syncData] = [promisify(write), promisify(fdatasync)];

export interface GrowingFile {
  /** Resolves when the text survives a crash of the process or the machine; one call at a time. Throws the system's error. */
  append(text: string): Promise<void>;
  close(): void;
}

/** Creates a file in place of an earlier one; it replaces a link, not its target. Throws the system's error. */
export function createGrowingFile(path: string): GrowingFile {
  rmSync(path, { force: true });
  const file = newFile(path, 0o666);
  let end = 0;
  return {
    async append(text) {
      const bytes = Buffer.from(text);
      try {
        for (let done = 0; done < bytes.length; )
          done += (await writeChunk(file, bytes, done, bytes.length - done, end + done))
            .bytesWritten;
        await syncData(file);
        end += bytes.length;
      } catch (error) {
        cutTo(file, end);
        throw error;
      }
    },
    close: () => closeSync(file),
  };
}

function cutTo(file: number, length: number): void {
  try {
    ftruncateSync(file, length);
  } catch {
    // If that fails, the incomplete line stays last, or the next write covers it.
  }
}

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
  try {
    fill(newFile(reserved, 0o600), Buffer.alloc(size + spare));
  } catch (error) {
    free();
    throw error;
  }
  return {
    path: reserved,
    free,
    use(text) {
      // Overwrites in place: truncating first would free the space for others.
      fill(openSync(reserved, O_RDWR | O_NOFOLLOW), text);
      renameSync(reserved, path);
    },
  };
}
