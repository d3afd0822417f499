import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { checkBrowser, checkNode, checkProxy, readStore } from '../../../src/commands/doctor/machine.ts';
import { checkClock } from '../../../src/commands/doctor/tenant.ts';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { listen, startServer, startTcpServer, tlsFixture } from '../../support/http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant, visit } from '../../support/tenant.ts';

interface Check {
  readonly code: string;
  readonly level: string;
  readonly message: string;
  readonly hint: string | null;
}

type Machine = ReturnType<typeof createMachine>;

/** Runs doctor on a free port with the real time, and gives its checks by their codes. */
async function examine(
  words: readonly string[] = [],
  options: RunOptions & { machine?: Machine } = {},
): Promise<Record<string, Check> & { exitCode: number; text: string }> {
  const { machine = createMachine(), ...rest } = options;
  const port = words.includes('--port') ? [] : ['--port', String(await freePort())];
  const argv = ['doctor', ...port, ...words, '--json'];
  // What cannot be reached is not there after a pause either.
  const result = await machine.run(argv, { now: new Date(), aside: async () => {}, ...rest });
  const { checks, ok } = JSON.parse(result.stdout) as { checks: Check[]; ok: boolean };
  expect(ok).toBe(checks.every(({ level }) => level !== 'error'));
  expect(ok ? [0] : [4, 7]).toContain(result.exitCode);
  for (const { level, hint } of checks)
    if (level !== 'not-checked') expect(hint === null).toBe(level === 'ok');
  const byCode = Object.fromEntries(checks.map((check) => [check.code, check]));
  return Object.assign(byCode, { exitCode: result.exitCode, text: result.stdout + result.stderr }) as never;
}

test('a keychain is asked where the session is there, or is to be', async () => {
  const { login } = await startTenant();
  const machine = createMachine();
  const told = async () => {
    const { keychain, session } = await examine([], { machine });
    return [keychain?.level, keychain?.message, session?.level];
  };
  await machine.run(['profile', 'set', 'store', 'keychain']);
  const words = (is: string) => `The keychain works; it ${is} the profile's session.`;
  expect(await told()).toEqual(['ok', words('will hold'), 'warning']);
  await machine.run(login, { browser: visit, now: new Date(), env: { MFA_CLI_STORE: 'keychain' } });
  expect(await told()).toEqual(['ok', words('holds'), 'ok']);
  machine.keychain.fault = 'The keychain is locked';
  expect(await told()).toEqual(['error', 'The keychain is locked.', 'ok']);
});

/** What is said of the Node.js that runs these tests, which may be one without security updates. */
const ofNode = (() => {
  const { level, message, hint } = checkNode(process.versions.node, new Date());
  const lines = [
    `${level === 'ok' ? '✓' : '!'} ${message} [node-version]`,
    ...(hint ? [`  ${hint}`, ''] : []),
  ];
  const verdict = level === 'ok' ? '✓ No problems found' : '! 1 warning';
  return { isOld: level !== 'ok', lines, verdict };
})();

