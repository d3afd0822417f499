import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { nameOf, readWhole, tooLarge } from '../../files/read.ts';
import { parseJson } from '../../text/json.ts';

/** The largest body that is sent, in bytes. */
const bodyLimit = 1024 * 1024;

/**
 * The JSON text of `--data`: itself, of `@FILE`, or of stdin (`-`), without a byte order mark.
 * @throws {CliError} usage (no JSON), file-not-found, file-unreadable, file-too-large, interrupted
 */
export async function readRequestBody(data: string, context: Context): Promise<string> {
  const path = data === '-' ? data : data.startsWith('@') ? data.slice(1) : null;
  if (path === '') throw new CliError('usage', 'The name of the file with the data is empty');
  const name = path === null ? '--data' : nameOf(path);
  const text = decodeUtf8(await readBytes(path, data, context));
  if (text === null || parseJson(text) === undefined)
    throw new CliError('usage', `${name} does not hold JSON`);
  return text;
}

async function readBytes(path: string | null, data: string, context: Context): Promise<Uint8Array> {
  if (path !== null) return readWhole(path, bodyLimit, context);
  const bytes = Buffer.from(data);
  if (bytes.length > bodyLimit) throw tooLarge('--data', bodyLimit);
  return bytes;
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
