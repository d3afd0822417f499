import { addAbortSignal } from 'node:stream';
import type { Context } from '../context.ts';
import { CliError, type ErrorFacts, systemCode } from '../errors/cli-error.ts';
import { Secret } from '../text/secret.ts';
import { readFileInChunks, SilentPipe } from './chunks.ts';

/** The part of the context that reading needs. */
type Reading = Pick<Context, 'terminal' | 'signal' | 'patience'>;

/** No password or client secret is longer than this, in bytes. */
export const secretLimit = 64 * 1024;

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** No file name meant as one is longer: it is content mistaken for a path. */
const longestName = 200;

/** What messages call a source; only the beginning if it is far too long to be a name. */
export function nameOf(path: string): string {
  if (isStdin(path)) return 'standard input';
  return path.length > longestName ? `${path.slice(0, 40)}…` : path;
}

/** Stdin has names in the file system, but cannot be opened under them if it is a socket. */
function isStdin(path: string): boolean {
  return path === '-' || path === '/dev/stdin' || path === '/dev/fd/0';
}

/**
 * The whole of a file, a pipe or (`-`) stdin.
 * @param limit in bytes
 * @param facts for the advice if it cannot be read, or is larger
 * @throws {CliError} file-not-found, file-unreadable, file-too-large, interrupted
 */
export async function readWhole(
  path: string,
  limit: number,
  reading: Reading,
  facts: ErrorFacts = {},
): Promise<Uint8Array> {
  try {
    return await readAll(path, limit, reading);
  } catch (error) {
    if (reading.signal.aborted) throw reading.signal.reason;
    throw error instanceof LimitExceeded
      ? tooLarge(nameOf(path), limit, facts)
      : unreadable(path, nameOf(path), error, true, facts);
  }
}

/** More bytes than the limit. */
class LimitExceeded extends Error {}

async function readAll(
  path: string,
  limit: number,
  { terminal, signal, patience }: Reading,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const source = isStdin(path)
    ? addAbortSignal(signal, terminal.streams.stdin)
    : readFileInChunks(path, { signal, patience });
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) throw new LimitExceeded();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/**
 * The secret in a file: one trailing line break is removed, nothing else.
 * @param name what messages call the file: what was passed as its path may be the secret itself
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
    // The cause would put the path into a trace.
    throw unreadable('', called, error, false);
  }
  return new Secret(cutLineBreak(bytes), called);
}

/** The bytes without one line break at their end, which editors and programs add. */
export function cutLineBreak(bytes: Uint8Array): Uint8Array {
  const end = bytes.at(-1) !== lineFeed ? bytes.length : bytes.at(-2) === carriageReturn ? -2 : -1;
  return bytes.subarray(0, end);
}

/** Standard input can be read only once. @throws {CliError} usage if more than one of the paths is `-` */
export function requireOneStdin(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path !== undefined && isStdin(path)).length > 1) {
    throw new CliError('usage', 'Only one input can come from standard input');
  }
}

/** The CliError for more bytes than the limit. */
export function tooLarge(name: string, limit: number, facts: ErrorFacts = {}): CliError {
  const size = limit >= 1024 * 1024 ? `${limit / 1024 / 1024} MiB` : `${limit / 1024} KiB`;
  return new CliError('file-too-large', `${name} is larger than ${size}`, { facts });
}

function unreadable(
  path: string,
  name: string,
  error: unknown,
  withCause = true,
  facts: ErrorFacts = {},
): CliError {
  const options = { facts, ...(withCause ? { cause: error } : {}) };
  if (error instanceof SilentPipe)
    return new CliError('file-unreadable', `${name} is a pipe, and nothing came out of it in time`, options);
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return new CliError(
        'file-not-found',
        path.length > longestName && path.startsWith('MII')
          ? `${name} is not a file: it looks like base64, which MFA_CLI_P12_BASE64 takes`
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
