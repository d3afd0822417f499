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

// node:fs/promises also has them, but takes longer to load.
const [writeChunk, syncData] = [promisify(write), promisify(fdatasync)];

/** A file that only grows. */
export interface GrowingFile {
  /** Resolves once the text survives the end of the process, and of the machine; one at a time. Throws the system's error. */
  append(text: string): Promise<void>;
  close(): void;
}

/** Begins a file, in place of an earlier one; a link in its place goes, and not what it leads to. Throws the system's error. */
export function createGrowingFile(path: string): GrowingFile {
  rmSync(path, { force: true });
  const file = newFile(path, 0o666);
  let end = 0;
  return {
    async append(text) {
      const bytes = Buffer.from(text);
      try {
        for (let done = 0; done < bytes.length; )
          done += (await writeChunk(file, bytes, done, bytes.length - done, end + done)).bytesWritten;
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

/** Takes back half a line, which a full disk leaves. */
function cutTo(file: number, length: number): void {
  try {
    ftruncateSync(file, length);
  } catch {
    // Then the half line stays the last one, or the next write covers it.
  }
}

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
      // Overwrites in place: if it were truncated first, anyone could take the space.
      fill(openSync(reserved, O_RDWR | O_NOFOLLOW), text);
      renameSync(reserved, path);
    },
  };
}
