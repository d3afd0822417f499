import type { IncomingMessage, ServerResponse } from 'node:http';
import { script } from '../../browser/console/console.ts?browser';
import { renderApp } from '../../pages/app.ts';
import { consoleStyles } from '../../pages/console-styles.ts';
import type { AccessTokens } from '../access-tokens.ts';
import { resourceRoute, sendApp } from '../app-messages.ts';
import { readCookies } from '../authentication/cookies.ts';
import type { Directory } from '../directory.ts';
import { sendPage } from '../http-messages.ts';
import { sendMoved } from '../oauth/moved.ts';
import { signedIn } from '../oauth/signed-in.ts';
import { banner, openingPage, otherPersonPage, usedCodePage } from '../pages.ts';
import { administrator } from '../people.ts';
import type { Route } from '../route.ts';
import { createConsoleSessions } from './sessions.ts';

interface ConsoleParts {
  readonly url: string;
  readonly directory: Directory;
  readonly accessTokens: AccessTokens;
  /** Whether whoever asks is the administrator. */
  readonly autoApprove: boolean;
  now(): Date;
}

/** What an administrator sees of the tenant in a browser. */
interface Console {
  readonly routes: readonly Route[];
  /** An address that opens it without a sign-in: once, and within a minute. */
  address(): string;
}

const openPath = '/emulator/open';

export function createConsole(parts: ConsoleParts): Console {
  const { url, directory, accessTokens, autoApprove, now } = parts;
  const sessions = createConsoleSessions(now);
  // Browsers give the cookies of one port of a host to all others, where another emulator may be.
  const cookieName = `mfa-cli-console-${new URL(url).port}`;
  const setCookie = (response: ServerResponse, token: string): void =>
    void response.setHeader('Set-Cookie', `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict`);
  const isSignedIn = (request: IncomingMessage): boolean =>
    sessions.isOpen(readCookies(request).get(cookieName) ?? '');
  const isAdministrator = (user: string): boolean =>
    directory.findCaller(user)?.rights.includes('manage-tenant') === true;

  const show = (response: ServerResponse): void =>
    sendApp(
      response,
      renderApp({
        title: 'mfa-cli emulator',
        banner,
        styles: '/emulator/console.css',
        script: '/emulator/console.js',
        state: { url },
      }),
    );

  const routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/',
      unlisted: true,
      answer(request, response) {
        if (isSignedIn(request)) return show(response);
        const user = autoApprove ? administrator.user : (signedIn(request, accessTokens)?.user ?? null);
        if (user === null) return sendMoved(response, '/login?cloudRedirect=%2F');
        if (!isAdministrator(user)) return sendPage(response, 403, otherPersonPage(user));
        setCookie(response, sessions.begin());
        show(response);
      },
    },
    {
      method: 'GET',
      path: `${openPath}/*`,
      unlisted: true,
      answer(request, response) {
        const session = sessions.redeem(request.url?.slice(openPath.length + 1) ?? '');
        if (session === null) return sendPage(response, 403, usedCodePage());
        setCookie(response, session);
        // The next request comes from this page: one from outside, whose cookie it is, would not bring it.
        response.setHeader('Refresh', '0;url=/');
        sendPage(response, 200, openingPage());
      },
    },
    resourceRoute('/emulator/console.js', 'text/javascript', script),
    resourceRoute('/emulator/console.css', 'text/css', consoleStyles),
  ];
  return { routes, address: () => `${url}${openPath}/${sessions.makeCode()}` };
}
