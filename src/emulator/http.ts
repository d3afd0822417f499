import type { IncomingMessage, ServerResponse } from 'node:http';
import { stylesheetSource } from '../report/document.ts';
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
  /** Told of a request in place of the path, which is a secret; null: nothing is told. */
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

/** The request's body as UTF-8. @throws {BodyTooLarge} over 2 MiB, once all of it has come: clients read no answer before */
export async function readBody(request: Asking): Promise<string> {
  const body = await readAtMost(bodyLimit, request);
  if (body === null) throw new BodyTooLarge();
  return body.toString('utf8');
}

/** All that comes, or null if it is longer; the rest is discarded. */
export async function readAtMost(limit: number, stream: AsyncIterable<Buffer>): Promise<Buffer | null> {
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

/** Whether a browser asks for what it will show, and so a person reads the answer. No other client says this of itself. */
export function isNavigation(request: Asking): boolean {
  return request.headers['sec-fetch-mode'] === 'navigate';
}

/** Sends a page of `pages.ts`, which loads nothing and may not be framed. */
export function sendPage(response: Answering, status: number, page: string): void {
  response.setHeader('Content-Security-Policy', pagePolicy);
  send(response, status, 'text/html; charset=utf-8', page);
}

/** Says nothing of `form-action`: browsers also apply it to the redirect to the client that follows a form. */
const pagePolicy = `default-src 'none'; style-src ${stylesheetSource}; base-uri 'none'; frame-ancestors 'none'`;

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

export function readCookies({ headers }: Asking): ReadonlyMap<string, string> {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split(/=(.*)/s));
  return new Map(pairs.map(([name = '', value = '']) => [name, value]));
}

/** The cookie of a session of the tenant's, and of one without an application. */
export const sessionCookie = '.ASPXAUTH';

/** The `Set-Cookie` header for a cookie that no page can read. `Strict`: no other site can lead here with it. */
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
 * Whether a page of this very tenant asks, or a program that is no browser: not one of another site, nor of another port of
 * this machine, which browsers count as the same site and give the same cookies.
 */
export function isOwnPage({ headers }: Asking): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  const isSame = site === undefined || site === 'same-origin';
  return isSame && (origin === undefined || origin === `http://${host}`);
}

/** Whether a page of this very tenant asks for a change: every browser says there whose page asks. */
export function isOwnChange(request: Asking): boolean {
  return request.headers.origin !== undefined && isOwnPage(request);
}

/** The tenant's judgment of a request: all of its answer that is told to others than the one who asked. */
export interface Verdict {
  readonly success: boolean;
  /** The `MessageID` or `Message` of an envelope, or an OAuth `error`; null: it said yes. */
  readonly words: string | null;
}

const verdicts = new WeakMap<Answering, Verdict>();
const longestWords = 200;

/** Keeps what an answer says: the envelope of an API, or an OAuth error. */
export function noteVerdict(response: Answering, answer: unknown): void {
  const verdict = readVerdict(answer);
  if (verdict !== null) verdicts.set(response, verdict);
}

/** Null: it was no answer of that kind. */
export function verdictOf(response: Answering): Verdict | null {
  return verdicts.get(response) ?? null;
}

/** @param answer the body of an answer, before it becomes JSON */
export function readVerdict(answer: unknown): Verdict | null {
  if (!isObject(answer)) return null;
  const { success, MessageID, Message, error } = answer;
  if (success === true) return { success, words: null };
  const words = success === false ? (MessageID ?? Message) : error;
  return typeof words === 'string' ? { success: false, words: words.slice(0, longestWords) } : null;
}
