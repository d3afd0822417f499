import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LogoutReport } from '../../src/commands/logout.ts';
import { plainApplication } from '../../src/emulator/applications.ts';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { createMachine, testNow } from '../support/context.ts';
import { openEmulator } from '../support/emulator.ts';
import { startTenant as startWithMachine, type TestTenant, visit } from '../support/tenant.ts';
import { signInWith } from './browser.ts';
import { postForm } from './local-tenant.ts';

interface Row {
  readonly operation: string;
  readonly example: string;
  readonly request: {
    readonly methods?: readonly ('GET' | 'POST')[];
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly form?: Readonly<Record<string, string>>;
    readonly bearer?: string;
    readonly basic?: readonly [string, string];
  };
  readonly answer: {
    readonly status: number;
    readonly contentType?: string | null;
    readonly location?: string;
    readonly body?: unknown;
    readonly text?: string;
    readonly members?: Readonly<Record<string, unknown>>;
    readonly keys?: readonly string[];
  };
}

/** Endpoints that the local tenant does not have, and errors that it does not tell apart. */
const leftOut =
  /(GetMeta|UserInfo|Introspect|EndSession)|: (.*code token|Invalid (request|prompt)|Bounce .*missing)$/;

const rows = (
  JSON.parse(
    readFileSync(new URL('../fixtures/vendor/oauth-examples.json', import.meta.url), 'utf8'),
  ) as readonly Row[]
).filter(({ operation, example }) => !leftOut.test(`${operation}: ${example}`));
const redirect = 'https://client.example/v1/callback';

/** One tenant with the application of the examples, for all of them. */
let emulator: Emulator;
let session: string;
beforeAll(async () => {
  emulator = await openEmulator({ autoApprove: false, accessTokenSeconds: 18_000 });
  emulator.applications.put({
    ...{ ...plainApplication, key: 'examples', appId: 'test', publicClients: ['test-client'] },
    ...{ confidentialClients: true, redirectUris: [redirect] },
    ...{ scopes: { openid: [], profile: [] }, refreshTokenSeconds: 3600 },
    grants: ['authorization_code', 'implicit'],
  });
});
afterAll(() => emulator.close());
// Some examples end a session.
beforeEach(async () => {
  session = await signInAt(emulator.url, emulator.administrator);
});

async function authorize(headers: Record<string, string>): Promise<URL> {
  const asked = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'test-client', redirect_uri: redirect },
    ...{ scope: 'openid profile', state: 'abc' },
  });
  const address = `${emulator.url}/OAuth2/Authorize/test?${asked}`;
  const response = await fetch(address, { redirect: 'manual', headers });
  return new URL(response.headers.get('location') ?? '', emulator.url);
}

const code = async () =>
  (await authorize({ authorization: `Bearer ${session}` })).searchParams.get('code') ?? '';

async function exchange(): Promise<Record<string, string>> {
  const { body } = await postForm(`${emulator.url}/OAuth2/Token/test`, {
    ...{ grant_type: 'authorization_code', client_id: 'test-client', redirect_uri: redirect },
    code: await code(),
  });
  return body as Record<string, string>;
}

/** A value for each placeholder of the examples. */
const values: Readonly<Record<string, () => Promise<string | undefined>>> = {
  redirect_uri: async () => redirect,
  tenant_url: async () => emulator.url,
  code,
  async bounce() {
    const back = (await authorize({})).searchParams.get('cloudRedirect') ?? '';
    return new URL(back, emulator.url).searchParams.get('bounce') ?? '';
  },
  token: async () => (await exchange()).access_token,
  id_token: async () => (await exchange()).id_token,
  refresh_token: async () => (await exchange()).refresh_token,
  async expired() {
    const { access_token: token = '' } = await exchange();
    const body = new URLSearchParams({ client_id: 'test-client', token });
    await fetch(`${emulator.url}/OAuth2/Revoke/test`, { method: 'POST', body });
    return token;
  },
};

/** The token of a browser's session. */
async function signInAt(url: string, account: { user: string; password: string }): Promise<string> {
  const body = new URLSearchParams(signInWith(account));
  const response = await fetch(`${url}/login`, { method: 'POST', redirect: 'manual', body });
  return /\.ASPXAUTH=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? '';
}

/** The row with a value in the place of each `{name}`. */
async function filled(row: Row): Promise<Row> {
  let text = JSON.stringify(row);
  for (const [name, make] of Object.entries(values))
    if (text.includes(`{${name}}`))
      text = text.replaceAll(`{${name}}`, JSON.stringify((await make()) ?? '').slice(1, -1));
  return JSON.parse(text);
}

/** A text in which `*` is anything but nothing. */
function matching(text: string): unknown {
  const pattern = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return text.includes('*')
    ? expect.stringMatching(new RegExp(`^${pattern.join('[^&]+')}$`, 's'))
    : text;
}

