import type { IncomingMessage, ServerResponse } from 'node:http';
import { strictPolicy, stylesheetSource } from '../report/html.ts';
import { isObject } from '../text/json.ts';
import { inHtml } from '../text/printable.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** In the vendor's spelling; case does not matter, and `*` matches any one segment. */
  readonly path: string;
  /** Listed instead of a secret path; null: not listed. */
  readonly listedAs?: string | null;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}

export function route(method: Route['method'], path: string, answer: Route['answer']): Route {
  return { method, path, answer };
}

/** The path in the route's spelling, or null if the route does not match. */
export function matchPath(route: Route, path: string): string | null {
  const pattern = route.path.split('/');
  const segments = path.split('/');
  if (segments.length !== pattern.length) return null;
  const isMatch = pattern.every(
    (word, i) => word === '*' || word.toLowerCase() === segments[i]?.toLowerCase(),
  );
  if (!isMatch) return null;
  return pattern.map((word, i) => (word === '*' ? segments[i] : word)).join('/');
}

export class BodyTooLarge extends Error {}

const maxBodyLength = 2 * 1024 * 1024;

/**
 * The request's body as UTF-8. Reads even a body that is too large to its end, since
 * clients read no answer earlier.
 * @throws {BodyTooLarge} over 2 MiB
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const body = await readAtMost(maxBodyLength, request);
  if (body === null) throw new BodyTooLarge();
  return body.toString('utf8');
}

/** Reads a stream to its end; null if it is longer than the limit. */
export async function readAtMost(
  maxLength: number,
  stream: AsyncIterable<Buffer>,
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length <= maxLength) chunks.push(chunk);
  }
  return length > maxLength ? null : Buffer.concat(chunks);
}

/** The token of `Authorization: Bearer …` (RFC 6750 §2.1), or null. */
export function readBearer(request: IncomingMessage): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

export function readQuery(request: IncomingMessage): URLSearchParams {
  return new URL(request.url ?? '', 'http://localhost').searchParams;
}

export function isForm(request: IncomingMessage): boolean {
  return /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '');
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  noteVerdict(response, value);
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** Whether a browser asks for a page to show. No other client sends this header. */
export function isNavigation(request: IncomingMessage): boolean {
  return request.headers['sec-fetch-mode'] === 'navigate';
}

/** Sends a page of `pages.ts`, which loads nothing and cannot be framed. */
export function sendPage(response: ServerResponse, status: number, page: string): void {
  response.setHeader('Content-Security-Policy', pagePolicy);
  send(response, status, 'text/html; charset=utf-8', page);
}

/** Without `form-action`: browsers also apply it to the redirect that follows a form. */
const pagePolicy = `${strictPolicy}; style-src ${stylesheetSource}; frame-ancestors 'none'`;

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

export function readCookies({
  headers,
}: Pick<IncomingMessage, 'headers'>): ReadonlyMap<string, string> {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split(/=(.*)/s));
  return new Map(pairs.map(([name = '', value = '']) => [name, value]));
}

/** The cookie of a session at the tenant, with or without an application. */
export const sessionCookie = '.ASPXAUTH';

/**
 * The `Set-Cookie` header for a cookie that scripts cannot read. With `Strict`, links
 * from other sites do not send it.
 */
export function cookie(name: string, value: string, sameSite: 'Strict' | 'Lax' = 'Strict'): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=${sameSite}`;
}

export function sendMoved(response: ServerResponse, location: string): void {
  response.setHeader('Location', location);
  const lines = [
    '<html><head><title>Object moved</title></head><body>',
    `<h2>Object moved to <a href="${inHtml(location)}">here</a>.</h2>`,
    '</body></html>',
    '',
  ];
  sendPage(response, 302, lines.join('\r\n'));
}

/**
 * Whether the request comes from a page of this tenant or from a program, not from
 * another page. The origin decides: browsers count another port of this machine as the
 * same site, with the same cookies.
 */
export function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  const isSameSite = site === undefined || site === 'same-origin';
  return isSameSite && (origin === undefined || origin === `http://${host}`);
}

/** The same for a change, for which browsers always send the origin. */
export function isOwnChange(request: IncomingMessage): boolean {
  return request.headers.origin !== undefined && isOwnPage(request);
}

/** The outcome of a request: the only part of its answer that others may see. */
export interface Verdict {
  readonly success: boolean;
  /** The `MessageID` or `Message` of an envelope, or an OAuth `error`; null: success. */
  readonly words: string | null;
}

const verdicts = new WeakMap<ServerResponse, Verdict>();
const maxWordsLength = 200;

/**
 * Remembers the outcome in an answer, which is the envelope of an API or an OAuth error,
 * until the answer is finished and the server lists it.
 */
export function noteVerdict(response: ServerResponse, answer: unknown): void {
  const verdict = readVerdict(answer);
  if (verdict !== null) verdicts.set(response, verdict);
}

/** Null: the answer has no outcome. */
export function verdictOf(response: ServerResponse): Verdict | null {
  return verdicts.get(response) ?? null;
}

/** @param answer the body of an answer before it becomes JSON */
export function readVerdict(answer: unknown): Verdict | null {
  if (!isObject(answer)) return null;
  const { success, MessageID, Message, error } = answer;
  if (success === true) return { success, words: null };
  const words = success === false ? (MessageID ?? Message) : error;
  if (typeof words !== 'string') return null;
  return { success: false, words: words.slice(0, maxWordsLength) };
}

const unlisted = new WeakSet<ServerResponse>();

/** Keeps an answer out of the list of requests: a phone that waits says nothing new. */
export function leaveUnlisted(response: ServerResponse): void {
  unlisted.add(response);
}

export function isUnlisted(response: ServerResponse): boolean {
  return unlisted.has(response);
}
