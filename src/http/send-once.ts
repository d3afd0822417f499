import type { Dispatcher } from 'undici';
import { CliError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** Bytes of a body to read before giving up on the answer. */
const bodyLimit = 8 * 1024 * 1024;
/** HTTP has no higher status (RFC 9110 §15); undici itself refuses those below 100. */
const highestStatus = 599;

/** One request and its whole answer. @throws {CliError} tenant-not-json for an invalid status or a body over 8 MiB; and what undici throws */
export async function sendOnce(
  request: HttpRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { default: send } = await import('undici/lib/api/api-request.js');
  const { origin, pathname, search } = new URL(request.url);
  const { statusCode, headers, body } = await send.call(dispatcher, {
    origin,
    path: `${pathname}${search}`,
    method: request.method as Dispatcher.HttpMethod,
    headers: { ...request.headers },
    body: request.body ?? null,
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  if (statusCode > highestStatus) {
    // Its body may never end; giving up on it is not an error.
    body.on('error', () => {}).destroy();
    throw new CliError('tenant-not-json', `${origin} does not speak HTTP`);
  }
  const bytes = await readBody(body, origin);
  // UTF-8, without the byte order mark that .NET may put first.
  return { status: statusCode, headers: joinHeaders(headers), body: new TextDecoder().decode(bytes), bytes };
}

async function readBody(body: AsyncIterable<Uint8Array>, origin: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bodyLimit)
      throw new CliError('tenant-not-json', `The answer from ${origin} is larger than 8 MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}
