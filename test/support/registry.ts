import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Registry {
  readonly url: string;
  /** Method and path of each request, and the body of a POST. */
  readonly requests: readonly { readonly line: string; readonly body: Buffer }[];
}

/** A stand-in for the npm registry until the test is finished: what it answers by path; for anything else 404. */
export async function startRegistry(
  answers: (url: string) => Readonly<Record<string, string | Buffer | number>>,
): Promise<Registry> {
  const requests: { line: string; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ line: `${request.method} ${request.url}`, body: Buffer.concat(chunks) });
    const answer = answers(url)[request.url ?? ''] ?? 404;
    if (typeof answer === 'number') response.writeHead(answer).end('{}');
    else response.setHeader('Content-Type', 'application/json').end(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, requests };
}