test('a machine that is signed in has nothing against it', async () => {
  const { emulator, login } = await startTenant();
  const machine = createMachine();
  await machine.run(login, { browser: visit, now: new Date() });
  const { stdout, exitCode, stderr } = await machine.run(['doctor'], {
    now: new Date(),
    env: { BROWSER: 'true' },
  });
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout.replaceAll(machine.directory, 'DIR').split('\n')).toEqual([
    ...ofNode.lines,
    '✓ Every MFA_CLI_ variable that is set is known. [variables]',
    '✓ DIR is accessible only to this user. [configuration-directory]',
    '✓ DIR/config.json is readable only by this user; it contains 1 profile. [store]',
    '✓ The profile "default" is used. [profile]',
    '✓ The keychain is not used: the profile keeps its session in the file. [keychain]',
    expect.stringMatching(
      /^✓ The session lasts until \d+ \w{3} \d\d:\d\d \(in 5 h\) and can be renewed\. \[session\]$/,
    ),
    '',
    '? Your right to manage push certificates is unknown: only apns set and apns delete show it. [right]',
    '  It needs a role with the administrative right "Device Management". `mfa-cli bootstrap` creates one.',
    '',
    expect.stringMatching(
      `^✓ ${emulator.url} answers as an identity tenant \\(.+\\)\\. \\[tenant-address\\]$`,
    ),
    "✓ The clock agrees with the tenant's. [clock-skew]",
    '✓ No proxy is set. [proxy]',
    expect.stringMatching(
      /^✓ TLS trusts Node\.js's own \(\d{3} CAs\)(, [^,]+ \(\d+ CAs?\))*(; the system has no CAs)?\. \[ca\]$/,
    ),
    '',
    '? The root of the push host is unknown: 127.0.0.1:9 could not be reached: the connection was refused. [push-host]',
    '  Only apns verify, push send and --verify connect to APNs.',
    '',
    expect.stringMatching(
      /^✓ The loopback redirect http:\/\/127\.0\.0\.1:\d+\/callback is free\. \[loopback-port\]$/,
    ),
    '✓ The command in BROWSER opens the browser. [browser]',
    '',
    ofNode.verdict,
    '',
  ]);
});

