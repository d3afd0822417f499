import { expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { CliError } from '../../../src/errors/cli-error.ts';
import { startProxy } from '../../support/connect-proxy.ts';
import { createMachine, type RunOptions, type RunResult } from '../../support/context.ts';
import { startServer, startTcpServer } from '../../support/http.ts';
import { isThorough, patience } from '../../support/patience.ts';
import {
  decide,
  redirectWithError,
  startVendorTenant,
  type VendorAnswer,
} from '../../support/vendor-tenant.ts';

interface Outcome extends RunResult {
  /** How often a browser was opened. */
  readonly opened: number;
}

/** `login --json` at an address, without a terminal unless answers are given. */
async function logIn(
  tenant: string,
  { browser, ...options }: RunOptions = {},
  ...more: readonly string[]
): Promise<Outcome> {
  let opened = 0;
  const open = async (url: string): Promise<void> => {
    opened++;
    await browser?.(url);
  };
  const argv = ['login', '--tenant', tenant, '--port', String(await freePort()), '--json', ...more];
  const started = performance.now();
  const result = await createMachine().run(argv, { ...options, browser: open });
  expect(performance.now() - started).toBeLessThan(20_000);
  return { ...result, opened };
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
const documented: readonly ((query: URLSearchParams) => VendorAnswer)[] = [
  back('invalid_client', 'invalid client creds'),
  back('invalid_scope', 'unknown scope requested', '/v1/callback'),
  back('invalid_request', 'unknown app 123'),
  back('access_denied', 'User denied confirmation'),
  () => json(400, 'invalid_request', 'invalid redirect'),
  () => json(400, 'unsupported_response_type', 'invalid response_type: id'),
  () =>
    json(
      400,
      'unsupported_prompt',
      "Unsupported prompt value: 'consent'.  Supported prompt values: 'none' and 'login'.",
    ),
  () => json(500, 'invalid_request', 'Invalid URI: The format of the URI could not be determined.'),
  () => json(500, 'invalid_request', 'missing response_type'),
];

const allow: RunOptions = { browser: (url: string) => decide(url, 'Allow') };
const briefly = ['--timeout', String(0.5 * patience)];
const at = async (
  answers: Parameters<typeof startVendorTenant>[0],
  options = allow,
  ...more: string[]
) => logIn((await startVendorTenant(answers)).url, options, ...more);

/** A person who gives up once the browser is open. */
function givingUp(): RunOptions {
  const interrupt = new AbortController();
  const browser = async (): Promise<void> =>
    interrupt.abort(new CliError('interrupted', 'Interrupted'));
  return { browser, signal: interrupt.signal };
}

/** A tenant whose first answer, to the look, is this one; a person then allows. */
async function after(first: (query: URLSearchParams) => VendorAnswer): Promise<Outcome> {
  const seen = new Set<string>();
  return at({
    // The look may ask more than once.
    authorize: (query) =>
      seen.add(query.get('state') ?? '').size > 1
        ? redirect('/login?cloudRedirect=x%3D0')
        : first(query),
    confirm: (query) =>
      redirect(`${query.get('redirect_uri')}?code=a-code&state=${[...seen].at(-1)}`),
  });
}

const listening = async (scheme: string, answer: string | null) => {
  const port = await startTcpServer((socket) => void (answer !== null && socket.end(answer)));
  return `${scheme}://127.0.0.1:${port}`;
};

type Cases = Readonly<Record<string, () => Promise<Outcome>>>;
const firstAnswers: Readonly<Record<string, VendorAnswer>> = {
  'the page of a proxy': html(200),
  'a proxy that forbids': html(403),
  'a captive portal': html(511),
  'a redirect to elsewhere': redirect('https://portal.example/?x=1'),
  'a redirect to a page of its own': redirect('/welcome'),
  'a redirect to nowhere': { status: 302 },
  'a tenant that is down': html(503),
  'a gateway’s JSON': json(502, 'bad_gateway', 'no upstream'),
  'an error of its server': { ...json(500, '', ''), body: '{"error":"Internal Server Error"}' },
  'an error that may pass': json(500, 'server_error', 'try again'),
  'JSON of somebody else’s': { status: 400, body: '{"error":"Bad Request"}' },
  'too many requests': { status: 429, headers: { 'retry-after': '0' } },
  nothing: { status: 200 },
};
const cases: Cases = {
  ...Object.fromEntries(
    documented.map((authorize, index) => [
      `documented error ${index + 1}, before a browser`,
      () => at({ authorize }),
    ]),
  ),
  // Where the vendor shows a longer path than that of the redirect URI, nothing of ours is there.
  ...Object.fromEntries(
    documented.slice(0, 4).map((confirm, index) => [
      `documented error ${index + 1}, that the browser brings after the sign-in`,
      () =>
        at({
          confirm: (query) => {
            const { location = '' } = confirm(query).headers ?? {};
            return { status: 302, headers: { location: location.replace('/v1/callback', '') } };
          },
        }),
    ]),
  ),
  'an error names what was asked for, and where it is set': () =>
    at(
      { authorize: back('invalid_scope', 'unknown scope requested') },
      {},
      '--scope',
      'some thing',
    ),
  'a person who allows is signed in': () => at({}),
  'a person who declines in a browser that does not say who led it here may still allow': () =>
    at(
      {},
      {
        browser: async (url) => {
          await decide(url, 'Deny', 'silent');
          await decide(url, 'Allow');
        },
      },
    ),
  'takes the sign-in page for a yes': () =>
    at({ authorize: () => redirect('/Login?cloudRedirect=x%3D0') }, givingUp()),
  'takes a code at once for a yes': () =>
    at(
      { authorize: (query) => redirect(`${query.get('redirect_uri')}?responseType=code&code=x`) },
      givingUp(),
    ),
  ...Object.fromEntries(
    Object.entries(firstAnswers).map(([name, first]) => [
      `goes on after ${name}`,
      () => after(() => first),
    ]),
  ),
  ...Object.fromEntries(
    ['login_required', 'interaction_required', 'temporarily_unavailable'].map((error) => [
      `goes on after ${error}, which a person may mend`,
      () => after((query) => redirectWithError(query, error, 'not now')),
    ]),
  ),
  'goes on after a silence that is as long as --timeout': async () =>
    logIn(await listening('http', null), {}, ...briefly),
  'ends behind a proxy that lets nothing pass': async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(await startProxy({ status: 403 })).port}` };
    return logIn('https://tenant.invalid', { env }, ...briefly);
  },
  'ends behind a proxy that is not there': async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${await freePort()}` };
    return logIn('https://tenant.invalid', { env }, ...briefly);
  },
  'ends at an address whose name nobody knows': () => logIn('https://tenant.invalid'),
  'ends at an address where nobody listens': async () =>
    logIn(`http://127.0.0.1:${await freePort()}`),
  'ends at an address that speaks no TLS': async () => logIn(await listening('https', 'hello')),
  'ends at an address that speaks no HTTP': async () =>
    logIn(await listening('http', 'SSH-2.0-x\r\n')),
  'ends at an address where there is something else': async () =>
    logIn((await startServer([{ ...html(404) }])).origin),
  'takes a tenant that answers nothing at this address but is one for one': async () => {
    const answers = [{ status: 404 }, { status: 404 }, { body: '{"success":false,"Result":null}' }];
    return logIn((await startServer(answers)).origin, givingUp());
  },
  'goes on where nothing is at this address, and further questions are not answered': async () => {
    const { origin } = await startServer([{ status: 404 }, (response) => response.destroy()]);
    return logIn(origin, givingUp());
  },
};

