import { describe, expect, test } from 'vitest';
import { clientId, scope } from '../../src/emulator/browser/phone/device-calls.ts';
import { ConsoleAccess } from '../../src/emulator/console/access.ts';
import { everyRight, type Right } from '../../src/emulator/people.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, serviceToken } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import {
  mayBecomeAnother,
  namesOwners,
  requestAndLeave,
  requestAs,
  stranger,
} from '../support/second-user.ts';
import { openBrowser, signInWith } from './browser.ts';
import { authorizationUrl, postForm, startTenant, verifier } from './local-tenant.ts';

const asks = { autoApprove: false };
const isConsole = (html: string): boolean => html.includes('<script src="/emulator/console.js">');

describe('the console', () => {
  test('is behind the sign-in of an administrator', async () => {
    const emulator = await startTenant(asks);
    const browser = openBrowser();
    const login = await browser.open(emulator.url);
    expect([new URL(login.url).pathname, isConsole(login.html)]).toEqual(['/login', false]);
    const shown = await browser.submit(login, signInWith(emulator.administrator));
    expect([new URL(shown.url).pathname, isConsole(shown.html)]).toEqual(['/', true]);
    // Also where the sessions of the tenant end.
    emulator.revokeSessions();
    expect(isConsole((await browser.open(emulator.url)).html)).toBe(true);
  });

  test.runIf(mayBecomeAnother)('shows nothing to another user, even signed in', async () => {
    const emulator = await startTenant(asks);
    const opened = await fetch(emulator.consoleAddress());
    const [cookie] = (opened.headers.get('set-cookie') ?? '').split(';');
    const header = `Cookie: ${cookie}\r\n`;
    for (const path of ['/', '/emulator/console/state', '/emulator/console/events']) {
      const told = await requestAs(stranger, `${emulator.url}${path}`, { header });
      expect([path, told]).toEqual([path, expect.stringMatching(/^HTTP\/1\.1 403 /)]);
      expect(told).not.toMatch(/example\.com|^set-cookie:/im);
    }
    // Their sign-in to the tenant itself is like any.
    expect(await requestAs(stranger, `${emulator.url}/login`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('holds a name that is markup as text', async () => {
    const emulator = await startTenant(asks);
    const name = '</script><script>alert(1)</script>';
    const APNSCert = p12Bytes('01-default-aes256').toString('base64');
    await callApi(emulator, '/Mobile/SetApnsCertForClientApp', await serviceToken(emulator), {
      ...{ ClientAppKey: name, APNSCert, APNSPass: 'secret', APNSTopic: 'com.example.lab' },
    });
    const browser = openBrowser();
    const login = await browser.open(emulator.url);
    const { html } = await browser.submit(login, signInWith(emulator.administrator));
    const [, state = ''] =
      /<script type="application\/json" id="state">(.*?)<\/script>/s.exec(html) ?? [];
    expect(JSON.stringify(JSON.parse(state))).toContain(JSON.stringify(name));
  });

  test('is not for a user, who is told so and may sign in as somebody else', async () => {
    const emulator = await startTenant(asks);
    const browser = openBrowser();
    const refused = await browser.submit(
      await browser.open(emulator.url),
      signInWith(emulator.user),
    );
    expect([refused.status, isConsole(refused.html)]).toEqual([403, false]);
    expect(refused.html).toContain(
      'You are signed in as user@example.com, who is not an administrator.',
    );
    const login = await browser.open(`${emulator.url}/login?cloudRedirect=%2F`);
    expect(isConsole((await browser.submit(login, signInWith(emulator.administrator))).html)).toBe(
      true,
    );
  });

  test('is not opened by what may only act as a phone', async () => {
    const emulator = await startTenant(asks);
    const browser = openBrowser();
    const phone = { client_id: clientId, redirect_uri: `${emulator.url}/phone`, scope };
    const address = authorizationUrl({ ...emulator, appId: clientId }, phone);
    const arrived = await browser.submit(
      await browser.open(address),
      signInWith(emulator.administrator),
    );
    const { body } = await postForm(`${emulator.url}/OAuth2/Token/${clientId}`, {
      ...{
        grant_type: 'authorization_code',
        code: new URL(arrived.url).searchParams.get('code') ?? '',
      },
      ...{ ...phone, code_verifier: verifier },
    });
    const token = String(body.access_token);
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { cookie: `.ASPXAUTH=${token}` },
    ]) {
      const response = await fetch(emulator.url, { headers, redirect: 'manual' });
      expect([response.status, response.headers.get('set-cookie')]).toEqual([302, null]);
    }
  });

  test('needs no sign-in where the emulator asks for none', async () => {
    const { url } = await startTenant({ autoApprove: true });
    const { status, html } = await openBrowser().open(url);
    expect([status, isConsole(html)]).toEqual([200, true]);
  });

  test('lets a page do nothing but load its own script and styles, and gives its cookie to nobody else', async () => {
    const { url, consoleAddress } = await startTenant(asks);
    const cookie = (await fetch(consoleAddress())).headers.get('set-cookie') ?? '';
    const answer = await fetch(url, { headers: { cookie } });
    const { headers } = answer;
    // Without an icon of its own, a page makes the browser ask the tenant for one.
    expect(await answer.text()).toContain('<link rel="icon" href="data:,">');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; img-src data:; base-uri 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(cookie).toMatch(
      new RegExp(
        `^mfa-cli-console-${new URL(url).port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`,
      ),
    );
    const names = ['cache-control', 'x-content-type-options'];
    const origins = ['cross-origin-opener-policy', 'cross-origin-resource-policy'];
    const told = ['no-store', 'nosniff', 'same-origin', 'same-origin'];
    expect([...names, ...origins].map((name) => headers.get(name))).toEqual(told);
  });

  test('loads a script and styles from the tenant, and is not among the requests', async () => {
    const emulator = await startTenant();
    await fetch(emulator.url);
    const script = await fetch(`${emulator.url}/emulator/console.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect((await script.text()).length).toBeGreaterThan(100);
    const styles = await fetch(`${emulator.url}/emulator/console.css`);
    expect(styles.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(await styles.text()).toContain('color-scheme: light dark');
    expect(emulator.requests).toEqual([]);
  });
});

describe('an address that opens the console', () => {
  const visit = async (address: string, headers: Record<string, string> = {}) => {
    const response = await fetch(address, { headers });
    const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return { status: response.status, refresh: response.headers.get('refresh'), cookie };
  };
  const shows = async ({ url }: Emulator, cookie: string) =>
    isConsole(await (await fetch(url, { headers: { cookie } })).text());

  test('needs no sign-in, is not among the requests, and does it once: the second time ends what the first began', async () => {
    const emulator = await startTenant(asks);
    const address = emulator.consoleAddress();
    const first = await visit(address);
    const { status, refresh, cookie } = first;
    expect([status, refresh, await shows(emulator, cookie)]).toEqual([200, '0;url=/', true]);
    expect(emulator.requests).toEqual([]);
    const second = await visit(address);
    expect([second.status, second.cookie, await shows(emulator, cookie)]).toEqual([403, '', false]);
  });

  test('is not used up by a browser that fetches it before anybody asks', async () => {
    const address = (await startTenant(asks)).consoleAddress();
    const early = await visit(address, { 'sec-purpose': 'prefetch;prerender' });
    expect([early.status, early.cookie]).toEqual([403, '']);
    expect((await visit(address)).status).toBe(200);
  });

  test.runIf(mayBecomeAnother)(
    'does nothing for another user, who has read it in a list of processes',
    async () => {
      const address = (await startTenant(asks)).consoleAddress();
      for (const halfClosed of [false, true]) {
        const told = await requestAs(stranger, address, { halfClosed });
        expect(told).toMatch(/^HTTP\/1\.1 403 /);
        expect(told).toContain('only for the user who started the emulator');
        expect(told).not.toMatch(/^set-cookie:/im);
      }
      expect((await visit(address)).status).toBe(200);
    },
  );

  test.runIf(namesOwners)(
    'is not used up, and its session not ended, by a sender who is gone',
    async () => {
      const refused: string[] = [];
      const emulator = await startTenant({
        ...asks,
        refusedAtConsole: (peer) => void refused.push(peer),
      });
      const address = emulator.consoleAddress();
      const leave = async (): Promise<void> => {
        const before = refused.length;
        requestAndLeave(null, address);
        await expect.poll(() => refused.length).toBe(before + 1);
      };
      await leave();
      const { status, cookie } = await visit(address);
      expect([status, await shows(emulator, cookie)]).toEqual([200, true]);
      await leave();
      expect(await shows(emulator, cookie)).toBe(true);
      expect(refused).toEqual(['unknown', 'unknown']);
    },
  );

  test('does it within a minute, and the session lasts a day', () => {
    const { access, admits, redeem, at } = openAccess();
    const [late, soon] = [access.makeCode(), access.makeCode()];
    at(59_999);
    const session = redeem(soon);
    at(60_000);
    expect([redeem(late), redeem('guess'), admits(session)]).toEqual(['', '', true]);
    at(24 * 60 * 60 * 1000 + 59_998);
    expect(admits(session)).toBe(true);
    at(24 * 60 * 60 * 1000 + 59_999);
    expect([admits(session), admits('')]).toEqual([false, false]);
  });

  test('starts a session that is closed to who is no longer an administrator', () => {
    const { access, admits, redeem, takeRights } = openAccess();
    const session = redeem(access.makeCode());
    expect(admits(session)).toBe(true);
    takeRights();
    expect(admits(session)).toBe(false);
  });

  test('ends the oldest of a hundred sessions with the next', () => {
    const { access, admits, redeem } = openAccess();
    const [oldest = '', second = ''] = Array.from({ length: 100 }, () => redeem(access.makeCode()));
    expect(admits(oldest)).toBe(true);
    redeem(access.makeCode());
    expect([admits(oldest), admits(second)]).toEqual([false, true]);
  });
});

/** The access to a console whose every user is an administrator. */
function openAccess() {
  let time = 0;
  let rights: readonly Right[] = everyRight;
  const directory = { findCaller: () => ({ user: 'a', uuid: 'a', rights }) };
  const url = 'http://127.0.0.1:1';
  const access = new ConsoleAccess({
    url,
    directory,
    autoApprove: false,
    now: () => new Date(time),
  });
  return {
    access,
    at(milliseconds: number) {
      time = milliseconds;
    },
    takeRights() {
      rights = [];
    },
    admits: (token: string) =>
      access.userOf({ headers: { cookie: `mfa-cli-console-1=${token}` } }) !== null,
    /** The token of the session that a code starts; empty: none. */
    redeem(code: string): string {
      let set = '';
      access.redeem(code, {
        setHeader(_name: string, value: string) {
          set = value;
        },
      });
      return /=([^;]*)/.exec(set)?.[1] ?? '';
    },
  };
}
