import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { CliError, systemCode } from '../errors/cli-error.ts';
import type { ReadFacts } from '../errors/file.ts';
import { Secret } from '../text/secret.ts';
import { typingMistake } from '../text/typing.ts';
import { secretDoubt } from './others.ts';
import { O_NONBLOCK, O_RDONLY } from './regular-file.ts';

/** The part of the context that reading needs. */
export interface Reading extends Waiting {
  readonly terminal: { readonly streams: { readonly stdin: Readable } };
}
/** The size limit of a password or client secret, in bytes. */
export const secretLimit = 64 * 1024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** The length limit of a file name: anything longer is content mistaken for a path. */
const longestName = 200;

/** A source's name in messages; only its beginning if it is too long for a name. */
export function nameOf(path: string): string {
  if (isStdin(path)) return 'stdin';
  return path.length > longestName ? `${path.slice(0, 40)}…` : path;
}

/** Where another command finds the file again; null: a stream that ends with this one. */
export function pathOf(path: string): string | null {
  return isStdin(path) || isOpened(path) ? null : path;
}

/**
 * Whether the parent process opened it: `/dev/stdout`, or the `/dev/fd/63` of
 * `<(command)`.
 */
export function isOpened(path: string): boolean {
  return /^\/(dev\/(fd\/\d+|std(in|out|err))|proc\/(self|\d+)\/fd\/\d+)$/.test(path);
}

/** Stdin has paths in the file system, but they do not open if it is a socket. */
function isStdin(path: string): boolean {
  return path === '-' || path === '/dev/stdin' || path === '/dev/fd/0';
}

/** The parts of an error about a file. */
export interface ReadWords {
  /** For the hints if it is unreadable or larger. */
  readonly facts?: ReadFacts;
  /** The path for messages, if it is another. */
  readonly shown?: string;
}

/**
 * Reads a file, a pipe or (`-`) stdin whole.
 * @param limit in bytes
 * @throws {CliError} file-not-found, file-unreadable, file-too-large, interrupted
 */
export async function readWhole(
  path: string,
  limit: number,
  reading: Reading,
  { facts = {}, shown = path }: ReadWords = {},
): Promise<Uint8Array> {
  try {
    return await readAll(path, limit, reading);
  } catch (error) {
    if (reading.signal.aborted) throw reading.signal.reason;
    if (error instanceof CliError) throw error;
    if (error instanceof LimitExceeded) throw tooLarge(nameOf(shown), limit, facts);
    throw unreadable(nameOf(shown), error, { facts, cause: error }, path);
  }
}

class LimitExceeded extends Error {}

async function readAll(
  path: string,
  limit: number,
  { terminal, ...waiting }: Reading,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const source = isStdin(path)
    ? addAbortSignal(waiting.signal, terminal.streams.stdin)
    : readFileInChunks(path, waiting);
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) throw new LimitExceeded();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/**
 * The secret in a file: without one trailing line break, otherwise unchanged.
 * @param name the file's name in messages. The given path may be the secret itself, so it
 *   appears only if no such file exists and it reads like a path
 * @param shown the path for messages
 * @throws {CliError} as readWhole
 */
export async function readSecret(
  path: string,
  name: string,
  reading: Reading,
  shown = path,
): Promise<Secret> {
  const called = isStdin(path) ? nameOf(path) : name;
  let bytes: Uint8Array;
  try {
    const judge = judgeSecret(path, called);
    bytes = cutLineBreak(await readAll(path, secretLimit, { ...reading, judge }));
  } catch (error) {
    if (reading.signal.aborted) throw reading.signal.reason;
    if (error instanceof CliError) throw error;
    if (error instanceof LimitExceeded) throw tooLarge(called, secretLimit);
    // Without the cause: a trace would show the path.
    const isMissing = systemCode(error) === 'ENOENT' && readsLikeName(path);
    throw unreadable(isMissing ? `${name}, ${shown},` : called, error);
  }
  return new Secret(bytes, called);
}

/**
 * Judges a file with a secret, or a key, once it is opened: nobody but this user, root
 * and its owner may have changed it.
 * @param called the subject of the error, which the judge throws: {CliError}
 *   file-unreadable
 */
export function judgeSecret(path: string, called: string): (stats: Stats) => void {
  return (stats) => {
    // Nobody keeps a secret in a device, and who passed an open pipe chose it.
    if (isOpened(path) || (!stats.isFile() && !stats.isFIFO())) return;
    const doubt = secretDoubt(path, stats);
    if (doubt === null) return;
    const { sentence, ...facts } = doubt;
    throw new CliError('file-unreadable', `${called} is not used: ${sentence}`, { facts });
  };
}

/** Whether a path is no secret itself: it ends like the names of secret files. */
function readsLikeName(path: string): boolean {
  return (
    path.length <= longestName &&
    /^[\w./\\: -]+\.(txt|pass|password|passwd|pwd|secret)$/i.test(path)
  );
}

