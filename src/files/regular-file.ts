// Synchronous: these files are small, and loading promises and starting threads for them
// takes Node.js 3 ms.
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

/** Flags of `open`; Windows has neither of the last two. */
export const {
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW = 0,
  O_NONBLOCK = 0,
} = constants;

/** The result of `use` on an open file, which is closed afterwards. */
export function closing<T>(file: number, use: (file: number) => T): T {
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

/** Not a regular file, or larger than the limit. */
export class NoSuchContent extends Error {}

interface RegularRead {
  readonly limit: number;
  readonly links?: boolean;
  judge?(stats: Stats): void;
}

/**
 * The bytes of a regular file. Never waits for a named pipe or a device, and never reads
 * more than the limit, even if the file grows. Throws the system's error, NoSuchContent
 * (`is not a regular file`, `is larger than 32 MiB`), and what `judge` throws.
 */
export function readRegularFile(path: string, { limit, links = true, judge }: RegularRead): Buffer {
  return closing(openSync(path, O_RDONLY | O_NONBLOCK | (links ? 0 : O_NOFOLLOW)), (file) => {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new NoSuchContent('is not a regular file');
    judge?.(stats);
    return bytesOf(file, stats.size, limit);
  });
}

/** A file that is open, and read from its beginning each time. */
export interface HeldFile {
  /** Throws the system's error, and NoSuchContent beyond the limit. */
  read(limit: number): Buffer;
  /**
   * Yields pieces of at most that many bytes, for a reader that seldom needs all. Each
   * lasts until the next. Throws the system's error.
   */
  pieces(length: number): Iterable<Buffer>;
  close(): void;
}

/**
 * Opens a file of the system to read it often: nobody can use up the descriptor
 * meanwhile. Throws the system's error.
 */
export function holdFile(path: string): HeldFile {
  const file = openSync(path, O_RDONLY | O_NONBLOCK);
  return {
    read: (limit) => bytesOf(file, fstatSync(file).size, limit),
    *pieces(length) {
      const piece = Buffer.allocUnsafe(length);
      for (let position = 0; ; ) {
        const read = readSync(file, piece, 0, length, position);
        if (read === 0) return;
        position += read;
        yield piece.subarray(0, read);
      }
    },
    close: () => closeSync(file),
  };
}

/** A large file that is open, of which parts are read. */
export interface LargeFile {
  readonly size: number;
  /** The bytes at a position; fewer at the end of the file. Throws the system's error. */
  readAt(position: number, length: number): Buffer;
  close(): void;
}

/** Opens a regular file of any size. Throws the system's error, and NoSuchContent. */
export function openLargeFile(path: string): LargeFile {
  const file = openSync(path, O_RDONLY | O_NONBLOCK);
  const stats = fstatSync(file);
  if (!stats.isFile()) {
    closeSync(file);
    throw new NoSuchContent('is not a regular file');
  }
  return {
    size: stats.size,
    readAt(position, length) {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, position));
    },
    close: () => closeSync(file),
  };
}

/**
 * @param size as the system reports it: of files such as those in /proc it reports none
 */
function bytesOf(file: number, size: number, limit: number): Buffer {
  const tooLarge = `is larger than ${limit / 1024 / 1024} MiB`;
  if (size > limit) throw new NoSuchContent(tooLarge);
  const chunks: Buffer[] = [];
  for (let length = 0; ; ) {
    const chunk = Buffer.allocUnsafe(Math.max(size - length, 4096) + 1);
    const read = readSync(file, chunk, 0, chunk.length, length);
    if (read === 0) return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    length += read;
    if (length > limit) throw new NoSuchContent(tooLarge);
    chunks.push(chunk.subarray(0, read));
  }
}
