import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCookies } from '../authentication/cookies.ts';
import type { Directory } from '../directory.ts';
import { administrator } from '../people.ts';
import { createConsoleSessions } from './sessions.ts';

/** Who may see the console. */
interface Door {
  /** The user of the browser's session; null: it has none, or the user is no administrator any more. */
  admitted(request: IncomingMessage): string | null;
  mayEnter(user: string): boolean;
  /** Begins a session, whose cookie goes with the response. */
  letIn(user: string, response: ServerResponse): void;
  /** For an address that lets the administrator in without a sign-in. */
  makeCode(): string;
  /** The same for a code. @returns whether it was good */
  redeem(code: string, response: ServerResponse): boolean;
}

export function createDoor({
  url,
  directory,
  autoApprove,
  now,
}: {
  readonly url: string;
  readonly directory: Directory;
  readonly autoApprove: boolean;
  now(): Date;
}): Door {
  const sessions = createConsoleSessions(now);
  // Browsers give the cookies of one port of a host to all others, where another emulator may be.
  const cookieName = `mfa-cli-console-${new URL(url).port}`;
  const setCookie = (response: ServerResponse, token: string): void =>
    void response.setHeader('Set-Cookie', `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict`);
  const mayEnter = (user: string): boolean =>
    directory.findCaller(user)?.rights.includes('manage-tenant') === true;
  return {
    mayEnter,
    admitted(request) {
      const user = sessions.find(readCookies(request).get(cookieName) ?? '');
      // Whoever asks is the administrator; that goes for a page, too, that was open before the emulator was restarted.
      if (user === null && autoApprove) return administrator.user;
      return user !== null && mayEnter(user) ? user : null;
    },
    letIn: (user, response) => setCookie(response, sessions.begin(user)),
    makeCode: () => sessions.makeCode(administrator.user),
    redeem(code, response) {
      const token = sessions.redeem(code);
      if (token !== null) setCookie(response, token);
      return token !== null;
    },
  };
}