/** Without what is another at each run. */
const masked = (text: string): string =>
  text
    .replaceAll(/(?<=127\.0\.0\.1:)\d+/g, 'PORT')
    .replaceAll(/within [\d.]+ s/g, 'within … s')
    // Another resolver may not answer.
    .replaceAll(/(?<=the host name ).*?(?=;|$)/gm, '…');

const timeout = 400_000 * patience;
test('the look before the browser: each answer of a tenant, and what comes of it', {
  timeout,
}, async () => {
  const lines: string[] = [];
  /** The first case that told these hints. */
  const firstWith = new Map<string, string>();
  for (const [name, run] of Object.entries(cases)) {
    const { exitCode, stdout, stderr, opened, questions } = await run();
    const { error } = JSON.parse(stdout);
    const warnings = stderr
      .split('\n')
      .filter((line) => / may still succeed|warning:|identity host of that/.test(line))
      // The browser that allows may be quicker than the tenant, which is asked about the error.
      .filter((line) => !line.endsWith('; the sign-in continues'));
    const hints = masked((error?.hints ?? []).join('\n'));
    const isRepeated = hints !== '' && firstWith.has(hints);
    if (!isRepeated) firstWith.set(hints, name);
    lines.push(
      `## ${name}`,
      `[${exitCode}] browser opened: ${opened}`,
      ...questions.map((each) => `? ${each}`),
      ...warnings.map((each) => `| ${each}`),
      ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
      ...(isRepeated ? [`(the hints of "${firstWith.get(hints)}")`] : hints.split('\n')),
    );
  }
  let places = 0;
  const text = masked(`${lines.filter((line) => line !== '').join('\n')}\n`)
    // The way there stands in the first hint that shows it.
    .replaceAll(/in the admin portal.*? > the OAuth application(?= > )/g, (way) =>
      places++ === 0 ? way : '…',
    );
  await expect(text).toMatchFileSnapshot('../../golden/sign-in-look.txt');
});

