import { randomBytes } from 'node:crypto';

/** Who watches the tenant in a browser. They are beside the tenant's own sessions, which the console can end. */
export interface ConsoleSessions {
  /** Gives the value of its cookie. */
  begin(): string;
  isOpen(token: string): boolean;
  /** For an address that opens the console once, without a sign-in. */
  makeCode(): string;
  /** A session for a code; null: unknown, too old, or used before, which also ends the session that it began. */
  redeem(code: string): string | null;
}

/** Milliseconds. */
const sessionLifetime = 24 * 60 * 60 * 1000;
const codeLifetime = 60 * 1000;
/** Of more, the oldest ends. */
const sessionsKept = 100;

interface Code {
  readonly expiresAt: number;
  /** The session that it began; null: not yet used. */
  readonly session: string | null;
}

export function createConsoleSessions(now: () => Date): ConsoleSessions {
  /** When they end, in milliseconds since 1970. */
  const sessions = new Map<string, number>();
  const codes = new Map<string, Code>();
  const begin = (): string => {
    const token = randomBytes(32).toString('base64url');
    sessions.set(token, now().getTime() + sessionLifetime);
    const [oldest = token] = sessions.keys();
    if (sessions.size > sessionsKept) sessions.delete(oldest);
    return token;
  };
  return {
    begin,
    isOpen: (token) => (sessions.get(token) ?? 0) > now().getTime(),
    makeCode() {
      const code = randomBytes(32).toString('base64url');
      codes.set(code, { expiresAt: now().getTime() + codeLifetime, session: null });
      return code;
    },
    redeem(code) {
      const known = codes.get(code);
      if (known === undefined) return null;
      // Somebody else has seen the address: as with a code of OAuth (RFC 6749 §4.1.2), what they got with it ends.
      if (known.session !== null) sessions.delete(known.session);
      if (known.session !== null || known.expiresAt <= now().getTime()) return null;
      const session = begin();
      codes.set(code, { ...known, session });
      return session;
    },
  };
}
