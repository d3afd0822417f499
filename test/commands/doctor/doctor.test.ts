import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { checkBrowser, checkNode, readStore } from '../../../src/commands/doctor/machine.ts';
import { checkClock } from '../../../src/commands/doctor/tenant.ts';
import { sessionAt } from '../../auth/examples.ts';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { startServer, startTcpServer, tlsFixture } from '../../support/http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant, visit } from '../../support/tenant.ts';

interface Check {
  readonly code: string;
  readonly level: string;
  readonly message: string;
  readonly hint: string | null;
}

type Machine = ReturnType<typeof createMachine>;
type World = RunOptions & { readonly machine?: Machine };

/** Runs doctor on a free port with the real time. */
async function examine(
  words: readonly string[] = [],
  { machine = createMachine(), ...rest }: World = {},
) {
  const port = words.includes('--port') ? [] : ['--port', String(await freePort())];
  const argv = ['doctor', ...port, ...words, '--json'];
  // What cannot be reached is not there after a pause either.
  const { stdout, stderr, exitCode } = await machine.run(argv, {
    now: new Date(),
    aside: async () => {},
    ...rest,
  });
  const { checks, ok } = JSON.parse(stdout) as { checks: Check[]; ok: boolean };
  expect(ok).toBe(checks.every(({ level }) => level !== 'error'));
  expect(ok ? [0] : [4, 7]).toContain(exitCode);
  for (const { level, hint } of checks)
    if (level !== 'not-checked') expect(hint === null).toBe(level === 'ok');
  expect(stdout + stderr).not.toMatch(/geheim|user:/);
  const lines = checks.map(({ code, level, message, hint }) =>
    [`${level} ${code}: ${message}`, hint].filter((text) => text !== null),
  );
  return { exitCode, lines };
}

const toldIn = (lines: readonly (readonly string[])[]): string => lines.join('\n');

test('a session is shown to no address that does not answer as a tenant', async () => {
  const { origin, received } = await startServer([{ body: '<!doctype html>' }]);
  const machine = createMachine();
  const session = sessionAt(origin, { expiresAt: null });
  const profile = { settings: { tenant: origin }, session };
  mkdirSync(machine.directory, { mode: 0o700 });
  const file = JSON.stringify({ current: 'default', profiles: { default: profile } });
  writeFileSync(join(machine.directory, 'config.json'), file, { mode: 0o600 });
  const { lines } = await examine([], { machine });
  expect(toldIn(lines)).toMatch(/^error tenant-address: /m);
  expect(toldIn(lines)).toMatch(/^ok session: You are signed in/m);
  expect(received).not.toEqual([]);
  expect(received.filter(({ headers }) => 'authorization' in headers)).toEqual([]);
});

describe('the TLS of a tenant', () => {
  const at = async (more: Parameters<typeof startServer>[1]): Promise<string> =>
    (await startServer([], more)).origin;

  test('from a CA that nobody knows ends as the network does, and names --ca-file', async () => {
    const { exitCode, lines } = await examine(['--tenant', await at({ certificate: 'server' })]);
    expect(exitCode).toBe(7);
    expect(toldIn(lines)).toMatch(/^error tenant-address: .*an unknown authority.*--ca-file PEM/m);
    expect(toldIn(lines)).toMatch(/^not-checked clock-skew: /m);
  });

  test('from a CA that is named is trusted', async () => {
    const words = ['--tenant', await at({ certificate: 'server' })];
    const { exitCode, lines } = await examine([...words, '--ca-file', tlsFixture('ca.pem')]);
    expect(exitCode).toBe(0);
    expect(toldIn(lines)).toMatch(/^ok tenant-address: /m);
  });

  test('that is none names the port', async () => {
    const port = await startTcpServer((socket) => void socket.end('no TLS'));
    const { exitCode, lines } = await examine(['--tenant', `https://127.0.0.1:${port}`]);
    expect(exitCode).toBe(7);
    expect(toldIn(lines)).toMatch(
      /^error tenant-address: .*does not speak TLS on this port\.,Check the port/m,
    );
  });

  test('at which nobody listens is a network that is gone', async () => {
    expect((await examine(['--tenant', 'https://127.0.0.1:1'])).exitCode).toBe(7);
  });
});

