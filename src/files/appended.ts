import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  type Stats,
  write,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { systemCode } from '../errors/cli-error.ts';
import { type HeldTarget, holdTarget, Refusal, requireOwner } from './held-target.ts';
import { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } from './regular-file.ts';
import { syncDirectory } from './write.ts';

const { O_APPEND, O_EXCL } = constants;
// Not from node:fs/promises, which takes longer to load.
const writeChunk = promisify(write);
const syncData = promisify(fdatasync);

/** A regular file that is open to read any part of it. */
export interface OpenFile {
  readonly stats: Stats;
  /**
   * The bytes from one place to another, or fewer at the end. Throws the system's error.
   */
  read(from: number, to: number): Buffer;
  close(): void;
}

/** A regular file that is open to read it, and to write at its end. */
export interface AppendedFile extends OpenFile {
  /**
   * Looks again at the file, which others may have changed: `stats` are new. Returns
   * whether its path still names it. Throws the system's error.
   */
  look(): boolean;
  /**
   * Resolves when the text survives a crash of the process or the machine; if that fails,
   * the file is as before. Throws the system's error.
   */
  append(text: string): Promise<void>;
  /** Cuts what follows a place. Throws the system's error. */
  cut(end: number): void;
}

/** Looks at a file after it was opened and before it is used. It throws to refuse it. */
export type Judge = (path: string, opened: Stats) => void;

/**
 * Opens a regular file to read it, never a link, and never waits for a pipe; null if
 * there is none. Throws the system's error, a Refusal, and what `judge` throws.
 */
export function openToRead(path: string, judge: Judge): OpenFile | null {
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return null;
    throw linkRefused(error);
  }
  return openJudged(path, file, judge);
}

/**
 * Opens a regular file of this user to append to it, or makes it with a mode; never a
 * link, and not by another user's link on the way. Throws the system's error, a Refusal,
 * and what `judge` throws.
 */
export function openToAppend(path: string, mode: 0o600 | 0o666, judge: Judge): AppendedFile {
  const target = holdTarget(path, 'kept');
  try {
    return appenderTo(path, openTarget(path, target, { mode, judge }));
  } finally {
    target.close();
  }
}

interface TargetTerms {
  readonly mode: number;
  readonly judge: Judge;
}

/** Opens or makes the file, and judges it together with its place. */
function openTarget(path: string, target: HeldTarget, { mode, judge }: TargetTerms): OpenedTarget {
  const { file, isNew } = openOrMake(target, mode);
  const opened = openJudged(path, file, (_path, stats) => {
    try {
      target.confirm(file, target.path);
      requireOwner({ ...target, stats });
      judge(path, stats);
    } catch (error) {
      // Where nothing may be written, no empty file is left either.
      if (isNew) rmSync(target.path, { force: true });
      throw error;
    }
  });
  return { file, opened };
}

interface OpenedTarget {
  readonly file: number;
  readonly opened: OpenFile;
}

function appenderTo(path: string, { file, opened }: OpenedTarget): AppendedFile {
  let { stats } = opened;
  return {
    ...opened,
    get stats() {
      return stats;
    },
    look() {
      stats = fstatSync(file);
      const named = lstatSync(path, { throwIfNoEntry: false });
      return named?.ino === stats.ino && named.dev === stats.dev;
    },
    cut(to) {
      ftruncateSync(file, to);
      stats = fstatSync(file);
    },
    async append(text) {
      try {
        await writeAll(file, Buffer.from(text));
        await syncData(file);
      } catch (error) {
        cutIfPossible(file, stats.size);
        throw error;
      }
      stats = fstatSync(file);
    },
  };
}

interface MadeTarget {
  readonly file: number;
  readonly isNew: boolean;
}

/** A new file's name must survive a crash as well, or its lines would not. */
function openOrMake({ path }: HeldTarget, mode: number): MadeTarget {
  const access = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
  try {
    const file = openSync(path, access | O_CREAT | O_EXCL, mode);
    syncDirectory(dirname(path));
    return { file, isNew: true };
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  try {
    return { file: openSync(path, access), isNew: false };
  } catch (error) {
    throw linkRefused(error);
  }
}

/** Closes the file again if it is judged unfit. */
function openJudged(path: string, file: number, judge: Judge): OpenFile {
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Refusal('it is not a regular file');
    judge(path, stats);
    return {
      stats,
      read: (from, to) => readBetween(file, from, to),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Linux says ELOOP, FreeBSD EMLINK. */
function linkRefused(error: unknown): unknown {
  const isLink = ['ELOOP', 'EMLINK'].includes(systemCode(error) ?? '');
  return isLink ? new Refusal('it is a link') : error;
}

function readBetween(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(to - from, 0));
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(file, bytes, done, bytes.length - done, from + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

/** Without a place: the system appends, wherever the end is by then. */
async function writeAll(file: number, bytes: Buffer): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await writeChunk(file, bytes, done, bytes.length - done, null);
    done += bytesWritten;
  }
}

function cutIfPossible(file: number, end: number): void {
  try {
    ftruncateSync(file, end);
  } catch {
    // The half line stays last, and the next writer cuts it.
  }
}
