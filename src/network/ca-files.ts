import { X509Certificate } from 'node:crypto';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { readFileInChunks, SilentPipe, type Waiting } from '../files/read.ts';

/** A bundle of all public CAs is a quarter of a megabyte. */
const limit = 8 * 1024 * 1024;

/** The text of the user's CA bundle. @throws {CliError} file-not-found, file-unreadable */
export async function readCaFile(path: string, waiting: Waiting): Promise<string> {
  const pem = await readText(path, waiting).catch((cause: unknown) => {
    waiting.signal.throwIfAborted();
    throw bundleError(path, cause);
  });
  try {
    // A secure context silently skips what it cannot read.
    new X509Certificate(pem);
  } catch (cause) {
    throw new CliError('file-unreadable', `The CA file ${path} holds no PEM certificate`, { cause });
  }
  return pem;
}

/** The text of a file; nothing if it is empty or cannot be read. */
export async function readPemIfPresent(path: string, waiting: Waiting): Promise<readonly string[]> {
  const text = await readText(path, waiting).catch(() => '');
  return text === '' ? [] : [text];
}

const certificate = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END \1CERTIFICATE-----/g;

/** The certificates of a PEM bundle up to the first that cannot be read: as far as OpenSSL reads. */
export function certificatesIn(bundle: string): string[] {
  const found: string[] = [];
  for (const [pem] of bundle.matchAll(certificate)) {
    try {
      found.push(new X509Certificate(pem).toString());
    } catch {
      break;
    }
  }
  return found;
}

/** Without the two forms that OpenSSL takes and BoringSSL, which Bun has, does not: a byte order mark, and OpenSSL's own kind of certificate. */
async function readText(path: string, waiting: Waiting): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readFileInChunks(path, waiting)) {
    length += chunk.length;
    if (length > limit) throw new RangeError('too large for a bundle');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  return text.includes('-----BEGIN TRUSTED CERTIFICATE-----') ? certificatesIn(text).join('') : text;
}

function bundleError(path: string, cause: unknown): CliError {
  if (systemCode(cause) === 'ENOENT')
    return new CliError('file-not-found', `The CA file ${path} does not exist`, { cause });
  if (cause instanceof SilentPipe)
    return new CliError(
      'file-unreadable',
      `The CA file ${path} is a pipe, and nothing came out of it in time`,
      { cause },
    );
  return cause instanceof RangeError
    ? new CliError('file-unreadable', `The CA file ${path} is not a bundle of certificates`, { cause })
    : new CliError('file-unreadable', `The CA file ${path} cannot be read`, { cause });
}