export function cutLineBreak(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== lineFeed) return bytes;
  return bytes.subarray(0, bytes.at(-2) === carriageReturn ? -2 : -1);
}

/**
 * Stdin can be read only once.
 * @throws {CliError} usage if more than one of the paths is `-`
 */
export function requireOneStdin(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path !== undefined && isStdin(path)).length > 1) {
    throw new CliError('usage', 'Only one option can read stdin (-)');
  }
}

export function tooLarge(name: string, limit: number, facts: ReadFacts = {}): CliError {
  const size = limit >= 1024 * 1024 ? `${limit / 1024 / 1024} MiB` : `${limit / 1024} KiB`;
  return new CliError('file-too-large', `${name} is larger than ${size}`, { facts });
}

function unreadable(
  name: string,
  error: unknown,
  options: ErrorOptions & { facts?: ReadFacts } = {},
  path = '',
): CliError {
  const isMissing = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(systemCode(error) ?? '');
  if (isMissing) {
    const isBase64 = path.length > longestName && path.startsWith('MII');
    const why = isBase64
      ? 'is not a file: it looks like base64, which MFA_CLI_P12_BASE64 accepts'
      : `does not exist${slipIn(path)}`;
    return new CliError('file-not-found', `${name} ${why}`, options);
  }
  const why =
    error instanceof NotRead
      ? error.message
      : (reasons[systemCode(error) ?? ''] ?? 'cannot be read');
  const isDenied = why === forbidden;
  const facts = { ...options.facts, ...(isDenied && { denied: true as const }) };
  return new CliError('file-unreadable', `${name} ${why}`, { ...options, facts });
}

/** The reason in the name itself, if there is one. */
function slipIn(path: string): string {
  const slip = typingMistake(path);
  if (slip !== null) return `: its name ${slip}`;
  return path === path.trim() ? '' : ': its name begins or ends with a blank';
}

const forbidden = 'cannot be read: permission denied';
const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'is a directory',
  EACCES: forbidden,
  EPERM: forbidden,
};

const chunkSize = 64 * 1024;
/** Milliseconds between two looks at an empty pipe: the shortest, and the longest. */
const shortPause = 1;
const longPause = 50;

export interface Waiting extends FileJudge {
  readonly signal: AbortSignal;
  /** Milliseconds for the first byte of a named pipe, which may have no writer. */
  readonly pipeTimeout: number;
  /** Whether to require a regular file, for files that the program itself writes. */
  readonly regular?: boolean;
}

/** Looks at a file once it is opened. */
export interface FileJudge {
  /** Throws to reject the opened file; never called for stdin. */
  judge?(stats: Stats): void;
}

/** The file is rejected; the message completes a sentence about it. */
class NotRead extends Error {}

/** A named pipe that delivered nothing in time. */
export class SilentPipe extends NotRead {
  override readonly message = 'is a pipe that delivered nothing in time';
}

/**
 * The chunks of a file, a named pipe or a device. Reads without waiting and looks again
 * after a pause: a thread that waits would delay the end of the process. Throws the
 * system's error, SilentPipe, or the signal's reason.
 */
export async function* readFileInChunks(
  path: string,
  waiting: Waiting,
): AsyncGenerator<Uint8Array> {
  const { signal, pipeTimeout, regular, judge } = waiting;
  const file = openSync(path, O_RDONLY | O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (regular === true && !stats.isFile() && !stats.isDirectory())
      throw new NotRead('is not a regular file');
    judge?.(stats);
    // Until its first writer comes, a pipe also reports its end. Behind `<(command)`
    // there is one from the start.
    const isTimed = stats.isFIFO() && !isOpened(path);
    let hasWriter = !isTimed;
    let left = isTimed ? pipeTimeout : Number.POSITIVE_INFINITY;
    for (let pause = shortPause; ; ) {
      const chunk = Buffer.alloc(chunkSize);
      const length = readWithoutWaiting(file, chunk);
      signal.throwIfAborted();
      if (length === 0 && hasWriter) return;
      hasWriter ||= length !== 0;
      if (length > 0) {
        left = Number.POSITIVE_INFINITY;
        pause = shortPause;
        yield chunk.subarray(0, length);
        continue;
      }
      if (left <= 0) throw new SilentPipe();
      await setTimeout(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
      left -= pause;
      pause = Math.min(2 * pause, longPause);
    }
  } finally {
    closeSync(file);
  }
}

/** The number of bytes; -1: none yet, but the pipe or terminal has a writer. */
function readWithoutWaiting(file: number, buffer: Uint8Array): number {
  try {
    return readSync(file, buffer);
  } catch (error) {
    if (systemCode(error) === 'EAGAIN') return -1;
    throw error;
  }
}
