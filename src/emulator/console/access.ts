import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Directory } from '../directory.ts';
import { cookie, readCookies } from '../http.ts';
import { administrator } from '../people.ts';
import { Shelf } from '../shelf.ts';
import type { World } from '../world.ts';

/** Milliseconds. */
const sessionLifetime = 24 * 60 * 60 * 1000;
const codeLifetime = 60 * 1000;
/** The oldest session ends. */
const maxSessions = 100;

interface ConsoleSession {
  readonly user: string;
  readonly expiresAt: number;
}

/** A code that signs the administrator in once. */
interface OneTimeCode {
  readonly expiresAt: number;
  /** The session that it started; null: it was not used yet. */
  session: string | null;
}

/** The part of an answer that gets a session. */
interface HeaderTarget {
  setHeader(name: string, value: string): unknown;
}

interface AccessParts extends Pick<World, 'url' | 'autoApprove' | 'now'> {
  readonly directory: Pick<Directory, 'findCaller'>;
}

/**
 * Decides who may see the console. Its sessions are separate from the tenant's own, which
 * the console can end.
 */
export class ConsoleAccess {
  readonly #parts: AccessParts;
  readonly #sessions: Shelf<ConsoleSession>;
  readonly #codes = new Map<string, OneTimeCode>();
  readonly #cookieName: string;

  constructor(parts: AccessParts) {
    this.#parts = parts;
    this.#sessions = new Shelf(parts.now, maxSessions);
    // Browsers share cookies between ports of a host, where another emulator may run.
    this.#cookieName = `mfa-cli-console-${new URL(parts.url).port}`;
  }

  isAllowed(user: string): boolean {
    return this.#parts.directory.findCaller(user)?.rights.includes('manage-tenant') === true;
  }

  /** Starts a session, and returns its token. */
  startSession(user: string, response: HeaderTarget): string {
    const token = randomToken();
    const expiresAt = this.#parts.now().getTime() + sessionLifetime;
    this.#sessions.put(token, { user, expiresAt });
    response.setHeader('Set-Cookie', cookie(this.#cookieName, token));
    return token;
  }

  /** The user of the browser's session; null: none, or no longer an administrator. */
  userOf(request: Pick<IncomingMessage, 'headers'>): string | null {
    const token = readCookies(request).get(this.#cookieName) ?? '';
    const user = this.#sessions.find(token)?.user ?? null;
    // Every user is the administrator then, also on a page from before a restart.
    if (user === null && this.#parts.autoApprove) return administrator.user;
    return user !== null && this.isAllowed(user) ? user : null;
  }

  /** A code for an address that signs the administrator in once. */
  makeCode(): string {
    const code = randomToken();
    const expiresAt = this.#parts.now().getTime() + codeLifetime;
    this.#codes.set(code, { expiresAt, session: null });
    return code;
  }

  /**
   * Starts a session for a code. A second use means that the address leaked: it also ends
   * the first session, as with OAuth codes (RFC 6749 §4.1.2).
   * @returns false if the code is unknown, expired or used
   */
  redeem(code: string, response: HeaderTarget): boolean {
    const known = this.#codes.get(code);
    if (known === undefined) return false;
    if (known.session !== null) {
      this.#sessions.remove(known.session);
      return false;
    }
    if (known.expiresAt <= this.#parts.now().getTime()) return false;
    known.session = this.startSession(administrator.user, response);
    return true;
  }
}

function randomToken(): string {
  return randomBytes(32).toString('base64url');
}
