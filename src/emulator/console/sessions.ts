import { randomBytes } from 'node:crypto';

/** Who watches the tenant in a browser. They are beside the tenant's own sessions, which the console can end. */
export interface ConsoleSessions {
  /** Gives the value of its cookie. */
  begin(user: string): string;
  /** The user of a session; null: there is none, or it has ended. */
  find(token: string): string | null;
  /** For an address that opens the console once, without a sign-in. */
  makeCode(user: string): string;
  /** A session for a code; null: unknown, too old, or used before, which also ends the session that it began. */
  redeem(code: string): string | null;
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

interface Code extends Session {
  /** The session that it began; null: not yet used. */
  readonly session: string | null;
}

export function createConsoleSessions(now: () => Date): ConsoleSessions {
  const sessions = new Map<string, Session>();
  const codes = new Map<string, Code>();
  const begin = (user: string): string => {
    const token = randomBytes(32).toString('base64url');
    sessions.set(token, { user, expiresAt: now().getTime() + sessionLifetime });
    const [oldest = token] = sessions.keys();
    if (sessions.size > sessionsKept) sessions.delete(oldest);
    return token;
  };
  return {
    begin,
    find(token) {
      const session = sessions.get(token);
      return session === undefined || session.expiresAt <= now().getTime() ? null : session.user;
    },
    makeCode(user) {
      const code = randomBytes(32).toString('base64url');
      codes.set(code, { user, expiresAt: now().getTime() + codeLifetime, session: null });
      return code;
    },
    redeem(code) {
      const known = codes.get(code);
      if (known === undefined) return null;
      // Somebody else has seen the address: as with a code of OAuth (RFC 6749 §4.1.2), what they got with it ends.
      if (known.session !== null) sessions.delete(known.session);
      if (known.session !== null || known.expiresAt <= now().getTime()) return null;
      const session = begin(known.user);
      codes.set(code, { ...known, session });
      return session;
    },
  };
}