const cases = rows.flatMap((row) =>
  (row.request.methods ?? (['POST'] as const)).map(
    (method) => [`${method}, ${row.operation}: ${row.example}`, method, row] as const,
  ),
);

test.each(cases)('%s', async (_name, method, row) => {
  const { request, answer } = await filled(row);
  const { query, form, bearer, basic } = request;
  const response = await fetch(`${emulator.url}${request.path}?${new URLSearchParams(query)}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(basic === undefined ? {} : { authorization: `Basic ${btoa(basic.join(':'))}` }),
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type')?.split(';')[0] ?? null;
  const location = response.headers.get('location');
  expect({ status: response.status, location }).toEqual({
    status: answer.status,
    location: answer.location === undefined ? null : matching(answer.location),
  });
  if (answer.contentType !== undefined) expect(type).toBe(answer.contentType);
  if (answer.location !== undefined)
    expect(text).toContain(`Object moved to <a href="${location?.replaceAll('&', '&#38;')}">`);
  if (answer.text !== undefined) expect(text).toBe(answer.text);
  if (answer.body !== undefined) expect(JSON.parse(text)).toEqual(answer.body);
  if (answer.members !== undefined) {
    const members = Object.entries(answer.members).map(([name, value]) => [
      name,
      typeof value === 'string' ? matching(value) : value,
    ]);
    expect(JSON.parse(text)).toEqual(Object.fromEntries(members));
  }
  if (answer.keys !== undefined)
    for (const key of JSON.parse(text).keys)
      expect(Object.keys(key)).toEqual(expect.arrayContaining([...answer.keys]));
});

/** How `login`, `whoami` a day and two days later (which renews the session), and `logout` ended. */
interface Walk {
  readonly login: number;
  readonly whoami: readonly number[];
  readonly logout: readonly LogoutReport['sessions'][number]['revocations'][number]['outcome'][];
}

const works: Walk = { login: 0, whoami: [0, 0, 0], logout: ['accepted', 'accepted'] };

const days = (count: number): Date => new Date(testNow.getTime() + count * 86_400_000);

/** A person at mfa-cli. */
async function walk(tenant: TestTenant): Promise<Walk> {
  const machine = createMachine();
  const login = await machine.run([...tenant.login, '--timeout', '20'], { browser: visit });
  const whoami: number[] = [];
  for (const count of [0, 1, 2])
    whoami.push((await machine.run(['whoami'], { now: days(count) })).exitCode);
  const { sessions }: LogoutReport = JSON.parse((await machine.run(['logout', '--json'])).stdout);
  const logout = sessions.flatMap(({ revocations }) => revocations.map(({ outcome }) => outcome));
  return { login: login.exitCode, whoami, logout };
}

/** A pipeline at mfa-cli: no refresh token, and the secret at hand at every command. */
function asService({ emulator }: TestTenant) {
  const machine = createMachine();
  const { user, password } = emulator.serviceUser;
  const env = { MFA_CLI_CLIENT_ID: user, MFA_CLI_CLIENT_SECRET: password };
  const run = (words: readonly string[], now = testNow) => machine.run(words, { env, now });
  return { run, login: ['login', '--tenant', emulator.url, '--json'] };
}

/** As it likely is, and all at once that a client meets and that is otherwise. */
const others: Partial<Assumptions> = {
  ...({
    'app-id-case': 'sensitive',
    'client-id-case': 'sensitive',
    'scope-case': 'sensitive',
  } as const),
  ...({ 'redirect-any-port': 'yes', 'redirect-localhost': 'yes' } as const),
  ...({ 'authorization-iss': 'present', 'failed-exchange': 'kept', discovery: 'absent' } as const),
  ...({ 'basic-credentials': 'decoded', 'access-token': 'opaque' } as const),
  ...({ 'refresh-token': 'kept', 'revoke-public-client': 'refused' } as const),
};
const worlds: readonly (readonly [Partial<Assumptions>, Partial<Walk>])[] = [
  [{}, {}],
  [others, { logout: ['refused', 'refused'] }],
];

test.each(worlds)('a person signs in, stays so and signs out: %j', async (assumptions, differs) => {
  expect(await walk(await startWithMachine({ assumptions }))).toEqual({ ...works, ...differs });
});

test.each(worlds)('a service user does: %j', async (assumptions) => {
  const { run, login } = asService(await startWithMachine({ assumptions }));
  const exits = [await run(login), await run(['whoami']), await run(['whoami'], days(1))];
  const { sessions }: LogoutReport = JSON.parse((await run(['logout', '--json'])).stdout);
  const outcomes = sessions.flatMap(({ revocations }) => revocations.map(({ outcome }) => outcome));
  expect([exits.map(({ exitCode }) => exitCode), outcomes]).toEqual([[0, 0, 0], ['accepted']]);
});
