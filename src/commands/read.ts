import { closeSync, open, read } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { promisify } from 'node:util';
import type { Context } from '../context.ts';
import { CliError, systemCode } from '../errors.ts';
import { Secret } from '../secret.ts';

/** What of the context reading takes. */
type Reading = Pick<Context, 'terminal' | 'signal'>;

/** A password or client secret is no longer than this, in bytes. */
const secretLimit = 64 * 1024;
/** Bytes that are read at a time. */
const chunkSize = 64 * 1024;

// What node:fs/promises has too, which takes longer to load.
const openFile = promisify(open);
const readFile = promisify(read);

/** What messages call a source. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/**
 * The whole of a file, a pipe or (`-`) stdin.
 * @param limit in bytes
 * @throws {CliError} file-not-found, file-unreadable, file-too-large, interrupted
 */
export async function readWhole(
  path: string,
  limit: number,
  { terminal, signal }: Reading,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const source =
      path === '-' ? addAbortSignal(signal, terminal.streams.stdin) : readFileInChunks(path, signal);
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > limit) throw tooLarge(nameOf(path), limit);
      chunks.push(bytes);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof CliError) throw error;
    throw unreadable(nameOf(path), error);
  }
  return Buffer.concat(chunks);
}

/** The secret that a file holds: one trailing line break is cut, nothing else. @throws {CliError} as readWhole */
export async function readSecret(path: string, reading: Reading): Promise<Secret> {
  const bytes = await readWhole(path, secretLimit, reading);
  return new Secret(
    Buffer.from(bytes)
      .toString('utf8')
      .replace(/\r?\n$/, ''),
  );
}

/** Chunks of a file or a named pipe. A read stream gives the same, but Node.js takes 3 ms to load it. */
async function* readFileInChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = await openFile(path, 'r');
  try {
    for (;;) {
      const { bytesRead, buffer } = await readFile(file, Buffer.alloc(chunkSize), 0, chunkSize, null);
      signal.throwIfAborted();
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    closeSync(file);
  }
}

/** Standard input can be read once. @throws {CliError} usage, where more than one of the paths is `-` */
export function requireOneStdin(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new CliError('usage', 'Only one input can come from standard input');
  }
}

/** The CliError for more bytes than are looked at. */
export function tooLarge(name: string, limit: number): CliError {
  const size = limit >= 1024 * 1024 ? `${limit / 1024 / 1024} MiB` : `${limit / 1024} KiB`;
  return new CliError('file-too-large', `${name} is larger than ${size}`);
}

function unreadable(name: string, error: unknown): CliError {
  const options = { cause: error };
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new CliError('file-not-found', `${name} does not exist`, options);
    case 'EISDIR':
      return new CliError('file-unreadable', `${name} is a directory`, options);
    case 'EACCES':
    case 'EPERM':
      return new CliError('file-unreadable', `${name} cannot be read: permission denied`, options);
    default:
      return new CliError('file-unreadable', `${name} cannot be read`, options);
  }
}
