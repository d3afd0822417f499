import type { Emulator } from '../../src/emulator/tenants.ts';
import { authorizationUrl, exchangeCode, redirectUri } from './local-tenant.ts';

export interface Page {
  readonly status: number;
  readonly url: string;
  readonly html: string;
  readonly policy: string | null;
}

/** A browser without windows: it keeps cookies and follows redirects up to the client's redirect URI. */
export function openBrowser() {
  const cookies = new Map<string, { value: string; path: string }>();
  const load = async (
    url: string,
    body?: URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<Page> => {
    const { pathname } = new URL(url);
    const sent = [...cookies].filter(([, cookie]) => pathname.startsWith(cookie.path));
    const response = await fetch(url, {
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; '),
        ...headers,
      },
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, { value, path: /path=([^;]+)/.exec(line)?.[1] ?? '/' });
    }
    const location = response.headers.get('location');
    if (location === null) {
      const policy = response.headers.get('content-security-policy');
      return { status: response.status, url, html: await response.text(), policy };
    }
    const next = new URL(location, url).href;
    return next.startsWith(redirectUri)
      ? { status: 0, url: next, html: '', policy: null }
      : load(next);
  };
  return {
    open: (url: string) => load(url),
    submit: (page: Page, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      load(page.url, new URLSearchParams(fields), headers),
  };
}

/** The sign-in form, filled in. */
export const signInWith = (account: {
  user: string;
  password: string;
}): Record<string, string> => ({
  user: account.user,
  password: account.password,
  action: 'sign-in',
});

/** A browser that has been sent to sign in. */
export async function openSignIn(emulator: Emulator) {
  const browser = openBrowser();
  return { browser, page: await browser.open(authorizationUrl(emulator)) };
}

/** The access token of somebody who signs in and allows what is asked; whoever has allowed it once is not asked again. */
export async function signInOnPage(
  emulator: Emulator,
  account: { user: string; password: string },
): Promise<string> {
  const { browser, page } = await openSignIn(emulator);
  const signedIn = await browser.submit(page, signInWith(account));
  const allowed = signedIn.url.startsWith(redirectUri)
    ? signedIn
    : await browser.submit(signedIn, { result: '1' });
  const { searchParams } = new URL(allowed.url);
  const { body } = await exchangeCode(emulator, searchParams.get('code') ?? '');
  return String(body.access_token);
}