test.runIf(isThorough)('goes on after four seconds of silence', async () => {
  const started = performance.now();
  const { stdout, stderr } = await logIn(await listening('http', null), {}, '--timeout', '5');
  expect(JSON.parse(stdout).error.code).toBe('sign-in-timed-out');
  expect(stderr).toMatch(/did not answer in time; the browser may still succeed/);
  expect(performance.now() - started).toBeGreaterThan(8900);
});

test('shows nobody’s state and spends nobody’s code', async () => {
  const tenant = await startVendorTenant();
  let address = '';
  await logIn(tenant.url, {
    browser: async (url) => {
      address = url;
      await decide(url, 'Allow');
    },
  });
  const [look, sign, ...others] = tenant.asked;
  expect([others, tenant.exchanged()]).toEqual([[], 1]);
  expect(address).not.toContain(sign?.get('state'));
  for (const name of ['state', 'code_challenge']) {
    expect(look?.get(name)).toMatch(/^[\w-]{43}$/);
    expect(look?.get(name)).not.toBe(sign?.get(name));
  }
  for (const name of [
    'client_id',
    'scope',
    'redirect_uri',
    'response_type',
    'code_challenge_method',
  ])
    expect(look?.get(name)).toBe(sign?.get(name));
});

test('does not happen with a client secret, nor for other commands', async () => {
  const tenant = await startVendorTenant();
  await logIn(tenant.url, { env: { MFA_CLI_CLIENT_SECRET: 'a-client-secret' } });
  await createMachine().run(['whoami', '--tenant', tenant.url], {
    env: { MFA_CLI_TOKEN: 'a-token' },
  });
  expect(tenant.asked).toEqual([]);
});

test('is interrupted by Ctrl-C', async () => {
  const interrupt = new AbortController();
  const port = await startTcpServer(() =>
    interrupt.abort(new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGINT' } })),
  );
  const outcome = await logIn(`http://127.0.0.1:${port}`, { signal: interrupt.signal });
  expect([outcome.exitCode, JSON.parse(outcome.stdout).error.code]).toEqual([130, 'interrupted']);
});
