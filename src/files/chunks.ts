import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemCode } from '../errors.ts';

/** Bytes per read. */
const chunkSize = 64 * 1024;

// node:fs/promises has it too, but takes longer to load.
const readDevice = promisify(read);

/** Milliseconds between two looks at a named pipe without a writer. */
const writerInterval = 50;

/** How long a read may wait. */
export interface Waiting {
  readonly signal: AbortSignal;
  /** Milliseconds in which the first byte of a named pipe must arrive: it may have no writer. */
  readonly patience: number;
}

/** A named pipe from which nothing came in time. */
export class SilentPipe extends Error {}

/**
 * Chunks of a file, a named pipe or a device. A read stream does the same, but takes Node.js 3 ms to load.
 * Nothing here waits in a thread, which would delay the end of the process.
 * Throws the system's error, SilentPipe, or the signal's reason.
 */
export async function* readFileInChunks(path: string, waiting: Waiting): AsyncGenerator<Uint8Array> {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  let stream: Readable | undefined;
  try {
    const stats = fstatSync(file);
    const patience = patienceWith(path, stats, waiting);
    try {
      // Linux reports no end before the first writer; other systems do, but not for the pipes that a shell names.
      if (stats.isFIFO() && process.platform !== 'linux' && !isNamedByShell(path))
        yield await firstBytes(file, patience.signal);
      stream = await streamOf(file, stats);
      if (stream !== undefined) {
        for await (const chunk of addAbortSignal(patience.signal, stream)) {
          patience.end();
          yield chunk;
        }
        return;
      }
    } catch (error) {
      throw patience.signal.aborted ? patience.signal.reason : error;
    } finally {
      patience.end();
    }
    for (;;) {
      const chunk = Buffer.alloc(chunkSize);
      // Node.js takes 2 ms to start its threads: not worth it for a file on a disk.
      const length = stats.isFile()
        ? readSync(file, chunk)
        : (await readDevice(file, chunk, 0, chunkSize, null)).bytesRead;
      waiting.signal.throwIfAborted();
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    if (stream === undefined) closeSync(file);
    else stream.destroy();
  }
}

/** The signal, aborted with SilentPipe if a named pipe stays silent; `end` cancels that. */
function patienceWith(
  path: string,
  stats: Stats,
  { signal, patience }: Waiting,
): { readonly signal: AbortSignal; end(): void } {
  if (!stats.isFIFO() || isNamedByShell(path)) return { signal, end() {} };
  const silence = new AbortController();
  const timer = globalThis.setTimeout(() => silence.abort(new SilentPipe()), patience);
  return { signal: AbortSignal.any([signal, silence.signal]), end: () => clearTimeout(timer) };
}

/** `<(command)`: a pipe that has a writer from the start. */
function isNamedByShell(path: string): boolean {
  return /^\/(dev|proc)\//.test(path);
}

/** What the event loop can wait for, as a stream that now owns the open file. */
async function streamOf(file: number, stats: Stats): Promise<Readable | undefined> {
  if (stats.isFIFO()) {
    const { Socket } = await import('node:net');
    return new Socket({ fd: file, readable: true, writable: false });
  }
  if (!stats.isCharacterDevice()) return undefined;
  const { isatty, ReadStream } = await import('node:tty');
  return isatty(file) ? new ReadStream(file) : undefined;
}

/** Waits for a named pipe's writer, and returns what it has written so far. */
async function firstBytes(file: number, signal: AbortSignal): Promise<Uint8Array> {
  const buffer = Buffer.alloc(chunkSize);
  for (;;) {
    try {
      const length = readSync(file, buffer);
      if (length > 0) return buffer.subarray(0, length);
    } catch (error) {
      if (systemCode(error) === 'EAGAIN') return buffer.subarray(0, 0);
      throw error;
    }
    await setTimeout(writerInterval, undefined, { signal });
  }
}
