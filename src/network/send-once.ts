import {
  type Agent,
  type IncomingMessage,
  request as openRequest,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import { CliError } from '../errors/cli-error.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** Bytes of a body to read before giving up on the answer. */
const bodyLimit = 8 * 1024 * 1024;

/** What came is not an answer to the request. */
export class NotHttp extends Error {}

/**
 * One request and its whole answer.
 * @throws {CliError} tenant-not-json for a body over 8 MiB, usage for a header that cannot be sent; NotHttp; the signal's
 * reason; and what Node.js and the agent throw
 */
export async function sendOnce(
  request: HttpRequest,
  agent: Agent,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const headers = { ...request.headers };
  requireHeaders(headers);
  const answer = await respond({ ...request, headers }, agent, signal);
  const { statusCode = 0 } = answer;
  // HTTP has no other status (RFC 9110 §15). Its body may never end.
  if (statusCode < 100 || statusCode > 599) {
    answer.on('error', () => {}).destroy();
    throw new NotHttp();
  }
  const bytes = await readBody(answer, new URL(request.url).origin);
  // Without a length an answer ends with its connection, so that one which we have ended looks whole (RFC 9112 §6.3).
  signal.throwIfAborted();
  // UTF-8, without the byte order mark that .NET may put first.
  return {
    status: statusCode,
    headers: joinHeaders(answer.headers),
    body: new TextDecoder().decode(bytes),
    bytes,
  };
}

function respond(request: HttpRequest, agent: Agent, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method, headers, body } = request;
  return new Promise((resolve, reject) => {
    const sent = openRequest(url, { method, agent, signal, headers: { ...headers } });
    const refuse = (): void => {
      reject(new NotHttp());
      sent.destroy();
    };
    sent
      .on('error', reject)
      .once('response', resolve)
      // A 100 or a 101 that nobody asked for.
      .once('continue', refuse)
      .once('upgrade', (_response, socket) => {
        socket.destroy();
        refuse();
      })
      .end(body);
  });
}

function requireHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      throw new CliError('usage', `The request cannot be sent: invalid ${name} header`, { cause });
    }
  }
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

/** Node.js joins most headers itself, and drops the second of some; `set-cookie` is a list. */
function joinHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [name, [value].flat().join(', ')]),
  );
}
