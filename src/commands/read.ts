import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Context } from '../context.ts';
import { CliError, type ErrorFacts, systemCode } from '../errors.ts';
import { Secret } from '../secret.ts';

/** What of the context reading takes. */
type Reading = Pick<Context, 'terminal' | 'signal'>;

/** A password or client secret is no longer than this, in bytes. */
const secretLimit = 64 * 1024;
/** Bytes that are read at a time. */
const chunkSize = 64 * 1024;

// What node:fs/promises has too, which takes longer to load.
const readDevice = promisify(read);

/** How often a named pipe without a writer is looked at, in milliseconds. */
const writerInterval = 50;

/** No file that somebody means has a longer name: it is content that was taken for a path. */
const longestName = 200;

/** What messages call a source; of what is far too long to be a name, the beginning. */
export function nameOf(path: string): string {
  if (isStdin(path)) return 'standard input';
  return path.length > longestName ? `${path.slice(0, 40)}…` : path;
}

/** Stdin has names in the file system, under which it cannot be opened where it is a socket. */
function isStdin(path: string): boolean {
  return path === '-' || path === '/dev/stdin' || path === '/dev/fd/0';
}

/**
 * The whole of a file, a pipe or (`-`) stdin.
 * @param limit in bytes
 * @param facts for the advice on a file that is larger
 * @throws {CliError} file-not-found, file-unreadable, file-too-large, interrupted
 */
export async function readWhole(
  path: string,
  limit: number,
  { terminal, signal }: Reading,
  facts: ErrorFacts = {},
): Promise<Uint8Array> {
  try {
    return await readAll(path, limit, { terminal, signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof LimitExceeded
      ? tooLarge(nameOf(path), limit, facts)
      : unreadable(path, nameOf(path), error);
  }
}

/** More bytes than are looked at. */
class LimitExceeded extends Error {}

async function readAll(path: string, limit: number, { terminal, signal }: Reading): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const source = isStdin(path)
    ? addAbortSignal(signal, terminal.streams.stdin)
    : readFileInChunks(path, signal);
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) throw new LimitExceeded();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/**
 * The secret that a file holds: one trailing line break is cut, nothing else.
 * @param name what messages call the file: what was given as its path may be the secret itself
 * @throws {CliError} as readWhole
 */
export async function readSecret(path: string, name: string, reading: Reading): Promise<Secret> {
  const called = isStdin(path) ? nameOf(path) : name;
  let bytes: Uint8Array;
  try {
    bytes = await readAll(path, secretLimit, reading);
  } catch (error) {
    if (reading.signal.aborted) throw reading.signal.reason;
    if (error instanceof LimitExceeded) throw tooLarge(called, secretLimit);
    // The cause would carry the path into a trace.
    throw unreadable('', called, error, false);
  }
  return new Secret(
    Buffer.from(bytes)
      .toString('utf8')
      .replace(/\r?\n$/, ''),
  );
}

/**
 * Chunks of a file, a named pipe or a device. A read stream gives the same, but Node.js takes 3 ms to load it.
 * Nothing here waits in a thread, which the end of the process would have to wait for.
 */
async function* readFileInChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  let stream: Readable | undefined;
  try {
    const stats = fstatSync(file);
    // Linux tells of no end before the first writer has come; others do, but not of the pipes that a shell names.
    if (stats.isFIFO() && process.platform !== 'linux' && !path.startsWith('/dev/'))
      yield await firstBytes(file, signal);
    stream = await streamOf(file, stats);
    if (stream !== undefined) {
      yield* addAbortSignal(signal, stream);
      return;
    }
    for (;;) {
      const chunk = Buffer.alloc(chunkSize);
      // Node.js takes 2 ms to start the threads that a file on a disk is not worth.
      const length = stats.isFile()
        ? readSync(file, chunk)
        : (await readDevice(file, chunk, 0, chunkSize, null)).bytesRead;
      signal.throwIfAborted();
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    if (stream === undefined) closeSync(file);
    else stream.destroy();
  }
}

/** What the event loop can wait for, as a stream to which the open file belongs from then on. */
async function streamOf(file: number, stats: Stats): Promise<Readable | undefined> {
  if (stats.isFIFO()) {
    const { Socket } = await import('node:net');
    return new Socket({ fd: file, readable: true, writable: false });
  }
  if (!stats.isCharacterDevice()) return undefined;
  const { isatty, ReadStream } = await import('node:tty');
  return isatty(file) ? new ReadStream(file) : undefined;
}

/** Waits for the writer of a named pipe, and gives what it has written so far. */
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

/** Standard input can be read once. @throws {CliError} usage, where more than one of the paths is `-` */
export function requireOneStdin(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path !== undefined && isStdin(path)).length > 1) {
    throw new CliError('usage', 'Only one input can come from standard input');
  }
}

/** The CliError for more bytes than are looked at. */
export function tooLarge(name: string, limit: number, facts: ErrorFacts = {}): CliError {
  const size = limit >= 1024 * 1024 ? `${limit / 1024 / 1024} MiB` : `${limit / 1024} KiB`;
  return new CliError('file-too-large', `${name} is larger than ${size}`, { facts });
}

function unreadable(path: string, name: string, error: unknown, withCause = true): CliError {
  const options = withCause ? { cause: error } : {};
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return new CliError(
        'file-not-found',
        path.length > longestName && path.startsWith('MII')
          ? `${name} is no file: it looks like base64, which MFA_CLI_P12_BASE64 takes`
          : `${name} does not exist`,
        options,
      );
    case 'EISDIR':
      return new CliError('file-unreadable', `${name} is a directory`, options);
    case 'EACCES':
    case 'EPERM':
      return new CliError('file-unreadable', `${name} cannot be read: permission denied`, options);
    default:
      return new CliError('file-unreadable', `${name} cannot be read`, options);
  }
}
