import type { IncomingMessage, ServerResponse } from 'node:http';
import { strictPolicy, stylesheetSource } from '../report/html.ts';
import { isObject } from '../text/json.ts';
import { inHtml } from '../text/printable.ts';

export type Asking = IncomingMessage;

export type Answering = ServerResponse;

export interface Exchange {
  readonly request: Asking;
  readonly response: Answering;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** In the vendor's spelling; case does not matter, and a segment `*` matches any one segment. */
  readonly path: string;
  /** Listed instead of a secret path; null: not listed. */
  readonly listedAs?: string | null;
  answer(request: Asking, response: Answering): Promise<void> | void;
}

export const route = (method: Route['method'], path: string, answer: Route['answer']): Route => ({
  ...{ method, path, answer },
});

/** The path in the route's spelling, or null if the route does not match. */
export function matchPath(route: Route, path: string): string | null {
  const pattern = route.path.split('/');
  const segments = path.split('/');
  if (segments.length !== pattern.length) return null;
  const matches = pattern.every(
    (word, i) => word === '*' || word.toLowerCase() === segments[i]?.toLowerCase(),
  );
  return matches ? pattern.map((word, i) => (word === '*' ? segments[i] : word)).join('/') : null;
}

export class BodyTooLarge extends Error {}

const bodyLimit = 2 * 1024 * 1024;

/** The request's body as UTF-8. @throws {BodyTooLarge} over 2 MiB, after reading it all: clients read no answer earlier */
export async function readBody(request: Asking): Promise<string> {
  const body = await readAtMost(bodyLimit, request);
  if (body === null) throw new BodyTooLarge();
  return body.toString('utf8');
}

/** Reads a stream to its end; null if it is longer than the limit. */
export async function readAtMost(
  limit: number,
  stream: AsyncIterable<Buffer>,
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  return length > limit ? null : Buffer.concat(chunks);
}

/** The token of `Authorization: Bearer …` (RFC 6750 §2.1), or null. */
export function readBearer(request: Asking): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

export function readQuery(request: Asking): URLSearchParams {
  return new URL(request.url ?? '', 'http://localhost').searchParams;
}

export function isForm(request: Asking): boolean {
  return /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '');
}

export function sendJson(response: Answering, status: number, value: unknown): void {
  noteVerdict(response, value);
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** Whether a browser asks for a page to show. No other client sends this header. */
export function isNavigation(request: Asking): boolean {
  return request.headers['sec-fetch-mode'] === 'navigate';
}

/** Sends a page of `pages.ts`, which loads nothing and cannot be framed. */
export function sendPage(response: Answering, status: number, page: string): void {
  response.setHeader('Content-Security-Policy', pagePolicy);
  send(response, status, 'text/html; charset=utf-8', page);
}

/** Without `form-action`, which browsers also apply to the redirect to the client that follows a form. */
const pagePolicy = `${strictPolicy}; style-src ${stylesheetSource}; frame-ancestors 'none'`;

/** Sends a complete answer that no browser caches or sniffs. */
export function send(response: Answering, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}

export function readCookies({ headers }: Pick<Asking, 'headers'>): ReadonlyMap<string, string> {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split(/=(.*)/s));
  return new Map(pairs.map(([name = '', value = '']) => [name, value]));
}

/** The cookie of a session at the tenant, with or without an application. */
export const sessionCookie = '.ASPXAUTH';

/** The `Set-Cookie` header for a cookie that scripts cannot read. `Strict`: links from other sites do not send it. */
export function cookie(name: string, value: string, sameSite: 'Strict' | 'Lax' = 'Strict'): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=${sameSite}`;
}

export function sendMoved(response: Answering, location: string): void {
  response.setHeader('Location', location);
  sendPage(
    response,
    302,
    `<html><head><title>Object moved</title></head><body>\r\n<h2>Object moved to <a href="${inHtml(location)}">here</a>.</h2>\r\n</body></html>\r\n`,
  );
}

/**
 * Whether a page of this tenant asks, or a program: not a page of another site, or of another port of this machine, which
 * browsers count as the same site with the same cookies.
 */
export function isOwnPage({ headers }: Asking): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  const isSame = site === undefined || site === 'same-origin';
  return isSame && (origin === undefined || origin === `http://${host}`);
}

/** Whether a page of this tenant asks for a change: browsers always send the origin then. */
export function isOwnChange(request: Asking): boolean {
  return request.headers.origin !== undefined && isOwnPage(request);
}

/** The outcome of a request: the only part of its answer that others may see. */
export interface Verdict {
  readonly success: boolean;
  /** The `MessageID` or `Message` of an envelope, or an OAuth `error`; null: success. */
  readonly words: string | null;
}

const verdicts = new WeakMap<Answering, Verdict>();
const longestWords = 200;

/** Remembers the outcome in an answer: the envelope of an API, or an OAuth error. */
export function noteVerdict(response: Answering, answer: unknown): void {
  const verdict = readVerdict(answer);
  if (verdict !== null) verdicts.set(response, verdict);
}

/** Null: the answer has no outcome. */
export function verdictOf(response: Answering): Verdict | null {
  return verdicts.get(response) ?? null;
}

/** @param answer the body of an answer before it becomes JSON */
export function readVerdict(answer: unknown): Verdict | null {
  if (!isObject(answer)) return null;
  const { success, MessageID, Message, error } = answer;
  if (success === true) return { success, words: null };
  const words = success === false ? (MessageID ?? Message) : error;
  return typeof words === 'string' ? { success: false, words: words.slice(0, longestWords) } : null;
}
