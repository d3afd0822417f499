import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { CliError } from '../../src/errors/cli-error.ts';
import { startProxy } from '../support/connect-proxy.ts';
import { createMachine, type RunOptions, type RunResult } from '../support/context.ts';
import { startServer, startTcpServer } from '../support/http.ts';
import { isThorough } from '../support/patience.ts';
import { startTenant, visit } from '../support/tenant.ts';
import {
  decide,
  redirectWithError,
  startVendorTenant,
  type VendorAnswer,
  type VendorTenant,
} from '../support/vendor-tenant.ts';

interface Outcome extends RunResult {
  readonly seconds: number;
  readonly error: { code: string; message: string; hints: string[] } | undefined;
}

/** `login --json` at an address, without a terminal unless answers are given. */
async function logIn(tenant: string, options: RunOptions = {}, ...more: string[]): Promise<Outcome> {
  const started = performance.now();
  const argv = ['login', '--tenant', tenant, '--port', String(await freePort()), '--json', ...more];
  const result = await createMachine().run(argv, options);
  const { error } = JSON.parse(result.stdout) as { error?: Outcome['error'] };
  return { ...result, error, seconds: (performance.now() - started) / 1000 };
}

const json = (status: number, error: string, description: string): VendorAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'retry-after': '0' },
  body: JSON.stringify({ error, error_description: description }),
});
const back =
  (error: string, description: string, below = '') =>
  (query: URLSearchParams) =>
    redirectWithError(query, error, description, below);

const html = (status: number): VendorAnswer => ({
  status,
  headers: { 'content-type': 'text/html', 'retry-after': '0' },
  body: '<!doctype html><title>Blocked</title>',
});
const redirect = (location: string): VendorAnswer => ({ status: 302, headers: { location } });

/** The errors of `/OAuth2/Authorize/{app_id}` and of the consent in the vendor's OpenAPI, in its words. */
const documented: readonly (readonly [
  description: string,
  code: string,
  hint: string,
  answer: (query: URLSearchParams) => VendorAnswer,
])[] = [
  ['invalid client creds', 'sign-in-failed', '--client-id', back('invalid_client', 'invalid client creds')],
  [
    'unknown scope requested',
    'sign-in-failed',
    '--scope',
    back('invalid_scope', 'unknown scope requested', '/v1/callback'),
  ],
  ['unknown app 123', 'sign-in-failed', '--app-id', back('invalid_request', 'unknown app 123')],
  [
    'User denied confirmation',
    'sign-in-denied',
    'Allow access in the browser, as a user who has permission to run the OAuth application.',
    back('access_denied', 'User denied confirmation'),
  ],
  [
    'invalid redirect',
    'sign-in-failed',
    'Allowed Redirects',
    () => json(400, 'invalid_request', 'invalid redirect'),
  ],
  [
    'invalid response_type: id',
    'sign-in-failed',
    'Auth Code',
    () => json(400, 'unsupported_response_type', 'invalid response_type: id'),
  ],
  [
    "Unsupported prompt value: 'consent'.  Supported prompt values: 'none' and 'login'.",
    'sign-in-failed',
    '',
    () =>
      json(
        400,
        'unsupported_prompt',
        "Unsupported prompt value: 'consent'.  Supported prompt values: 'none' and 'login'.",
      ),
  ],
  [
    'Invalid URI: The format of the URI could not be determined.',
    'sign-in-failed',
    'Allowed Redirects',
    () => json(500, 'invalid_request', 'Invalid URI: The format of the URI could not be determined.'),
  ],
  [
    'missing response_type',
    'sign-in-failed',
    '',
    () => json(500, 'invalid_request', 'missing response_type'),
  ],
];