test('a machine on which nothing was done yet has warnings and no file', async () => {
  const machine = createMachine();
  const { stdout, exitCode } = await machine.run(['doctor', '--port', String(await freePort())]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('! You are not signed in. [session]\n  Run `mfa-cli login`.\n');
  expect(stdout).toContain('! No tenant is set. [tenant-address]');
  expect(stdout).toContain('does not exist yet; the first sign-in creates it. [configuration-directory]');
  expect(stdout).toMatch(ofNode.isOld ? /\n! 5 warnings\n$/ : /\n! 4 warnings\n$/);
  expect(() => readFileSync(machine.directory)).toThrow('ENOENT');
});

test.each([
  ['18.20.0', '2026-01-01', 'error', /too old/],
  ['20.19.5', '2026-01-01', 'error', /too old/],
  ['20.20.0', '2026-04-30', 'ok', /^Node/],
  ['20.20.2', '2026-05-01', 'warning', /no security updates since 2026-04-30.*still works/],
  ['22.1.0', '2026-11-28', 'ok', /^Node/],
  ['23.9.0', '2027-05-01', 'warning', /since 2027-04-30/],
  ['26.0.0', '2026-11-28', 'ok', /^Node/],
  ['26.0.0', '2031-01-01', 'warning', /since 2029-04-30/],
  ['27.0.0', '2026-11-28', 'warning', /newer than/],
])('Node.js %s is on %s: %s', (version, today, level, message) => {
  expect(checkNode(version, new Date(today))).toMatchObject({
    level,
    message: expect.stringMatching(message),
  });
});

test('one without security updates is told which are maintained', () => {
  const { hint } = checkNode('20.20.2', new Date('2027-06-01'));
  expect(hint).toBe('Install a maintained version: Node.js 24 or 26.');
});

describe('the clock', () => {
  const date = 'Tue, 24 Nov 2026 16:00:00 GMT';
  test.each([
    [0, 'ok', 'agrees'],
    [60, 'ok', 'agrees'],
    [61, 'warning', '61 s ahead of'],
    [-61, 'warning', '61 s behind'],
    [300, 'warning', '300 s ahead of'],
    [301, 'error', '301 s ahead of'],
    [-3600, 'error', '3600 s behind'],
  ])('%i s off is %s', (seconds, level, words) => {
    const check = checkClock(date, new Date(Date.parse(date) + seconds * 1000));
    expect([check.level, check.message]).toEqual([level, expect.stringContaining(words)]);
  });

  test.each([null, 'soon'])('with the Date %s cannot be compared', (none) => {
    expect(checkClock(none, new Date(date)).level).toBe('warning');
  });

  test('is measured against the answer', async () => {
    const { emulator } = await startTenant();
    const now = new Date(Date.now() - 3_600_000);
    const found = await examine(['--tenant', emulator.url], { now });
    expect(found['clock-skew']).toMatchObject({
      level: 'error',
      message: expect.stringMatching(/ s behind /),
    });
    expect(found.exitCode).toBe(4);
  });
});

describe('the tenant', () => {
  test.each([
    ['the network alone failed: its exit code', [], 7],
    ['an error beside it', ['--port', 'x'], 4],
  ])('%s', async (_name, more, exitCode) => {
    const found = await examine(['--tenant', 'https://127.0.0.1:1', ...more]);
    expect([found['tenant-address']?.level, found.exitCode]).toEqual(['error', exitCode]);
  });

  const redirect = { status: 302, headers: { location: 'https://sso.example.com/login' } };
  test.each([
    ['OpenID discovery', [{ body: '{"token_endpoint":"x"}' }], 'ok', '(OpenID discovery)'],
    [
      'the version',
      [{ status: 404, body: '<html>' }, { body: '{"Success":true}' }],
      'ok',
      '(/SysInfo/About)',
    ],
    ['a page', [{ body: '<!doctype html>' }], 'error', 'an HTML page (HTTP 200)'],
    ['other JSON', [{ body: '{"hello":1}' }], 'error', 'JSON without "success"'],
    ['a redirect', [redirect], 'error', 'redirect to https://sso.example.com'],
  ] as const)('answers with %s', async (_name, answers, level, words) => {
    const server = await startServer(answers);
    const found = await examine(['--tenant', server.origin]);
    expect(found['tenant-address']).toMatchObject({ level, message: expect.stringContaining(words) });
    expect(server.received[0]?.path).toBe('/mfa-cli/.well-known/openid-configuration');
    for (const { headers } of server.received) expect(headers).not.toHaveProperty('authorization');
  });

  test('is not there, is no address, speaks no TLS, or has a CA that nobody knows', async () => {
    const refused = (await examine(['--tenant', `http://127.0.0.1:${await freePort()}`]))['tenant-address'];
    expect([refused?.level, refused?.message, refused?.hint]).toEqual([
      'error',
      expect.stringContaining('the connection was refused'),
      expect.stringContaining('HTTPS_PROXY'),
    ]);
    expect((await examine(['--tenant', 'http://sso.example.com']))['tenant-address']?.level).toBe('error');
    const plain = await startTcpServer((socket) => void socket.end('no TLS'));
    const secure = await startServer([], { certificate: 'server' });
    const hint = expect.stringContaining('--ca-file');
    for (const url of [`https://127.0.0.1:${plain}`, secure.origin])
      expect((await examine(['--tenant', url]))['tenant-address']).toMatchObject({ level: 'error', hint });
    const trusted = await examine(['--tenant', secure.origin, '--ca-file', tlsFixture('ca.pem')]);
    expect([trusted['tenant-address']?.level, trusted.ca?.level]).toEqual(['ok', 'ok']);
    expect(trusted.ca?.message).toContain('ca.pem');
  });

  test('is a portal: its identity host is named, and asked for the time', async () => {
    const { emulator } = await startTenant();
    const discovery = await startServer([{ body: JSON.stringify({ endpoint: emulator.url }) }]);
    const found = await examine(['--tenant', 'acme.cyberark.cloud'], { discovery: discovery.origin });
    expect(found['tenant-address']).toMatchObject({
      level: 'error',
      message: `https://acme.cyberark.cloud is a portal; its identity host is ${emulator.url}.`,
      hint: expect.stringContaining(`--tenant ${emulator.url}`),
    });
    expect(found['clock-skew']?.level).toBe('ok');
  });

  test('is silent, or looks like a portal that nobody knows: what to look at is told', async () => {
    const silent = `http://127.0.0.1:${await startTcpServer(() => {})}`;
    expect((await examine(['--tenant', silent, '--timeout', '0.2']))['tenant-address']).toMatchObject({
      level: 'error',
      hint: 'Check the network and HTTPS_PROXY, or set a longer --timeout SECONDS.',
    });
    const portal = await examine(['--tenant', 'acme.cyberark.cloud', '--timeout', '0.01']);
    expect(portal['tenant-address']).toMatchObject({
      level: 'error',
      hint: expect.stringMatching(/^This looks like the address of a portal\. Name the identity host/),
    });
  });
});

describe('the store', () => {
  test('that others can read is an error, a directory that they can enter a warning; on Windows the ACL tells', async () => {
    const machine = createMachine();
    await machine.run(['profile', 'set', 'scope', 'all']);
    const { directory } = machine;
    const path = join(directory, 'config.json');
    expect(readStore(path, 'win32')).toMatchObject({
      directory: { level: 'ok', message: `${directory} exists; its ACL decides who else may open it.` },
      file: {
        level: 'ok',
        message: `${path} is readable; its ACL decides by whom, and it contains 1 profile.`,
      },
    });
    chmodSync(directory, 0o755);
    chmodSync(path, 0o644);
    const found = await examine([], { machine });
    const hint = `Run \`chmod 700 ${directory}\`.`;
    expect(found['configuration-directory']).toMatchObject({ level: 'warning', hint });
    expect(found.store).toMatchObject({ level: 'error', hint: expect.stringContaining('chmod 600') });
  });

  test('that is damaged is said and left as it is', async () => {
    const machine = createMachine();
    mkdirSync(machine.directory, { mode: 0o700 });
    const path = join(machine.directory, 'config.json');
    writeFileSync(path, '{"geheim', { mode: 0o600 });
    const found = await examine([], { machine });
    expect(found.store).toMatchObject({ level: 'error', message: `${path} is damaged.` });
    expect(found.text).not.toContain('geheim');
    expect(readFileSync(path, 'utf8')).toBe('{"geheim');
  });

  test('cannot be where a file is; the home directory is ~', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const taken = await examine([], { machine: createMachine(file) });
    expect(taken['configuration-directory']).toMatchObject({ level: 'error' });
    const home = temporaryDirectory();
    const found = await examine([], { machine: createMachine(join(home, 'mfa-cli')), env: { HOME: home } });
    expect(found['configuration-directory']?.message).toMatch(/^~\/mfa-cli /);
    expect(found.text).not.toContain(home);
  });

  test('holds a session that lasts, is renewed, is over, or is for others', async () => {
    const { emulator, login } = await startTenant();
    const machine = createMachine();
    await machine.run(login, { browser: visit, now: new Date() });
    const [later, latest] = [new Date(Date.now() + 20_000_000), new Date(Date.now() + 60_000_000)];
    expect((await examine([], { machine })).session?.message).toContain('can be renewed');
    // It asks the tenant, and so renews.
    expect((await examine([], { machine, now: later })).session).toMatchObject({
      level: 'ok',
      message: expect.stringContaining('can be renewed'),
    });
    const path = join(machine.directory, 'config.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/"refreshToken":\s*"[^"]+"/, '"refreshToken": null'));
    expect((await examine([], { machine, now: latest })).session).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('cannot be renewed'),
    });
    const other = await startServer();
    expect((await examine(['--tenant', other.origin], { machine })).session?.message).toBe(
      `The session is for ${emulator.url}, not for ${other.origin}.`,
    );
    expect((await examine(['--app-id', 'another'], { machine })).session?.level).toBe('warning');
    const absent = await examine(['--profile', 'absent'], { machine });
    expect([absent.profile?.level, absent.session?.message]).toEqual(['warning', 'You are not signed in.']);
  });

  test.each([
    [{ MFA_CLI_TOKEN: 'an-opaque-access-token' }, 'MFA_CLI_TOKEN'],
    [{ MFA_CLI_CLIENT_SECRET: 'a-client-secret' }, 'service user'],
    [{ MFA_CLI_CLIENT_SECRET_FILE: '/run/a-client-secret' }, 'service user'],
  ])('is not needed with %j', async (env: Record<string, string>, words) => {
    expect((await examine([], { env })).session).toMatchObject({
      level: 'ok',
      message: expect.stringContaining(words),
    });
  });
});

