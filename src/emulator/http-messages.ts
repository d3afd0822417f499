import type { IncomingMessage, ServerResponse } from 'node:http';
import { stylesheetSource } from '../report/pages/stylesheet.ts';
import { noteVerdict } from './verdict.ts';

/** Thrown by `readBody`: HTTP 413. */
export class BodyTooLarge extends Error {}

const bodyLimit = 2 * 1024 * 1024;

/** The request's body as UTF-8. @throws {BodyTooLarge} over 2 MiB, once all of it has come: clients read no answer before */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= bodyLimit) chunks.push(chunk);
  }
  if (length > bodyLimit) throw new BodyTooLarge();
  return Buffer.concat(chunks).toString('utf8');
}

/** The token of `Authorization: Bearer …` (RFC 6750 §2.1), or null. */
export function readBearer(request: IncomingMessage): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** Whether the body is a form. */
export function isForm(request: IncomingMessage): boolean {
  return /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '');
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  noteVerdict(response, value);
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** Whether a browser asks for what it will show, and so a person reads the answer. No other client says this of itself. */
export function isNavigation(request: IncomingMessage): boolean {
  return request.headers['sec-fetch-mode'] === 'navigate';
}

/** Sends a page of `pages.ts`, which loads nothing and may not be framed. */
export function sendPage(response: ServerResponse, status: number, page: string): void {
  response.setHeader('Content-Security-Policy', pagePolicy);
  send(response, status, 'text/html; charset=utf-8', page);
}

/** Says nothing of `form-action`: browsers apply it to the redirect to the client that follows a form, too. */
const pagePolicy = `default-src 'none'; style-src ${stylesheetSource}; base-uri 'none'; frame-ancestors 'none'`;

/** Sends a complete answer that no browser caches or sniffs. */
export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}