describe('an error that the authorization endpoint answers', () => {
  test.each(documented)('%s: %s, before a browser is opened', async (description, code, hint, authorize) => {
    const tenant = await startVendorTenant({ authorize });
    const opened: string[] = [];
    const outcome = await logIn(tenant.url, { browser: async (url) => void opened.push(url) });
    expect(outcome).toMatchObject({ exitCode: 5, error: { code } });
    expect(outcome.error?.message).toContain(description);
    expect(outcome.error?.hints.join('\n')).toContain(hint);
    expect(outcome.error?.hints).toHaveLength(hint === '' ? 0 : 1);
    expect([opened, outcome.stderr.includes('/OAuth2/Authorize/')]).toEqual([[], false]);
    expect(outcome.seconds).toBeLessThan(20);
  });

  test('and that the browser brings only after the sign-in: the same, within ten seconds', async () => {
    const brought = documented.filter(([, , , answer]) => answer(new URLSearchParams()).status === 302);
    const outcomes = await Promise.all(
      brought.map(async ([, code, hint, confirm]) => {
        // Where the vendor shows a longer path than that of the redirect URI, nothing of ours is there.
        const tenant = await startVendorTenant({
          confirm: (query) => {
            const { location = '' } = confirm(query).headers ?? {};
            return { status: 302, headers: { location: location.replace('/v1/callback', '') } };
          },
        });
        const outcome = await logIn(tenant.url, { browser: (url) => decide(url, 'Allow') });
        return { outcome, code, hint };
      }),
    );
    expect(outcomes).toHaveLength(4);
    for (const { outcome, code, hint } of outcomes) {
      expect(outcome).toMatchObject({ exitCode: 5, error: { code } });
      expect(outcome.error?.hints.join('\n')).toContain(hint);
      expect(outcome.seconds).toBeLessThan(20);
    }
  });

  test('names what was asked for, and where it is set', async () => {
    const tenant = await startVendorTenant({ authorize: back('invalid_scope', 'unknown scope requested') });
    const { error } = await logIn(tenant.url, {}, '--scope', 'some thing');
    expect(error).toEqual({
      code: 'sign-in-failed',
      message: `${tenant.url} refused the sign-in: invalid_scope: unknown scope requested`,
      hints: [
        'The sign-in used the scope "some thing". Set a scope that the application defines with --scope SCOPE or MFA_CLI_SCOPE: in the admin portal, Apps & Widgets > Web Apps > the OAuth application > Scope.',
      ],
      exitCode: 5,
    });
  });
});

describe('a person who', () => {
  test('allows is signed in, by the vendor’s form of the answer', async () => {
    const tenant = await startVendorTenant();
    const outcome = await logIn(tenant.url, { browser: (url) => decide(url, 'Allow') });
    expect(outcome).toMatchObject({ exitCode: 0, error: undefined });
    expect([tenant.asked.length, tenant.exchanged()]).toEqual([2, 1]);
  });

  test('declines in a browser that does not say who led it here may still allow: the error is told', async () => {
    const tenant = await startVendorTenant();
    const outcome = await logIn(tenant.url, {
      browser: async (url) => {
        await decide(url, 'Deny', 'silent');
        await decide(url, 'Allow');
      },
    });
    expect(outcome).toMatchObject({ exitCode: 0, error: undefined });
    expect(outcome.stderr).toContain(
      "warning: The browser returned an error, the tenant's or a forged one: access_denied: User denied confirmation; the sign-in continues\n",
    );
  });
});

