import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { LogoutReport } from '../../src/commands/logout.ts';
import { startProxy } from '../support/connect-proxy.ts';
import { createMachine, testNow } from '../support/context.ts';
import { serviceToken } from '../support/emulator.ts';
import { startServer } from '../support/http.ts';
import { patience } from '../support/patience.ts';
import { listenAs, mayBecomeAnother, stranger } from '../support/second-user.ts';
import { signIn, startTenant, visit, visitAs } from '../support/tenant.ts';

describe('login', () => {
  test('signs in through the browser and saves settings and session', async () => {
    const { emulator, port, login } = await startTenant();
    const machine = createMachine();
    const { exitCode, stdout, stderr } = await machine.run([...login, '--json'], {
      browser: visit,
    });
    const store = join(machine.directory, 'config.json');
    expect(JSON.parse(stdout)).toEqual({
      profile: 'default',
      tenant: emulator.url,
      user: emulator.administrator.user,
      expiresAt: new Date(testNow.getTime() + 18_000_000).toISOString(),
      scope: 'all',
      store,
    });
    expect(exitCode).toBe(0);
    expect(stderr.split('\n')[1]).toMatch(
      new RegExp(`^${emulator.url}/OAuth2/Authorize/mfa-cli\\?response_type=code&`),
    );
    expect(statSync(store).mode & 0o777).toBe(0o600);
    expect(statSync(machine.directory).mode & 0o777).toBe(0o700);
    expect(stderr).toMatch(/^Saved as the new profile "default"$/m);
    const again = await machine.run([...login, '--login-hint', 'user@example.com'], {
      browser: visitAs('user@example.com'),
    });
    expect(again.stderr).toContain(
      `Replaced the session of ${emulator.administrator.user} at ${emulator.url} in the profile "default"`,
    );
    await machine.run([...login, '--login-hint', emulator.administrator.user], { browser: visit });
    const shown = await machine.run(['profile', 'show', '--json']);
    expect(JSON.parse(shown.stdout)).toEqual({
      name: 'default',
      settings: {
        tenant: emulator.url,
        'app-id': 'mfa-cli',
        'client-id': 'mfa-cli',
        scope: 'all',
        port: String(port),
      },
      session: {
        tenant: emulator.url,
        user: emulator.administrator.user,
        expiresAt: new Date(testNow.getTime() + 18_000_000).toISOString(),
        renewable: true,
        store,
      },
      certificates: [],
    });
  });

  test('prints the address on a line of its own, also when quiet, and says at once that no browser started', async () => {
    const { login } = await startTenant();
    const opened: string[] = [];
    const browser = async (url: string) => void opened.push(url);
    // Each waits for a person until its time is over: all at once.
    const [quiet, ...unopened] = await Promise.all([
      createMachine().run([...login, '--quiet', '--no-browser', '--timeout', '2'], { browser }),
      ...[{ BROWSER: '/nope' }, {}].map(async (env: Record<string, string>) => {
        const argv = [...(await startTenant()).login, '--timeout', '2'];
        return createMachine().run(argv, { env });
      }),
    ]);
    expect([quiet.exitCode, opened]).toEqual([5, []]);
    expect(quiet.stderr.split('\n')[0]).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/OAuth2\/Authorize\/mfa-cli\?/,
    );
    const told = unopened.map(({ stderr }) => stderr.split('\n').slice(1, 3));
    const warned = (words: string) => [
      expect.stringMatching(/^http/),
      `mfa-cli: warning: ${words}: visit the address above`,
    ];
    expect(told).toEqual([
      warned('BROWSER (/nope) started no browser'),
      warned('No browser started'),
    ]);
  });

  test('as a service user needs no browser', async () => {
    const { emulator, login } = await startTenant();
    const { user, password } = emulator.serviceUser;
    const env = { MFA_CLI_CLIENT_ID: user, MFA_CLI_CLIENT_SECRET: password };
    const machine = createMachine();
    const { exitCode, stdout } = await machine.run([...login, '--json'], { env });
    expect([exitCode, JSON.parse(stdout).user]).toEqual([0, user]);
    const who = await machine.run(['whoami', '--json'], { env });
    expect(JSON.parse(who.stdout)).toMatchObject({ source: 'client-credentials', user });
  });
});

