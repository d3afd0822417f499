import { randomBytes } from 'node:crypto';
import { createShelf } from '../bounded.ts';
import { type Answering, type Asking, cookie, readCookies } from '../http.ts';
import { administrator } from '../people.ts';
import type { World } from '../world.ts';

/** Who may see the console. */
export function createDoor({ url, directory, autoApprove, now }: World) {
  const sessions = createConsoleSessions(now);
  // Browsers give the cookies of one port of a host to all others, where another emulator may be.
  const cookieName = `mfa-cli-console-${new URL(url).port}`;
  const setCookie = (response: Answering, token: string): void =>
    void response.setHeader('Set-Cookie', cookie(cookieName, token));
  const mayEnter = (user: string): boolean =>
    directory.findCaller(user)?.rights.includes('manage-tenant') === true;
  return {
    mayEnter,
    /** The user of the browser's session; null: it has none, or the user is no administrator any more. */
    admitted(request: Asking): string | null {
      const user = sessions.find(readCookies(request).get(cookieName) ?? '');
      // Whoever asks is the administrator; that goes for a page, too, that was open before the emulator was restarted.
      if (user === null && autoApprove) return administrator.user;
      return user !== null && mayEnter(user) ? user : null;
    },
    /** Begins a session, whose cookie goes with the response. */
    letIn: (user: string, response: Answering): void => setCookie(response, sessions.begin(user)),
    /** For an address that lets the administrator in without a sign-in. */
    makeCode: (): string => sessions.makeCode(administrator.user),
    /** Begins a session for a code. @returns whether the code was good */
    redeem(code: string, response: Answering): boolean {
      const token = sessions.redeem(code);
      if (token !== null) setCookie(response, token);
      return token !== null;
    },
  };
}

/** Milliseconds. */
const sessionLifetime = 24 * 60 * 60 * 1000;
const codeLifetime = 60 * 1000;
/** Of more, the oldest ends. */
const sessionsKept = 100;

interface Session {
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Who watches the tenant in a browser. They are beside the tenant's own sessions, which the console can end. */
export function createConsoleSessions(now: () => Date) {
  const sessions = createShelf<Session>(now, sessionsKept);
  /** Each with the session that it began; null: not yet used. */
  const codes = new Map<string, Session & { readonly session: string | null }>();
  const random = (): string => randomBytes(32).toString('base64url');
  /** Gives the value of its cookie. */
  const begin = (user: string): string => {
    const token = random();
    sessions.put(token, { user, expiresAt: now().getTime() + sessionLifetime });
    return token;
  };
  return {
    begin,
    /** The user of a session; null: there is none, or it has ended. */
    find: (token: string): string | null => sessions.find(token)?.user ?? null,
    /** For an address that opens the console once, without a sign-in. */
    makeCode(user: string): string {
      const code = random();
      codes.set(code, { user, expiresAt: now().getTime() + codeLifetime, session: null });
      return code;
    },
    /** A session for a code; null: unknown, too old, or used before, which also ends the session that it began. */
    redeem(code: string): string | null {
      const known = codes.get(code);
      if (known === undefined) return null;
      // Somebody else has seen the address: as with a code of OAuth (RFC 6749 §4.1.2), what they got with it ends.
      if (known.session !== null) sessions.remove(known.session);
      if (known.session !== null || known.expiresAt <= now().getTime()) return null;
      const session = begin(known.user);
      codes.set(code, { ...known, session });
      return session;
    },
  };
}