describe('the look before the browser', () => {
  test('shows nobody’s state and spends nobody’s code', async () => {
    const tenant = await startVendorTenant();
    let address = '';
    await logIn(tenant.url, {
      browser: async (url) => {
        address = url;
        await decide(url, 'Allow');
      },
    });
    const [look, sign] = tenant.asked;
    expect(address).not.toContain(sign?.get('state'));
    for (const name of ['state', 'code_challenge']) {
      expect(look?.get(name)).toMatch(/^[\w-]{43}$/);
      expect(look?.get(name)).not.toBe(sign?.get(name));
    }
    for (const name of ['client_id', 'scope', 'redirect_uri', 'response_type', 'code_challenge_method'])
      expect(look?.get(name)).toBe(sign?.get(name));
  });

  test.each<[string, (query: URLSearchParams) => VendorAnswer]>([
    ['the sign-in page', () => redirect('/Login?cloudRedirect=x%3D0')],
    ['a code at once', (query) => redirect(`${query.get('redirect_uri')}?responseType=code&code=x`)],
  ])('takes %s for a yes', async (_name, authorize) => {
    const { url } = await startVendorTenant({ authorize });
    const { error, stderr } = await logIn(url, {}, '--timeout', '0.5');
    expect(error?.code).toBe('sign-in-timed-out');
    expect(stderr).toMatch(/^(Opening your browser|Sign in at this address)/);
  });

  test('does not happen with a client secret, nor for other commands', async () => {
    const tenant = await startVendorTenant();
    await logIn(tenant.url, { env: { MFA_CLI_CLIENT_SECRET: 'a-client-secret' } });
    await createMachine().run(['whoami', '--tenant', tenant.url], { env: { MFA_CLI_TOKEN: 'a-token' } });
    expect(tenant.asked).toEqual([]);
  });

  const allow = { browser: (url: string) => decide(url, 'Allow') };

  test.each<[string, VendorAnswer, string]>([
    ['the page of a proxy', html(200), 'an HTML page (HTTP 200)'],
    ['a proxy that forbids', html(403), 'an HTML page (HTTP 403)'],
    ['a captive portal', html(511), 'is not available (HTTP 511)'],
    ['a redirect to elsewhere', redirect('https://portal.example/?x=1'), 'a redirect (HTTP 302)'],
    ['a redirect to a page of its own', redirect('/welcome'), 'a redirect (HTTP 302)'],
    ['a redirect to nowhere', { status: 302 }, 'a redirect (HTTP 302)'],
    ['a tenant that is down', html(503), 'is not available (HTTP 503)'],
    ['a gateway’s JSON', json(502, 'bad_gateway', 'no upstream'), 'is not available (HTTP 502)'],
    [
      'an error of its server',
      { ...json(500, '', ''), body: '{"error":"Internal Server Error"}' },
      '(HTTP 500)',
    ],
    ['an error that may pass', json(500, 'server_error', 'try again'), '(HTTP 500)'],
    [
      'JSON of somebody else’s',
      { status: 400, body: '{"error":"Bad Request"}' },
      'without "success" (HTTP 400)',
    ],
    ['too many requests', { status: 429, headers: { 'retry-after': '0' } }, '(HTTP 429)'],
    ['nothing', { status: 200 }, 'an empty answer (HTTP 200)'],
  ])('goes on after %s, and says so', async (_name, first, words) => {
    const seen = new Set<string>();
    const tenant: VendorTenant = await startVendorTenant({
      // The look may ask more than once.
      authorize: (query) =>
        seen.add(query.get('state') ?? '').size > 1 ? redirect('/login?cloudRedirect=x%3D0') : first,
      confirm: (query) => redirect(`${query.get('redirect_uri')}?code=a-code&state=${[...seen].at(-1)}`),
    });
    const outcome = await logIn(tenant.url, allow);
    expect(outcome).toMatchObject({ exitCode: 0, error: undefined });
    expect(outcome.stderr.split('\n')[0]).toMatch(/; the browser may still succeed\.$/);
    expect(outcome.stderr.split('\n')[0]).toContain(words);
  });

  test.each(['login_required', 'interaction_required', 'temporarily_unavailable'])(
    'goes on after %s, which a person may mend',
    async (error) => {
      let looked = false;
      const tenant = await startVendorTenant({
        authorize: (query) => {
          if (looked) return redirect(`/login?cloudRedirect=x%3D1`);
          looked = true;
          return redirectWithError(query, error, 'not now');
        },
      });
      expect(await logIn(tenant.url, allow)).toMatchObject({ exitCode: 0 });
    },
  );

  test('goes on after a silence that is as long as --timeout', async () => {
    const port = await startTcpServer(() => {});
    const { error, stderr } = await logIn(`http://127.0.0.1:${port}`, {}, '--timeout', '0.5');
    expect(error?.code).toBe('sign-in-timed-out');
    expect(stderr).toMatch(/did not answer in time; the browser may still succeed/);
  });

  test.runIf(isThorough)('goes on after four seconds of silence', async () => {
    const port = await startTcpServer(() => {});
    const { error, seconds, stderr } = await logIn(`http://127.0.0.1:${port}`, {}, '--timeout', '5');
    expect(error?.code).toBe('sign-in-timed-out');
    expect(stderr).toMatch(/did not answer in time; the browser may still succeed/);
    expect(seconds).toBeGreaterThan(8.9);
    expect(seconds).toBeLessThan(20);
  });

  test.each<[string, () => Promise<number>, string]>([
    [
      'that lets nothing pass',
      async () => (await startProxy({ status: 403 })).port,
      'the proxy refused the connection (HTTP 403)',
    ],
    ['that is not there', freePort, 'through the proxy: the connection was refused'],
  ])('goes on behind a proxy %s', async (_name, proxy, words) => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${await proxy()}` };
    const { error, stderr } = await logIn('https://tenant.invalid', { env }, '--timeout', '0.5');
    expect(error?.code).toBe('sign-in-timed-out');
    expect(stderr).toContain(`${words}; the browser may still succeed.`);
  });

  test.each<[string, () => Promise<string>, string, RegExp]>([
    ['whose name nobody knows', async () => 'https://tenant.invalid', 'tenant-unreachable', /the host name /],
    [
      'where nobody listens',
      async () => `http://127.0.0.1:${await freePort()}`,
      'tenant-unreachable',
      /the connection was refused/,
    ],
    [
      'that speaks no TLS',
      async () => `https://127.0.0.1:${await startTcpServer((socket) => void socket.end('hello'))}`,
      'tenant-tls',
      /does not speak TLS/,
    ],
    [
      'that speaks no HTTP',
      async () => `http://127.0.0.1:${await startTcpServer((socket) => void socket.end('SSH-2.0-x\r\n'))}`,
      'tenant-not-json',
      /does not speak HTTP/,
    ],
    [
      'where there is something else',
      async () => (await startServer([{ ...html(404) }])).origin,
      'tenant-not-json',
      /did not answer like an identity tenant: an HTML page \(HTTP 404\)/,
    ],
  ])('ends the login at an address %s', async (_name, address, code, message) => {
    const outcome = await logIn(await address());
    expect(outcome).toMatchObject({ exitCode: 7, error: { code, message: expect.stringMatching(message) } });
    expect(outcome.seconds).toBeLessThan(20);
  });

  test('takes a tenant that answers nothing at this address but is one for one', async () => {
    const tenant = await startServer([
      { status: 404 },
      { status: 404 },
      { body: '{"success":false,"Result":null}' },
    ]);
    const { error, stderr } = await logIn(tenant.origin, {}, '--timeout', '0.5');
    expect(error?.code).toBe('sign-in-timed-out');
    expect(stderr).not.toContain('the browser may still succeed');
  });

  test('is interrupted by Ctrl-C', async () => {
    const interrupt = new AbortController();
    const port = await startTcpServer(() =>
      interrupt.abort(new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGINT' } })),
    );
    const outcome = await logIn(`http://127.0.0.1:${port}`, { signal: interrupt.signal });
    expect(outcome).toMatchObject({ exitCode: 130, error: { code: 'interrupted' } });
    expect(outcome.seconds).toBeLessThan(20);
  });
});

