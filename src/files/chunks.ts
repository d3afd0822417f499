import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemCode } from '../errors/cli-error.ts';
import { waitsForPipes, waitsForTerminals } from '../text/version.ts';

/** Bytes per read. */
const chunkSize = 64 * 1024;

// node:fs/promises has it too, but takes longer to load.
const readDevice = promisify(read);

/** Milliseconds between two looks at an empty pipe: the shortest, and the longest. */
const [shortPause, longPause] = [1, 50];

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
      const terminal = await isTerminal(file, stats);
      if (terminal ? !waitsForTerminals : stats.isFIFO() && !waitsForPipes) {
        for await (const chunk of lookInto(file, terminal || isNamedByShell(path), patience.signal)) {
          patience.end();
          yield chunk;
        }
        return;
      }
      stream = await streamOf(file, stats, terminal);
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
async function streamOf(file: number, stats: Stats, terminal: boolean): Promise<Readable | undefined> {
  if (stats.isFIFO()) {
    const { Socket } = await import('node:net');
    return new Socket({ fd: file, readable: true, writable: false });
  }
  return terminal ? new (await import('node:tty')).ReadStream(file) : undefined;
}

async function isTerminal(file: number, stats: Stats): Promise<boolean> {
  return stats.isCharacterDevice() && (await import('node:tty')).isatty(file);
}

/** What comes out of a pipe or a terminal, by looking again and again. Before its first writer a pipe is at its end, too. */
async function* lookInto(file: number, hasWriter: boolean, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(chunkSize);
  let [begun, pause] = [hasWriter, shortPause];
  for (;;) {
    const length = readWithoutWaiting(file, buffer);
    if (length === 0 && begun) return;
    if (length !== 0) begun = true;
    if (length > 0) {
      pause = shortPause;
      yield Buffer.from(buffer.subarray(0, length));
    } else {
      await setTimeout(pause, undefined, { signal });
      pause = Math.min(2 * pause, longPause);
    }
  }
}

/** How many bytes there were; -1: none yet, but a writer. */
function readWithoutWaiting(file: number, buffer: Uint8Array): number {
  try {
    return readSync(file, buffer);
  } catch (error) {
    if (systemCode(error) === 'EAGAIN') return -1;
    throw error;
  }
}