describe('the way to the network', () => {
  test('shows a proxy without its password', async () => {
    const env = { https_proxy: 'http://user:geheim@proxy.example.com' };
    const found = await examine([], { env });
    expect(found.proxy?.message).toBe('Requests go through the proxy proxy.example.com:80.');
    expect(found.text).not.toMatch(/geheim|user:/);
  });

  test.each([
    [{ HTTPS_PROXY: 'http://proxy.example.com', NO_PROXY: '*' }, 'requests to the tenant bypass it'],
    [{ HTTPS_PROXY: '' }, 'No proxy is set.'],
  ])('with %j', async (env: Record<string, string>, words) => {
    expect(await checkProxy(null, env)).toMatchObject({
      level: 'ok',
      message: expect.stringContaining(words),
    });
  });

  test('knows a proxy, a CA file and a variable that are none', async () => {
    const env = { HTTPS_PROXY: 'socks5://user:geheim@proxy.example.com', NODE_EXTRA_CA_CERTS: '/missing' };
    const { proxy, ca, text } = await examine([], { env });
    const message = expect.stringContaining('is not the URL of an HTTP proxy');
    expect(proxy).toMatchObject({ level: 'error', message });
    expect(text).not.toContain('geheim');
    expect(ca).toMatchObject({
      level: 'warning',
      message: 'NODE_EXTRA_CA_CERTS names /missing, which contains no CA.',
      hint: 'Correct NODE_EXTRA_CA_CERTS, or unset it.',
    });
    expect((await examine(['--ca-file', '/missing.pem'])).ca).toMatchObject({
      level: 'error',
      message: 'The CA file /missing.pem does not exist.',
    });
  });

  test('tells which CAs are trusted, and how many are in each place', async () => {
    const [caFile, extra] = [tlsFixture('ca.pem'), tlsFixture('server.pem')];
    const directory = temporaryDirectory();
    const [ca, other] = [caFile, tlsFixture('other-host.pem')].map((path) => readFileSync(path, 'utf8'));
    const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const file = join(directory, 'a.pem');
    writeFileSync(file, `${ca}${other}${ca}${damaged}${readFileSync(extra, 'utf8')}`);
    writeFileSync(join(directory, 'b.pem'), String(other));
    const env = { NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: file, SSL_CERT_DIR: directory };
    const own = `Node.js's own (${rootCertificates.length} CAs)`;
    const given = await examine(['--ca-file', caFile], { env });
    expect(given.ca).toMatchObject({
      level: 'ok',
      message: `TLS trusts ${caFile} (1 CA), ${extra} of NODE_EXTRA_CA_CERTS (1 CA), ${own}, ${file} of SSL_CERT_FILE (2 CAs), ${directory} of SSL_CERT_DIR (2 CAs).`,
    });
  });

  test('has a port that another program holds, or that is none', async () => {
    const taken = String(await listen(createServer()));
    expect((await examine(['--port', taken]))['loopback-port']).toMatchObject({
      level: 'error',
      message: `Port ${taken} of 127.0.0.1 is in use.`,
      hint: expect.stringContaining('MFA_CLI_PORT'),
    });
    expect((await examine([], { env: { MFA_CLI_STORE: 'attic' } })).keychain).toMatchObject({
      level: 'error',
      message: 'MFA_CLI_STORE is "attic", not file or keychain.',
      hint: 'Correct MFA_CLI_STORE, or unset it.',
    });
    expect((await examine(['--port', 'eighty']))['loopback-port']).toMatchObject({
      level: 'error',
      hint: 'Correct the option.',
    });
  });

  test('has no browser over SSH', () => {
    const found = checkBrowser({ SSH_CONNECTION: '1', DISPLAY: ':0' });
    expect(found).toMatchObject({ level: 'warning', hint: expect.stringContaining('paste') });
  });

  test.runIf(process.platform === 'linux')('looks for the opener', () => {
    const path = temporaryDirectory();
    expect(checkBrowser({ DISPLAY: ':0', PATH: path }).message).toContain('xdg-open');
    writeFileSync(join(path, 'xdg-open'), '', { mode: 0o755 });
    expect(checkBrowser({ DISPLAY: ':0', PATH: path }).level).toBe('ok');
  });
});

test('a wrong time-out is wrong usage', async () => {
  const { exitCode } = await createMachine().run(['doctor', '--tenant', 'x.example', '--timeout', 'soon']);
  expect(exitCode).toBe(2);
});