describe('the name of a tenant in place of its address', () => {
  /** No name resolves here, wherever the test runs. */
  const nowhere = async () => ({
    HTTPS_PROXY: `http://127.0.0.1:${(await startProxy({ status: 502 })).port}`,
  });
  const guess = '"acme" looks like the name of a tenant rather than its address';

  test('is said to be one', async () => {
    const outcome = await logIn('acme', { env: await nowhere() });
    expect(outcome).toMatchObject({
      exitCode: 7,
      error: {
        code: 'tenant-unreachable',
        message: `https://acme could not be reached: the proxy refused the connection (HTTP 502); ${guess}`,
        hints: [
          'Give the address with --tenant URL. It looks like https://abc1234.id.cyberark.cloud or https://abc1234.my.idaptive.app.',
        ],
      },
    });
    expect(outcome.seconds).toBeLessThan(20);
  });

  test('is said without a proxy, too', async () => {
    const outcome = await logIn('no-such-tenant-name');
    expect(outcome.error?.message).toMatch(/; "no-such-tenant-name" looks like the name of a tenant/);
    expect(outcome.seconds).toBeLessThan(20);
  });

  test('is looked up, and the address told', async () => {
    const discovery = await startServer([{ body: '{"endpoint":"https://abc1234.id.cyberark.cloud"}' }]);
    const { error } = await logIn('acme', { env: await nowhere(), discovery: discovery.origin });
    expect(error?.hints).toEqual([
      'The identity host of the tenant "acme" is https://abc1234.id.cyberark.cloud. Give it with --tenant URL.',
    ]);
    expect(discovery.received.map(({ path }) => path)).toEqual(['/api/identity-endpoint/acme']);
  });

  test('leads a person who agrees to the address, which is kept', async () => {
    const { emulator, port } = await startTenant();
    const discovery = await startServer([{ body: JSON.stringify({ endpoint: emulator.url }) }]);
    const machine = createMachine();
    const result = await machine.run(['login', '--tenant', 'acme', '--port', String(port), '--json'], {
      env: await nowhere(),
      discovery: discovery.origin,
      answers: [true],
      browser: visit,
    });
    expect(result).toMatchObject({
      exitCode: 0,
      questions: [`Sign in to ${emulator.url}?`],
    });
    expect(result.stderr).toContain(`${guess}; the identity host of that tenant is ${emulator.url}.`);
    expect(JSON.parse(result.stdout).tenant).toBe(emulator.url);
    expect(JSON.parse((await machine.run(['whoami', '--json'])).stdout).tenant).toBe(emulator.url);
  });

  test('ends where the person declines', async () => {
    const discovery = await startServer([{ body: '{"endpoint":"https://abc1234.id.cyberark.cloud"}' }]);
    const options = { env: await nowhere(), discovery: discovery.origin, answers: [false] };
    expect(await logIn('acme', options)).toMatchObject({
      exitCode: 7,
      error: { code: 'tenant-unreachable' },
    });
  });
});
