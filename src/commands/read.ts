import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { CliError, systemCode } from '../errors.ts';
import { Secret } from '../secret.ts';

/** What is read, and how much of it at most. */
export interface Source {
  /** A path, or `-` for standard input. */
  readonly path: string;
  readonly stdin: Readable;
  /** In bytes. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** A password or client secret is no longer than this, in bytes. */
const secretLimit = 64 * 1024;

/** What messages call a source. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** The whole of a file, a pipe or stdin. @throws {CliError} file-not-found, file-unreadable, file-too-large, interrupted */
export async function readWhole({ path, stdin, limit, signal }: Source): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of addAbortSignal(signal, path === '-' ? stdin : createReadStream(path))) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > limit) throw tooLarge(nameOf(path), limit);
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof CliError || signal.aborted) throw error;
    throw unreadable(nameOf(path), error);
  }
  return Buffer.concat(chunks);
}

/** The secret that a file holds: one trailing line break is cut, nothing else. @throws {CliError} as readWhole */
export async function readSecret(path: string, stdin: Readable, signal: AbortSignal): Promise<Secret> {
  const bytes = await readWhole({ path, stdin, limit: secretLimit, signal });
  return new Secret(
    Buffer.from(bytes)
      .toString('utf8')
      .replace(/\r?\n$/, ''),
  );
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