test('a portal is named as such, with the identity host behind it', async () => {
  const { emulator } = await startTenant();
  const { origin } = await startServer([{ body: JSON.stringify({ endpoint: emulator.url }) }]);
  const { exitCode, lines } = await examine(['--tenant', 'acme.cyberark.cloud'], {
    discovery: origin,
  });
  expect(exitCode).toBe(4);
  expect(toldIn(lines)).toMatch(
    /^error tenant-address: .* is a portal; .*,Run `mfa-cli login --tenant http/m,
  );
});

test('an unknown portal is reported', async () => {
  const { lines } = await examine(['--tenant', 'acme.cyberark.cloud', '--timeout', '0.01']);
  expect(String(lines)).toMatch(
    /error tenant-address: .*,This looks like the address of a portal\. Name/,
  );
});

test('a tenant is looked for without a session, and the home directory is ~', async () => {
  const server = await startServer([{ body: '{"hello":1}' }]);
  await examine(['--tenant', server.origin]);
  expect(server.received[0]?.path).toBe('/mfa-cli/.well-known/openid-configuration');
  for (const { headers } of server.received) expect(headers).not.toHaveProperty('authorization');
  const home = temporaryDirectory();
  const { lines } = await examine([], {
    machine: createMachine(join(home, 'mfa-cli')),
    env: { HOME: home },
  });
  expect(String(lines)).toMatch(/ configuration-directory: ~\/mfa-cli /);
  expect(String(lines)).not.toContain(home);
});

test.each([
  ['configuration', '`chmod 700 ~/configuration`'],
  ["it's a folder", "`chmod 700 ~/'it'\\''s a folder'`"],
])('no shell finds a ~ in quotes, so that %s is written so: %s', async (name, command) => {
  const home = temporaryDirectory();
  const machine = createMachine(join(home, name));
  mkdirSync(machine.directory);
  chmodSync(machine.directory, 0o755);
  const { lines } = await examine([], { machine, env: { HOME: home } });
  expect(toldIn(lines)).toContain(`~/${name} is open to other users (mode 0755).,Run ${command}.`);
});

test('a folder whose name begins as that of the home directory is named whole', async () => {
  const home = temporaryDirectory();
  const machine = createMachine(`${home}-2`);
  const { lines } = await examine([], { machine, env: { HOME: home } });
  expect(toldIn(lines)).toContain(` configuration-directory: ${home}-2 `);
});

const isOldNode = process.versions.node.startsWith('20.');
const nodeWarning = `! Node.js ${process.versions.node} gets no security fixes any more. [node-version]`;
const nodeRemedy = 'Install Node.js 22, 24 or 26.';

test('a machine that is signed in has nothing against it', async () => {
  const { emulator, login } = await startTenant();
  const machine = createMachine();
  await machine.run(login, { browser: visit, now: new Date() });
  const options = { now: new Date(), env: { BROWSER: 'true' } };
  const { stdout, exitCode, stderr } = await machine.run(['doctor', '--verbose'], options);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout.replaceAll(machine.directory, 'DIR').split('\n')).toEqual([
    ...(isOldNode ? ['! 1 warning', '', nodeWarning, `  ${nodeRemedy}`] : ['✓ No problems found']),
    '',
    'i Your right to manage push certificates cannot be checked in advance: only apns set and apns delete show it. [right]',
    '  There is nothing to do now. If the tenant rejects either command, get a role with the administrative right "Device Management": `mfa-cli bootstrap` creates one.',
    '',
    'i The root CA of 127.0.0.1:9 was not checked: 127.0.0.1:9 could not be reached: the connection was refused. [push-host]',
    '  apns set, renew and verify, push send and fleet apply --verify connect to APNs. --no-verify skips it for set and renew.',
    '',
    ...(isOldNode ? [] : [`✓ Node.js ${process.versions.node}. [node-version]`]),
    '✓ Every MFA_CLI_ variable that is set is known. [variables]',
    '✓ DIR is accessible only to this user. [configuration-directory]',
    '✓ DIR/config.json is readable only by this user; it contains 1 profile. [store]',
    "✓ Nothing is on this machine's record yet. [ledger]",
    '✓ The profile "default" is used. [profile]',
    '✓ The keychain is not used: the profile keeps its session in the file. [keychain]',
    expect.stringMatching(
      /^✓ The session lasts until \d{4}-\d\d-\d\d \d\d:\d\dZ \(in 5 h\) and can be renewed\. \[session\]$/,
    ),
    '✓ The tenant knows the OAuth application, its client, scope and redirect URI. [application]',
    expect.stringMatching(
      `^✓ ${emulator.url} answers as a tenant does \\(.+\\)\\. \\[tenant-address\\]$`,
    ),
    "✓ The clock agrees with the tenant's. [clock-skew]",
    '✓ No proxy is set. [proxy]',
    expect.stringMatching(/^✓ TLS trusts \d+ CAs\. \[ca\]$/),
    expect.stringMatching(
      /^✓ The loopback redirect http:\/\/127\.0\.0\.1:\d+\/callback is free\. \[loopback-port\]$/,
    ),
    '✓ The command in BROWSER opens the browser. [browser]',
    '',
  ]);

  const first = stdout.search(/^✓ .*\[/m);
  const number = stdout.slice(first).trimEnd().split('\n').length;
  const { stdout: folded } = await machine.run(['doctor'], options);
  expect(folded).toBe(`${stdout.slice(0, first)}✓ ${number} checks passed; --verbose lists them\n`);
});

test.each([
  ['18.20.0', 'error'],
  ['20.19.5', 'error'],
  ['20.20.0', 'warning'],
  ['22.0.0', 'ok'],
  ['26.0.0', 'ok'],
])('Node.js %s is %s', (version, level) => {
  expect(checkNode(version).level).toBe(level);
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
});

test('on Windows the ACL tells who may read the store', async () => {
  const { directory, run } = createMachine();
  await run(['profile', 'set', 'scope', 'all']);
  const path = join(directory, 'config.json');
  expect(readStore(path, 'win32')).toMatchObject({
    directory: {
      level: 'ok',
      message: `${directory} exists; its ACL decides who else may open it.`,
    },
    file: {
      level: 'ok',
      message: `${path} is readable; its ACL decides by whom, and it contains 1 profile.`,
    },
  });
});

describe('the way to the network', () => {
  test('tells how many CAs are trusted, each counted once', async () => {
    const given = tlsFixture('ca.pem');
    const twice = join(temporaryDirectory(), 'twice.pem');
    writeFileSync(twice, readFileSync(given, 'utf8').repeat(2));
    const told = [];
    for (const extra of [given, twice]) {
      const { lines } = await examine(['--ca-file', given], {
        env: { NODE_EXTRA_CA_CERTS: extra },
      });
      told.push(/ok ca: TLS trusts \d+ CAs\./.exec(String(lines))?.[0]);
    }
    expect([told[0], told[1]]).toEqual([expect.any(String), told[0]]);
  });

  test('has no browser over SSH', () => {
    const found = checkBrowser({ SSH_CONNECTION: '1', DISPLAY: ':0' });
    expect(found).toMatchObject({ level: 'warning', hint: expect.stringContaining('paste') });
  });
});
