import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { SignInContext } from '../../src/auth/sign-in.ts';
import type { StoredSession } from '../../src/auth/stored-schemas.ts';
import { hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { nowhere } from '../../src/errors/hint.ts';
import type { Http } from '../../src/network/http.ts';
import { testCases } from '../support/cases.ts';
import { createMachine } from '../support/context.ts';
import { fetchHttp } from '../support/fetch-http.ts';
import { startServer } from '../support/http.ts';
import { namesOwners, requestAndLeave } from '../support/second-user.ts';
import { jwt } from './examples.ts';
import { refusal, type ScriptedTenant, startScriptedTenant } from './scripted-tenant.ts';
import {
  begin as beginAt,
  browse,
  callback,
  raw,
  type SignInUnderWay,
} from './sign-in-under-way.ts';

let tenant: ScriptedTenant;
beforeEach(async () => {
  tenant = await startScriptedTenant();
});
afterEach(() => tenant.close());

const begin = (change: Partial<SignInContext> = {}) => beginAt(tenant.url, change);
const signedIn = { accessToken: 'access-1' };

describe('a sign-in', () => {
  test('asks for a code with PKCE, and ends with a session and a page that says so', async () => {
    const started = await begin();
    const page = await browse(started.url.href);
    const session = await started.session;

    const { state, code_challenge, login_hint, ...query } = Object.fromEntries(
      started.url.searchParams,
    );
    expect(started.url.href.split('?')[0]).toBe(`${tenant.url}/OAuth2/Authorize/mfa-cli`);
    const client = { client_id: 'mfa-cli', redirect_uri: started.redirectUri };
    const asked = { response_type: 'code', ...client, scope: 'all', code_challenge_method: 'S256' };
    expect(query).toEqual(asked);
    for (const random of [state, code_challenge]) expect(random).toMatch(/^[\w-]{43}$/);
    expect(started.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    const code_verifier = expect.stringMatching(/^[\w-]{43,128}$/);
    const form = { grant_type: 'authorization_code', ...client, code: 'code-0', code_verifier };
    expect(tenant.forms).toEqual([{ path: '/OAuth2/Token/mfa-cli', form }]);
    expect(session).toEqual({
      ...{ tenant: tenant.url, appId: 'mfa-cli', clientId: 'mfa-cli', grant: 'authorization-code' },
      ...{
        accessToken: 'access-1',
        refreshToken: 'refresh-0',
        expiresAt: '2030-01-01T17:00:00.000Z',
      },
      ...{ scope: 'all', user: null },
    });
    // No code is left in the address bar.
    expect(page.address).toBe(started.redirectUri.replace('/callback', '/done'));
    expect(page.text).toContain(`<h1>Signed in to ${new URL(tenant.url).host}</h1>`);
    expect(started.warnings).toEqual([]);
  });

  test('starts the browser with an address that shows nothing, and leads it to the announced one', async () => {
    const opened: string[] = [];
    const started = await begin({
      openBrowser: async (url) => {
        opened.push(url);
        throw new Error('no browser here');
      },
    });
    const [address = ''] = opened;
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
    expect(started.url.searchParams.get('login_hint')).toBe('ada@example.com');
    expect(await raw(address)).toMatchObject({ status: 302, location: started.url.href });
    await browse(address);
    expect(await started.session).toMatchObject(signedIn);
  });

  test('takes the issuer below the tenant and the ID token, and looks whose session it is before the page says so', async () => {
    tenant.extraRedirect = { iss: `${tenant.url}/mfa-cli/` };
    const id_token = jwt({ unique_name: 'eve@a.test', iss: 'x' });
    tenant.extra = { id_token, refresh_token: null, expires_in: '60' };
    const refused = new CliError('sign-in-other-user', 'eve@a.test came back');
    const started = await begin({ accept: () => Promise.reject(refused) });
    const page = await browse(started.url.href);
    await expect(started.session).rejects.toBe(refused);
    expect(page.text).toContain('<h1>Not signed in</h1>');
    const looked: (string | null)[] = [];
    const accept = async (session: StoredSession) => {
      looked.push(session.user, session.refreshToken, session.expiresAt);
      return { ...session, user: 'ada@a.test' };
    };
    const again = await begin({ accept });
    const last = await browse(again.url.href);
    expect(await again.session).toMatchObject({ user: 'ada@a.test' });
    expect(looked).toEqual(['eve@a.test', null, '2030-01-01T12:01:00.000Z']);
    expect(last.text).toContain('<dt>User</dt><dd>ada@a.test</dd>');
  });
});

/** What a sign-in ends with, in the terminal and on the page, if the browser is sent back so, and the tenant's token requests. */
async function failing(
  query: Record<string, string> | null,
  answer?: { status: number; body: string },
) {
  tenant.script = answer === undefined ? null : () => answer;
  const started = await begin();
  const page = await browse(query === null ? started.url.href : callback(started, query));
  const { code, message } = await started.session.then(
    () => expect.fail('signed in'),
    (error: CliError) => error,
  );
  expect(page.address).toContain('/done');
  const lead = /<h1>Not signed in<\/h1>\n<p class="lead">(.*?)<\/p>/.exec(page.text)?.[1];
  const requests = tenant.forms.splice(0).length;
  return JSON.parse(
    JSON.stringify([`${code}: ${message}`, lead, requests]).replaceAll(tenant.url, 'T'),
  );
}

testCases('auth/browser-sign-in', {
  'the query that the browser brings, the failure, its page, and the token requests': failing,
  'the answer of the token endpoint': (status: number, body: unknown) =>
    failing(null, { status, body: typeof body === 'string' ? body : JSON.stringify(body) }),
});

describe('a sign-in that fails', () => {
  test('because of a bug: the page tells nothing of it', async () => {
    const started = await begin({ http: { send: () => Promise.reject(new Error('hunter22')) } });
    const page = await browse(started.url.href);
    await expect(started.session).rejects.toThrow('hunter22');
    expect(page.text).toContain(
      'An unexpected error occurred. You can close this tab; the terminal shows what to do next.',
    );
  });

  test('shows no secret that the tenant echoes', async () => {
    tenant.script = (form) =>
      refusal('invalid_grant', `${form.get('code')} with ${form.get('code_verifier')}`);
    const started = await begin();
    const page = await browse(started.url.href);
    const message = `${tenant.url} rejected the token request: invalid_grant: [secret] with [secret]`;
    await expect(started.session).rejects.toMatchObject({ message });
    expect(page.text).not.toContain('code-0');
  });

  test('because of a page in place of the tokens: doubts no address', async () => {
    tenant.script = () => ({ status: 500, body: '<html>' });
    const started = await begin();
    await browse(started.url.href);
    const error = await started.session.catch((caught: CliError) => caught);
    expect(error).toMatchObject({ code: 'tenant-not-json', facts: { answered: 'sign-in' } });
    expect(hintsFor(error as CliError, nowhere).join(' ')).toContain('its address is right');
  });

  test('because nobody came: names the redirect URI', async () => {
    const { redirectUri, session } = await begin({ timeoutSeconds: 0.2 });
    await expect(session).rejects.toMatchObject({
      code: 'sign-in-timed-out',
      message: `The browser did not return to ${redirectUri} within 0.2 s`,
      facts: { redirectUri },
    });
  });

  test('because of an error without a state: says so', async () => {
    const started = await begin({ timeoutSeconds: 1 });
    const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const denied = '?error=access_denied&error_description=User%20denied%20confirmation';
    await raw(`${started.redirectUri}${denied}`, { headers });
    await expect(started.session).rejects.toMatchObject({
      code: 'sign-in-timed-out',
      message:
        "The browser returned an error, the tenant's or a forged one, and no sign-in within 1 s: access_denied: User denied confirmation",
      facts: { awaited: 'sign-in' },
    });
  });

  test('because of Ctrl-C: the port is free then, and what a browser keeps open is closed', async () => {
    const controller = new AbortController();
    const started = await begin({ signal: controller.signal });
    const idle = connect(Number(new URL(started.redirectUri).port), '127.0.0.1');
    await once(idle, 'connect');
    const closed = once(idle, 'close');
    controller.abort();
    await expect(started.session).rejects.toMatchObject({ code: 'interrupted' });
    await closed;
    await expect(fetch(started.redirectUri)).rejects.toThrow();
  });
});

describe('an error without a state', () => {
  const window = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const denied = '?error=access_denied&error_description=User%20denied%20confirmation';
  const words = 'access_denied: User denied confirmation';
  const told = `The browser returned an error, the tenant's or a forged one: ${words}; the sign-in continues`;
  const bring = (sign: SignInUnderWay, query = denied, headers = {}) =>
    raw(`${sign.redirectUri}${query}`, { headers: { ...window, ...headers } });
  /** Waits for the warnings, or the end of the sign-in. */
  const isTold = async (sign: SignInUnderWay, count: number) => {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    sign.session.then(end, end);
    while (!isOver && sign.warnings.length < count)
      await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test.each([
    [1, denied, words],
    [6, '?error=odd_error', 'odd_error'],
    [
      1,
      `?error=odd_error&error_description=${encodeURIComponent('<img src=x>"\'')}`,
      'odd_error: <img src=x>"\'',
    ],
    [
      1,
      `?error=odd_error&error_description=${'x'.repeat(200_000)}`,
      `odd_error: ${'x'.repeat(489)}…`,
    ],
  ])(
    'that comes %i times is told three times at most, in one clean line, and the wait goes on',
    async (times, query, shown) => {
      const started = await begin();
      for (let time = 0; time < times; time++) {
        const { status, text } = await bring(started, query);
        expect([status, text]).toEqual([400, expect.not.stringContaining(shown)]);
      }
      const count = Math.min(times, 3);
      await isTold(started, count);
      await browse(started.url.href);
      expect(await started.session).toMatchObject(signedIn);
      expect(started.warnings).toEqual(Array(count).fill(told.replace(words, shown)));
    },
  );

  // Elsewhere another user may have sent it.
  test.runIf(namesOwners).each<[string, () => Record<string, string>]>([
    ['the browser itself', () => ({ 'sec-fetch-site': 'none' })],
    [
      'a page of the tenant',
      () => ({ 'sec-fetch-site': 'cross-site', referer: `${tenant.url}/consent` }),
    ],
  ])('ends the sign-in at once where %s brings it', async (_case, headers) => {
    const started = await begin();
    for (let time = 0; time < 4; time++) await bring(started, '?error=forged');
    await bring(started, denied, headers());
    const message = `${tenant.url} denied the sign-in: ${words}`;
    await expect(started.session).rejects.toMatchObject({ code: 'sign-in-denied', message });
  });

  test('ends the sign-in where the tenant itself refuses the application, and is asked once', async () => {
    const asked: string[] = [];
    const http = {
      send: async ({ url }: { url: string }) => {
        asked.push(url);
        const body = JSON.stringify({ error: 'invalid_scope', error_description: 'unknown scope' });
        return { status: asked.length === 1 ? 302 : 400, headers: { location: '/login' }, body };
      },
    };
    const stop = new AbortController();
    const patient = await begin({ http, signal: stop.signal });
    for (const count of [1, 2]) {
      await bring(patient);
      await isTold(patient, count);
    }
    stop.abort();
    await expect(patient.session).rejects.toMatchObject({ code: 'interrupted' });
    expect(asked).toHaveLength(1);
    const refused = await begin({ http });
    await bring(refused);
    await expect(refused.session).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: `${tenant.url} rejected the sign-in: invalid_scope: unknown scope`,
      facts: { cause: 'scope' },
    });
  });

  test.each(['tenant-unreachable', 'tenant-timeout', 'tenant-tls'] as const)(
    'ends nothing where the look at the tenant fails: %s',
    async (code) => {
      const real = fetchHttp();
      const looks: string[] = [];
      const http: Http = {
        send: async (request) => {
          if (request.method !== 'GET') return real.send(request);
          looks.push(request.url);
          throw new CliError(code, 'away');
        },
      };
      const started = await begin({ http });
      await bring(started);
      await isTold(started, 1);
      if (started.warnings.length > 0) await browse(started.url.href);
      expect(await started.session).toMatchObject(signedIn);
      expect([looks.length, started.warnings]).toEqual([1, [told]]);
    },
  );
});

describe.runIf(namesOwners)('a sender whom the system does not name', () => {
  const forged = 'Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n';
  const denied = 'error=access_denied&error_description=Your%20account%20was%20locked';

  test('ends nothing: each kind of refused connection is told of once, and the sign-in goes on', async () => {
    const started = await begin();
    const { redirectUri, state } = started;
    for (const query of [denied, `${denied}&state=${state}`, `code=forged&state=${state}`])
      requestAndLeave(null, `${redirectUri}?${query}`, { header: forged });
    while (started.warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
    expect(tenant.forms.map(({ form }) => form.code)).toEqual(['code-0']);
    expect(started.warnings).toEqual([
      `Refused a connection to ${new URL(redirectUri).host} of unknown owner. If it was your own browser, set MFA_CLI_UNKNOWN_PEERS=1 and sign in again`,
    ]);
  });

  test('may be one’s own browser: the address that it ends on is pasted then', async () => {
    const words = `visit the address above, and paste the address that it ends on`;
    let paste: (address: string) => void = () => {};
    const asked: Promise<string>[] = [];
    const pasted = (signal: AbortSignal) => {
      const answer = new Promise<string>((resolve, reject) => {
        paste = resolve;
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      asked.push(answer);
      return answer;
    };
    const started = await begin({ pasted });
    requestAndLeave(null, callback(started, { code: 'code-0' }));
    while (asked.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(started.warnings).toEqual([expect.stringContaining(words)]);
    const { headers } = await fetch(started.url, { redirect: 'manual' });
    paste(headers.get('location') ?? '');
    expect(await started.session).toMatchObject(signedIn);
  });

  test('may be accepted: its error is told, with or without the state, and the sign-in goes on', async () => {
    const owners = { sudoUser: null, acceptsUnknown: true };
    const started = await begin({ owners });
    const { redirectUri, state } = started;
    const told =
      'The browser, or another program, says: access_denied: Your account was locked; the sign-in continues';
    for (const [count, query] of [denied, `${denied}&state=${state}`].entries()) {
      requestAndLeave(null, `${redirectUri}?${query}`, { header: forged });
      while (started.warnings.length <= count)
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
    expect(started.warnings).toEqual([told, told]);
  });
});

describe('a pasted address', () => {
  const codeFor = async (url: URL) =>
    new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '').href;
  /** A person who pastes nothing, and how often the question was closed. */
  function idle() {
    const seen = { asked: 0, closed: 0 };
    const pasted = (signal: AbortSignal) =>
      new Promise<string>((_, reject) => {
        seen.asked++;
        signal.addEventListener('abort', () => {
          seen.closed++;
          reject(new Error('stopped'));
        });
      });
    return { seen, pasted };
  }

  test('is as good as the browser, once it is the right one', async () => {
    let asked = 0;
    let started: SignInUnderWay | undefined;
    const pasted = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const address = await codeFor((started as SignInUnderWay).url);
      const broken = `  ${address.slice(0, 40)}\n ${address.slice(40)}\t`;
      const half = 'http://127.0.0.1/callback?code=x';
      return ['', 'foo bar', half, `${half}&state=y`][asked++] ?? broken;
    };
    started = await begin({ pasted });
    expect(await started.session).toMatchObject(signedIn);
    const none = `Paste the whole address, which begins with ${new URL(started.redirectUri).origin}/`;
    const whole = 'This address is incomplete: it must contain a code and a state';
    expect(started.warnings).toEqual([
      none,
      none,
      whole,
      'This address belongs to another sign-in',
    ]);
  });

  test('with an error is the tenant’s own: the person brought it', async () => {
    const started = await begin({
      pasted: async () => 'http://127.0.0.1/callback?error=access_denied',
    }).catch((error) => ({ session: Promise.reject(error) }));
    await expect(started.session).rejects.toMatchObject({ code: 'sign-in-denied' });
  });

  test('is asked for again after an error without a state, and no longer once the browser came', async () => {
    const { seen, pasted } = idle();
    const started = await begin({ pasted });
    await raw(`${started.redirectUri}?error=e`);
    while (seen.asked < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
    expect(seen).toEqual({ asked: 2, closed: 2 });
  });

  test('that is empty confirms the error that was told', async () => {
    const answers: ((text: string) => void)[] = [];
    const pasted = (signal: AbortSignal) =>
      new Promise<string>((resolve, reject) => {
        answers.push(resolve);
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    const started = await begin({ pasted });
    const failed = expect(started.session).rejects.toMatchObject({ code: 'sign-in-denied' });
    await raw(`${started.redirectUri}?error=access_denied`);
    while (answers.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    answers[1]?.('');
    await failed;
  });

  test('that cannot be read ends the sign-in with what the prompt threw', async () => {
    const begun = begin({ pasted: () => Promise.reject(new Error('prompt')) });
    await expect(begun.then(({ session }) => session)).rejects.toThrow('prompt');
  });
});

describe('SIGTERM ends `login` with 143', () => {
  const secret = { MFA_CLI_CLIENT_ID: 'robot', MFA_CLI_CLIENT_SECRET: 'service-secret' };
  test.each<[string, Record<string, string>, 'browser' | 'tenant']>([
    ['while the browser is awaited', {}, 'browser'],
    ['while the tenant is, before that', {}, 'tenant'],
    ['while the tenant is asked for a service user', secret, 'tenant'],
  ])('%s', async (_case, env, awaited) => {
    const interrupt = new AbortController();
    const reason = new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGTERM' } });
    const end = (): void => interrupt.abort(reason);
    const silent = await startServer([end]);
    const url = awaited === 'tenant' ? silent.origin : tenant.url;
    const words = ['login', '--tenant', url, '--port', String(await freePort()), '--json'];
    const options = { env, signal: interrupt.signal, browser: async () => end() };
    const { exitCode, stdout } = await createMachine().run(words, options);
    expect([exitCode, JSON.parse(stdout).error]).toMatchObject([
      143,
      { code: 'interrupted', exitCode: 143 },
    ]);
  });
});
