import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SignInContext } from '../../src/auth/sign-in.ts';
import type { StoredSession } from '../../src/auth/stored-schemas.ts';
import { jwt } from './examples.ts';
import { refusal, type ScriptedTenant, startScriptedTenant } from './scripted-tenant.ts';
import {
  begin as beginAt,
  browse,
  callback,
  raw,
  type SignInUnderWay,
  unasked,
} from './sign-in-under-way.ts';

let tenant: ScriptedTenant;
beforeEach(async () => {
  tenant = await startScriptedTenant();
});
afterEach(() => tenant.close());

const begin = (change: Partial<SignInContext> = {}) => beginAt(tenant.url, change);

describe('a sign-in', () => {
  test('asks for a code with PKCE, and ends with a session and a page that says so', async () => {
    const started = await begin();
    const page = await browse(started.url.href);
    const session = await started.session;

    const { state, code_challenge, ...query } = Object.fromEntries(started.url.searchParams);
    expect(started.url.href.split('?')[0]).toBe(`${tenant.url}/OAuth2/Authorize/mfa-cli`);
    expect(query).toEqual({
      response_type: 'code',
      client_id: 'mfa-cli',
      redirect_uri: started.redirectUri,
      scope: 'all',
      code_challenge_method: 'S256',
    });
    expect([state, code_challenge]).toEqual([
      expect.stringMatching(/^[\w-]{43}$/),
      expect.stringMatching(/^[\w-]{43}$/),
    ]);
    expect(started.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(tenant.forms).toEqual([
      {
        path: '/OAuth2/Token/mfa-cli',
        form: {
          grant_type: 'authorization_code',
          client_id: 'mfa-cli',
          code: 'code-0',
          redirect_uri: started.redirectUri,
          code_verifier: expect.stringMatching(/^[\w-]{43,128}$/),
        },
      },
    ]);
    expect(session).toEqual({
      tenant: tenant.url,
      appId: 'mfa-cli',
      clientId: 'mfa-cli',
      grant: 'authorization-code',
      accessToken: 'access-1',
      refreshToken: 'refresh-0',
      expiresAt: '2030-01-01T17:00:00.000Z',
      scope: 'all',
      user: null,
    });
    // No code is left in the address bar, and the page can do nothing.
    expect(page.address).toBe(started.redirectUri.replace('/callback', '/done'));
    expect(page.text).toContain(`<h1>Signed in to ${new URL(tenant.url).host}</h1>`);
    expect(page.text).toContain('You can close this tab and return to the terminal.');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('starts the browser with the announced address', async () => {
    const opened: string[] = [];
    const started = await begin({
      openBrowser: async (url) => {
        opened.push(url);
        throw new Error('no browser here');
      },
    });
    await browse(started.url.href);
    await started.session;
    expect(opened).toEqual([started.url.href]);
  });

  test.each<[string, Record<string, unknown>, Partial<StoredSession>]>([
    [
      'an ID token',
      { id_token: jwt({ unique_name: 'ada@example.com', iss: 'anything' }) },
      { user: 'ada@example.com' },
    ],
    ['an ID token that is none', { id_token: 5 }, { user: null }],
    [
      'a JWT for an access token',
      { access_token: jwt({ sub: '7' }) },
      { user: '7', accessToken: jwt({ sub: '7' }) },
    ],
    ['no lifetime', { expires_in: undefined }, { expiresAt: null }],
    ['a lifetime in quotes', { expires_in: '60' }, { expiresAt: '2030-01-01T12:01:00.000Z' }],
    ['a lifetime beyond all dates', { expires_in: 1e300 }, { expiresAt: '2346-11-22T05:46:40.000Z' }],
    ['no refresh token', { refresh_token: undefined }, { refreshToken: null }],
    [
      'nulls for what is absent',
      { refresh_token: null, expires_in: null, scope: null, id_token: null },
      { refreshToken: null, expiresAt: null, scope: 'all' },
    ],
    ['another scope', { scope: 'less' }, { scope: 'less' }],
  ])('takes an answer with %s', async (_, extra, expected) => {
    tenant.extra = extra;
    const started = await begin();
    await browse(started.url.href);
    expect(await started.session).toMatchObject(expected);
  });

  test.each(['', '/', '/mfa-cli/'])('takes the issuer {tenant}%s in the response', async (path) => {
    tenant.extraRedirect = { iss: `${tenant.url}${path}` };
    const started = await begin();
    await browse(started.url.href);
    expect(await started.session).toMatchObject({ accessToken: 'access-1' });
  });
});

describe('what is no answer is refused and ignored', () => {
  test.each<[string, number, (sign: SignInUnderWay) => ReturnType<typeof raw>]>([
    ['a forged state', 400, (sign) => raw(callback({ ...sign, state: 'x'.repeat(43) }, { code: 'evil' }))],
    [
      'a forged state with an error',
      400,
      (sign) => raw(callback({ ...sign, state: 'x' }, { error: 'access_denied' })),
    ],
    ['no state', 400, (sign) => raw(`${sign.redirectUri}?code=evil`)],
    ['no query', 400, (sign) => raw(sign.redirectUri)],
    ['the state twice', 400, (sign) => raw(`${callback(sign, { code: 'evil' })}&state=${sign.state}`)],
    ['the code twice', 400, (sign) => raw(`${callback(sign, { code: 'evil' })}&code=worse`)],
    [
      'another host',
      400,
      (sign) => raw(callback(sign, { code: 'evil' }), { headers: { host: 'evil.example' } }),
    ],
    [
      'another port in the host',
      400,
      (sign) => raw(callback(sign, { code: 'evil' }), { headers: { host: '127.0.0.1:1' } }),
    ],
    ['a POST', 405, (sign) => raw(callback(sign, { code: 'evil' }), { method: 'POST' })],
    ['a HEAD', 405, (sign) => raw(callback(sign, { code: 'evil' }), { method: 'HEAD' })],
    ['the favicon', 404, (sign) => raw(new URL('/favicon.ico', sign.redirectUri).href)],
    ['another path', 404, (sign) => raw(callback(sign, { code: 'evil' }).replace('/callback', '/callback/'))],
    ['the final page before the end', 404, (sign) => raw(new URL('/done', sign.redirectUri).href)],
  ])('%s: %i', async (_, status, send) => {
    const started = await begin();
    expect(await send(started)).toMatchObject({ status });
    await browse(started.url.href);
    expect(await started.session).toMatchObject({ accessToken: 'access-1' });
    expect(tenant.forms).toHaveLength(1);
  });

  test('the host localhost is as good as 127.0.0.1', async () => {
    const started = await begin();
    const host = new URL(started.redirectUri).host.replace('127.0.0.1', 'localhost');
    const code = new URL(
      (await fetch(started.url, { redirect: 'manual' })).headers.get('location') ?? '',
    ).searchParams.get('code');
    expect(await raw(callback(started, { code: code ?? '' }), { headers: { host } })).toMatchObject({
      status: 303,
    });
    expect(await started.session).toMatchObject({ accessToken: 'access-1' });
  });
});

describe('a sign-in that fails', () => {
  test.each<[string, Record<string, string>, string, string]>([
    [
      'the person says no',
      { error: 'access_denied', error_description: 'not\u001b[31m now' },
      'sign-in-denied',
      'denied the sign-in: access_denied: not now',
    ],
    [
      'the tenant refuses',
      { error: 'invalid_scope', error_description: '<b>unknown scope</b>' },
      'sign-in-failed',
      'refused the sign-in: invalid_scope: <b>unknown scope</b>',
    ],
    [
      'the tenant goes on for long',
      { error: 'e', error_description: 'x'.repeat(5000) },
      'sign-in-failed',
      `refused the sign-in: e: ${'x'.repeat(497)}…`,
    ],
    ['no code comes', {}, 'sign-in-failed', 'sent the browser back without an authorization code'],
  ])('because %s', async (_, parameters, code, message) => {
    const started = await begin();
    const page = await browse(callback(started, parameters));
    await expect(started.session).rejects.toMatchObject({ code, message: `${tenant.url} ${message}` });
    expect(page.text).toContain('Not signed in');
    expect(page.text).not.toContain('<b>');
    expect(tenant.forms).toEqual([]);
  });

  test('because another issuer answered', async () => {
    const started = await begin();
    await browse(callback(started, { code: 'c', iss: 'https://evil.example/mfa-cli/' }));
    await expect(started.session).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: `The sign-in was answered by https://evil.example/mfa-cli/ instead of ${tenant.url}`,
    });
    expect(tenant.forms).toEqual([]);
  });

  test('because of a bug: the page tells nothing of it', async () => {
    const started = await begin({ http: { send: () => Promise.reject(new Error('hunter22')) } });
    const page = await browse(started.url.href);
    await expect(started.session).rejects.toThrow('hunter22');
    expect(page.text).toContain('<h1>Not signed in</h1>');
    expect(page.text).toContain('Something went wrong. The terminal says what to do next;');
  });

  test('because the code is not good: the page says the true outcome, and the code is tried once', async () => {
    const started = await begin();
    const page = await browse(callback(started, { code: 'guessed' }));
    const message = `${tenant.url} refused the token request: invalid_grant: supplied code does not match known request`;
    await expect(started.session).rejects.toMatchObject({ code: 'sign-in-failed', message });
    expect(page.text).toContain(`${message}.`);
    expect(tenant.forms).toHaveLength(1);
  });

  test.each<[string, string, { status: number; body: string }]>([
    ['sign-in-denied', 'access_denied', refusal('access_denied', 'user not allowed access to app')],
    ['sign-in-failed', 'the envelope', { status: 200, body: '{"success":false,"Message":"unknown app"}' }],
    ['sign-in-failed', 'nothing said', { status: 500, body: '{}' }],
    ['rate-limited', '429', { status: 429, body: '' }],
    ['tenant-not-json', 'a page', { status: 200, body: '<!DOCTYPE html>' }],
    ['tenant-not-json', 'a list', { status: 200, body: '[]' }],
    [
      'tenant-not-json',
      'a token that is none',
      { status: 200, body: '{"access_token":7,"token_type":"Bearer"}' },
    ],
    ['tenant-not-json', 'no token type', { status: 200, body: '{"access_token":"x"}' }],
    [
      'tenant-not-json',
      'another kind of token',
      { status: 200, body: '{"access_token":"x","token_type":"mac"}' },
    ],
  ])('with %s where the token endpoint answers with %s', async (code, _, answer) => {
    tenant.script = () => answer;
    const started = await begin();
    await browse(started.url.href);
    await expect(started.session).rejects.toMatchObject({ code });
  });

  test('shows no secret that the tenant echoes', async () => {
    tenant.script = (form) =>
      refusal('invalid_grant', `${form.get('code')} with ${form.get('code_verifier')}`);
    const started = await begin();
    const page = await browse(started.url.href);
    await expect(started.session).rejects.toMatchObject({
      message: `${tenant.url} refused the token request: invalid_grant: [secret] with [secret]`,
    });
    expect(page.text).not.toContain('code-0');
  });

  test('because the port is not free: names it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(begin({ port })).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: `Port ${port} of 127.0.0.1 is not free`,
      facts: { port: `${port}` },
    });
    other.close();
  });

  test('because nobody came: names the redirect URI', async () => {
    const started = await begin({ timeoutSeconds: 0.2 });
    await expect(started.session).rejects.toMatchObject({
      code: 'sign-in-timed-out',
      message: `The browser did not come to ${started.redirectUri} within 0.2 seconds`,
      facts: { redirectUri: started.redirectUri },
    });
  });

  test('because of Ctrl-C', async () => {
    const controller = new AbortController();
    const started = await begin({ signal: controller.signal });
    controller.abort();
    await expect(started.session).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('the loopback server', () => {
  test('is gone when the sign-in ends, with the connections that a browser keeps open', async () => {
    const started = await begin();
    const { port } = new URL(started.redirectUri);
    const idle = connect(Number(port), '127.0.0.1');
    await once(idle, 'connect');
    const closed = once(idle, 'close');
    await browse(started.url.href);
    await started.session;
    await closed;
    await expect(fetch(started.redirectUri)).rejects.toThrow();
  });

  test('holds the final page back until the outcome is known', async () => {
    const events: string[] = [];
    tenant.script = async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      events.push('token answer');
      return refusal('invalid_grant', 'late');
    };
    const started = await begin();
    const page = browse(started.url.href).then((page) =>
      events.push(page.text.includes('late') ? 'true page' : 'other page'),
    );
    await expect(started.session).rejects.toMatchObject({ code: 'sign-in-failed' });
    await page;
    expect(events).toEqual(['token answer', 'true page']);
  });
});

describe('a pasted address', () => {
  const codeFor = async (url: URL) =>
    new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '').href;

  test('is as good as the browser, once it is the right one', async () => {
    const problems: (string | null)[] = [];
    let started: SignInUnderWay | undefined;
    let signal: AbortSignal | undefined;
    const pasted = async (problem: string | null, stop: AbortSignal) => {
      problems.push(problem);
      signal = stop;
      await new Promise((resolve) => setTimeout(resolve, 20));
      const address = await codeFor((started as SignInUnderWay).url);
      const broken = `  ${address.slice(0, 40)}\n ${address.slice(40)}\t`;
      return (
        ['rubbish', 'http://127.0.0.1/callback?code=x', 'http://127.0.0.1/callback?code=x&state=y', broken][
          problems.length - 1
        ] ?? ''
      );
    };
    started = await begin({ attendant: { pasted, stops: unasked } });
    expect(await started.session).toMatchObject({ accessToken: 'access-1' });
    expect(problems).toEqual([
      null,
      'That is not the whole address: it has a code and a state in it',
      'That is not the whole address: it has a code and a state in it',
      'That address belongs to another sign-in',
    ]);
    expect(signal?.aborted).toBe(true);
  });

  test('is no longer waited for when the browser came', async () => {
    const stopped: boolean[] = [];
    const pasted = (_: string | null, signal: AbortSignal) =>
      new Promise<string>((_, reject) =>
        signal.addEventListener('abort', () => {
          stopped.push(true);
          reject(new Error('stopped'));
        }),
      );
    const started = await begin({ attendant: { pasted, stops: unasked } });
    await browse(started.url.href);
    expect(await started.session).toMatchObject({ accessToken: 'access-1' });
    expect(stopped).toEqual([true]);
  });

  test('that cannot be read ends the sign-in with what the prompt threw', async () => {
    const pasted = () => Promise.reject(new Error('prompt'));
    const started = await begin({ attendant: { pasted, stops: unasked } }).catch((error) => error);
    expect((started.session ? await started.session.catch((error: Error) => error) : started).message).toBe(
      'prompt',
    );
  });
});