test.runIf(mayBecomeAnother)(
  'login leads no browser to the page of another user (only root may become one)',
  async () => {
    const opened: string[] = [];
    const browser = async (url: string) => void opened.push(url);
    const { port, received } = await listenAs(stranger);
    const own = `${await freePort()}`;
    const words = ['login', '--tenant', `http://127.0.0.1:${port}`, '--port', own, '--json'];
    const { exitCode, stdout } = await createMachine().run(words, { browser });
    const code = JSON.parse(stdout).error.code;
    expect([exitCode, code, opened, received()]).toEqual([7, 'listener-not-yours', [], '']);
  },
);

describe('whoami', () => {
  test('tells who, where and until when, for the profile of the session alone, and renews silently', async () => {
    const { emulator, login } = await startTenant();
    const machine = createMachine();
    await machine.run([...login, '--profile', 'one'], { browser: visit });
    const { stdout } = await machine.run(['whoami', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      profile: 'one',
      tenant: emulator.url,
      user: emulator.administrator.user,
      source: 'profile',
      store: join(machine.directory, 'config.json'),
      expiresAt: new Date(testNow.getTime() + 18_000_000).toISOString(),
      renewable: true,
    });
    const codes: string[] = [];
    for (const duration of ['1h', '5h', '301m', '6h', '18001s', '1d', 'soon', ''])
      codes.push(`${duration} ${(await machine.run(['whoami', '--min-ttl', duration])).exitCode}`);
    expect(codes.join()).toBe('1h 0,5h 0,301m 5,6h 5,18001s 5,1d 5,soon 2, 2');
    expect((await machine.run(['whoami', '--profile', 'one'])).exitCode).toBe(0);
    expect((await machine.run(['whoami', '--profile', 'two'])).exitCode).toBe(2);
    expect((await machine.run(['whoami'], { env: { MFA_CLI_PROFILE: 'two' } })).exitCode).toBe(2);
    const later = new Date(testNow.getTime() + 19_000_000);
    const renewed = await machine.run(['whoami', '--json'], { now: later });
    expect([renewed.exitCode, renewed.stderr]).toEqual([0, '']);
    expect(JSON.parse(renewed.stdout).expiresAt).toBe(
      new Date(later.getTime() + 18_000_000).toISOString(),
    );
  });

  test('uses MFA_CLI_TOKEN as it is and stores nothing', async () => {
    const { emulator } = await startTenant();
    const machine = createMachine();
    const token = await serviceToken(emulator);
    const { exitCode, stdout } = await machine.run(['whoami', '--tenant', emulator.url, '--json'], {
      env: { MFA_CLI_TOKEN: token },
    });
    expect(exitCode).toBe(0);
    const { user } = emulator.serviceUser;
    expect(JSON.parse(stdout)).toMatchObject({
      source: 'env',
      store: null,
      renewable: false,
      user,
    });
    expect(() => statSync(machine.directory)).toThrow('ENOENT');
  });
});

describe('logout', () => {
  test('revokes, says so, and forgets', async () => {
    const { emulator, login } = await startTenant();
    const machine = createMachine();
    await machine.run(login, { browser: visit });
    const { exitCode, stdout } = await machine.run(['logout', '--json']);
    expect(exitCode).toBe(0);
    const revocations = ['refresh-token', 'access-token'].map((token) => ({
      ...{ token, outcome: 'accepted', words: null },
    }));
    const session = { profile: 'default', tenant: emulator.url, revoked: true, revocations };
    expect(JSON.parse(stdout)).toEqual({ revoked: true, sessions: [session] });
    expect((await machine.run(['whoami'])).exitCode).toBe(5);
    const again = JSON.parse((await machine.run(['logout', '--json'])).stdout);
    expect(again).toEqual({ revoked: null, sessions: [] });
  });

  test('shows the secret of a service user to the tenant of its session, and to no other', async () => {
    const [own, other] = [await startTenant(), await startTenant()];
    const { user, password } = own.emulator.serviceUser;
    const env = {
      MFA_CLI_CLIENT_ID: user,
      MFA_CLI_CLIENT_SECRET: password,
      MFA_CLI_PROFILE: 'own',
    };
    const machine = createMachine();
    await machine.run(['login', '--tenant', other.emulator.url, '--profile', 'other'], { env });
    await machine.run(['login', '--tenant', own.emulator.url], { env });
    const { stdout } = await machine.run(['logout', '--all', '--yes', '--json'], { env });
    const { sessions }: LogoutReport = JSON.parse(stdout);
    const outcomes = sessions.flatMap(({ profile, revocations }) =>
      revocations.map(({ outcome }) => `${profile} ${outcome}`),
    );
    expect(outcomes).toEqual(['other refused', 'own accepted']);
  });

  test('shows the secret that belongs to another tenant than the session to nobody', async () => {
    const [own, other] = [await startTenant(), await startTenant()];
    const { user, password } = own.emulator.serviceUser;
    const env = { MFA_CLI_CLIENT_ID: user, MFA_CLI_CLIENT_SECRET: password };
    const machine = createMachine();
    await machine.run(['login', '--tenant', own.emulator.url], { env });
    const { stdout } = await machine.run(['logout', '--json'], {
      env: { ...env, MFA_CLI_TENANT: other.emulator.url },
    });
    const { sessions }: LogoutReport = JSON.parse(stdout);
    const outcomes = sessions.flatMap(({ tenant, revocations }) =>
      revocations.map(({ outcome }) => [tenant, outcome]),
    );
    // The tenant of the session asks for a proof, which the secret would be.
    expect(outcomes).toEqual([[own.emulator.url, 'refused']]);
  });

  test('forgets though the tenant is gone', async () => {
    const { emulator, login } = await startTenant();
    const machine = createMachine();
    await machine.run(login, { browser: visit });
    await emulator.close();
    const { exitCode, stdout } = await machine.run(['logout']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('The tenant did not answer the revocation of the refresh token: ');
    expect(
      JSON.parse((await machine.run(['profile', 'show', '--json'])).stdout).session,
    ).toBeNull();
  });
});

test('a session goes to no other tenant', async () => {
  const [first, second] = [await startTenant(), await startTenant()];
  const { machine } = await signIn(first.emulator);
  const { exitCode, stderr } = await machine.run(['whoami', '--tenant', second.emulator.url]);
  expect([exitCode, stderr]).toEqual([5, expect.stringContaining('Not signed in')]);
  expect(second.emulator.requests).toEqual([]);
});

/** Seconds in which the discovery is answered, also on a busy machine. */
const shortest = String(patience);

describe('the identity host that discovery names for a portal', () => {
  const [portal, vendors] = ['https://acme.cyberark.cloud', 'https://abc1234.id.cyberark.cloud'];
  const [own, question] = [
    'https://sso.acme.example',
    'Trust sso.acme.example as part of your tenant, and sign in there?',
  ];

  test.each<[string, string, readonly boolean[] | undefined, boolean]>([
    ['below the domain of the portal', vendors, undefined, true],
    ['of a domain of its own that a person knows', own, [true], true],
    ['of a domain of its own that a person does not know', own, [false], false],
    ['of a domain of its own where nobody can be asked', own, undefined, false],
    ['that only begins like it', 'https://id.cyberark.cloud.evil.example', undefined, false],
    ['that only ends like it', 'https://abc1234.evilcyberark.cloud', undefined, false],
    ['on this machine', 'http://127.0.0.1:8450', [], false],
  ])('%s: %s, %o: followed is %s', async (_case, endpoint, answers, followed) => {
    const discovery = await startServer([{ body: JSON.stringify({ endpoint }) }]);
    // A proxy that lets nothing pass: whether the browser gets through cannot be told.
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(await startProxy({ status: 502 })).port}` };
    const argv = [
      'login',
      '--tenant',
      'acme.cyberark.cloud',
      '--no-browser',
      '--port',
      `${await freePort()}`,
    ];
    // Only a host that is followed is waited for.
    const timeout = followed ? shortest : '30';
    const ended = await createMachine().run([...argv, '--timeout', timeout, '--json'], {
      env,
      discovery: discovery.origin,
      ...(answers === undefined ? {} : { answers }),
    });
    expect(ended.exitCode).toBe(5);
    expect(discovery.received.map(({ path }) => path)).toEqual(['/api/identity-endpoint/acme']);
    expect(ended.questions.filter((asked) => asked === question)).toHaveLength(
      answers?.length ?? 0,
    );
    expect(ended.stderr.includes(`${endpoint}/OAuth2/Authorize/mfa-cli?`)).toBe(followed);
    if (followed)
      expect(ended.stderr).toContain(
        `${portal} is the address of the portal; its identity host is ${endpoint}.`,
      );
    else
      expect(JSON.parse(ended.stdout).error).toMatchObject({
        code: 'sign-in-failed',
        message: `The vendor's discovery names ${new URL(endpoint).host} as the identity host of ${portal}; it was not followed`,
        hints: [`If that is your tenant, sign in with its own address: --tenant ${endpoint}.`],
      });
  });
});

test('login goes on with what was given where discovery does not help', async () => {
  const discovery = await startServer([{ status: 404, body: '{}' }]);
  // A proxy that lets nothing pass: whether the browser gets through cannot be told.
  const env = { HTTPS_PROXY: `http://127.0.0.1:${(await startProxy({ status: 502 })).port}` };
  const { stderr, exitCode } = await createMachine().run(
    [
      'login',
      '--tenant',
      'acme.cyberark.cloud',
      '--port',
      String(await freePort()),
      '--timeout',
      shortest,
    ],
    { discovery: discovery.origin, env },
  );
  expect(exitCode).toBe(5);
  expect(stderr).not.toContain('identity host');
  expect(stderr).toContain('https://acme.cyberark.cloud/OAuth2/Authorize/mfa-cli?');
  expect(discovery.received.length).toBe(1);
});

test.each<[readonly string[], readonly number[]]>([
  [[], [5_000, 30_000, 4_000]],
  [
    ['--timeout', '12'],
    [5_000, 12_000, 4_000],
  ],
  [
    ['--timeout', '1'],
    [1_000, 1_000, 1_000],
  ],
])(
  'login %j waits %j ms at most: for discovery, for the tenant, and for it before the browser',
  async (words, expected) => {
    const discovery = await startServer([{ status: 404, body: '{}' }]);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(await startProxy({ status: 502 })).port}` };
    const interrupt = new AbortController();
    const argv = ['login', '--tenant', 'acme.cyberark.cloud', '--port', String(await freePort())];
    const { timeouts, exitCode } = await createMachine().run([...argv, ...words], {
      ...{ discovery: discovery.origin, env, signal: interrupt.signal, aside: async () => {} },
      browser: async () => interrupt.abort(),
    });
    expect([timeouts, exitCode]).toEqual([expected, 130]);
  },
);

test('login at a portal where the sign-in is sure to fail asks for the identity host', async () => {
  // The proxy leads to this machine, where nobody vouches for the certificate.
  const { port } = await startServer([], { certificate: 'server' });
  const env = { HTTPS_PROXY: `http://127.0.0.1:${(await startProxy()).port}` };
  const argv = ['login', '--tenant', `acme.cyberark.cloud:${port}`, '--json'];
  const { exitCode, stdout } = await createMachine().run(argv, { env });
  expect(exitCode).toBe(7);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'tenant-tls',
    hints: [
      'This looks like the address of a portal. Use --tenant URL with the identity host, as in https://abc1234.id.cyberark.cloud.',
    ],
  });
});

test('login asks nobody about a tenant that is no portal', async () => {
  const { login } = await startTenant();
  const discovery = await startServer();
  await createMachine().run(login, { browser: visit, discovery: discovery.origin });
  expect(discovery.received).toEqual([]);
});
