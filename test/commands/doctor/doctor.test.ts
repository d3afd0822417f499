import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { checkBrowser, checkNode, readStore } from '../../../src/commands/doctor/machine.ts';
import { checkClock } from '../../../src/commands/doctor/tenant.ts';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { listen, startServer, startTcpServer, tlsFixture } from '../../support/http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant, visit } from '../../support/tenant.ts';
import { wholeTranscript } from '../../support/transcript.ts';

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
  const shown = (text: string): string =>
    text
      .replaceAll(machine.directory, 'DIR')
      .replaceAll(/\S*\/fixtures\/tls\//g, '')
      .replaceAll(/\b(127\.0\.0\.1:|Port )\d{4,5}\b/g, '$1PORT')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/\d+ s (?=behind|ahead)/g, 'SECONDS ')
      .replaceAll(/ \([A-Z_]{9,}\)/g, '');
  const lines = checks.map(({ code, level, message, hint }) =>
    [`${level} ${code}: ${message}`, hint].filter((text) => text !== null).map(shown),
  );
  return { exitCode, lines };
}

/** Worlds in which doctor runs, some on a machine that was in another one before, in order. */
function worlds(): Readonly<
  Record<string, () => Promise<readonly [words?: readonly string[], world?: World]>>
> {
  const [kept, signed] = [createMachine(), createMachine()];
  const config = (machine: Machine) => join(machine.directory, 'config.json');
  const change = (machine: Machine, from: string | RegExp, to: string) =>
    writeFileSync(config(machine), readFileSync(config(machine), 'utf8').replace(from, to));
  const at = async (
    answers: Parameters<typeof startServer>[0],
    more: Parameters<typeof startServer>[1] = {},
  ) => ['--tenant', (await startServer(answers, more)).origin] as const;
  const tcp = async (scheme: string, listener: Parameters<typeof startTcpServer>[0]) =>
    `${scheme}://127.0.0.1:${await startTcpServer(listener)}`;
  const later = (milliseconds: number) => new Date(Date.now() + milliseconds);
  const withEnv = (env: Readonly<Record<string, string>>) => async () => [[], { env }] as const;
  return {
    'a keychain is to hold the session': async () => {
      await kept.run(['profile', 'set', 'store', 'keychain']);
      return [[], { machine: kept }];
    },
    'a keychain holds the session': async () => {
      const env = { MFA_CLI_STORE: 'keychain' };
      await kept.run((await startTenant()).login, { browser: visit, now: new Date(), env });
      return [[], { machine: kept }];
    },
    'a keychain is locked': async () => {
      kept.keychain.fault = 'The keychain is locked';
      return [[], { machine: kept }];
    },
    'the clock is an hour slow': async () => [
      ['--tenant', (await startTenant()).emulator.url],
      { now: later(-3_600_000) },
    ],
    'nobody is there, over TLS': async () => [['--tenant', 'https://127.0.0.1:1']],
    'nobody is there, and the port is none': async () => [
      ['--tenant', 'https://127.0.0.1:1', '--port', 'x'],
    ],
    'nobody is there': async () => [['--tenant', `http://127.0.0.1:${await freePort()}`]],
    'an address without TLS': async () => [['--tenant', 'http://sso.example.com']],
    'a tenant with OpenID discovery': async () => [await at([{ body: '{"token_endpoint":"x"}' }])],
    'a tenant with a version': async () => [
      await at([{ status: 404, body: '<html>' }, { body: '{"Success":true}' }]),
    ],
    'a page': async () => [await at([{ body: '<!doctype html>' }])],
    'other JSON': async () => [await at([{ body: '{"hello":1}' }])],
    'a redirect': async () => [
      await at([{ status: 302, headers: { location: 'https://sso.example.com/login' } }]),
    ],
    'no TLS': async () => [['--tenant', await tcp('https', (socket) => void socket.end('no TLS'))]],
    'a CA that nobody knows': async () => [await at([], { certificate: 'server' })],
    'a CA that is named': async () => [
      [...(await at([], { certificate: 'server' })), '--ca-file', tlsFixture('ca.pem')],
    ],
    silence: async () => [['--tenant', await tcp('http', () => {}), '--timeout', '0.2']],
    'a portal': async () => {
      const { emulator } = await startTenant();
      const { origin } = await startServer([{ body: JSON.stringify({ endpoint: emulator.url }) }]);
      return [['--tenant', 'acme.cyberark.cloud'], { discovery: origin }];
    },
    'a session that lasts': async () => {
      await signed.run((await startTenant()).login, { browser: visit, now: new Date() });
      return [[], { machine: signed }];
    },
    // It asks the tenant, and so renews.
    'a session that is renewed': async () => [[], { machine: signed, now: later(20_000_000) }],
    'a session for another application': async () => [['--app-id', 'another'], { machine: signed }],
    'a session for another tenant': async () => [await at([]), { machine: signed }],
    'a session that is over': async () => {
      change(signed, /"refreshToken":\s*"[^"]+"/, '"refreshToken": null');
      return [[], { machine: signed, now: later(60_000_000) }];
    },
    'a store that others can read': async () => {
      chmodSync(signed.directory, 0o755);
      chmodSync(config(signed), 0o644);
      return [[], { machine: signed, now: later(60_000_000) }];
    },
    'a store that is damaged': async () => {
      writeFileSync(config(signed), '{"geheim');
      return [[], { machine: signed }];
    },
    'a file in place of the directory': async () => {
      const file = join(temporaryDirectory(), 'file');
      writeFileSync(file, '');
      return [[], { machine: createMachine(file) }];
    },
    'a store that is none': withEnv({ MFA_CLI_STORE: 'attic' }),
    'a token': withEnv({ MFA_CLI_TOKEN: 'an-opaque-access-token' }),
    'a service user': withEnv({ MFA_CLI_CLIENT_SECRET: 'a-client-secret' }),
    'a service user whose secret is in a file': withEnv({
      MFA_CLI_CLIENT_SECRET_FILE: '/run/a-client-secret',
    }),
    'a proxy': withEnv({ https_proxy: 'http://user:geheim@proxy.example.com' }),
    'a proxy that is none, and a CA file that is none': withEnv({
      HTTPS_PROXY: 'socks5://user:geheim@proxy.example.com',
      NODE_EXTRA_CA_CERTS: '/missing',
    }),
    'a proxy that is passed by': withEnv({
      HTTPS_PROXY: 'http://proxy.example.com',
      NO_PROXY: '*',
    }),
    'a proxy that is empty': withEnv({ HTTPS_PROXY: '' }),
    'a CA file that is missing': async () => [['--ca-file', '/missing.pem']],
    'a port that another program holds': async () => [
      ['--port', String(await listen(createServer()))],
    ],
  };
}

test('what doctor says of a machine and a tenant beyond what it says of an empty machine', {
  timeout: wholeTranscript,
}, async () => {
  const empty = (await examine()).lines.map(String);
  const told: string[] = [];
  for (const [name, world] of Object.entries(worlds())) {
    const { exitCode, lines } = await examine(...(await world()));
    const others = lines.filter(
      (line) => !empty.includes(String(line)) && !/^ok ca:/.test(line[0] ?? ''),
    );
    told.push(
      `${name}: ${exitCode}`,
      ...others.flatMap(([head, hint]) => [`  ${head}`, ...(hint ? [`    ${hint}`] : [])]),
      '',
    );
  }
  await expect(told.join('\n')).toMatchFileSnapshot('../../golden/doctor.txt');
});

test('a portal that nobody knows is named as such', async () => {
  const { lines } = await examine(['--tenant', 'acme.cyberark.cloud', '--timeout', '0.01']);
  expect(String(lines)).toMatch(
    /error tenant-address: .*,This looks like the address of a portal\. Name/,
  );
});

test('a tenant is looked for without a session, a damaged store is left as it is, and the home directory is ~', async () => {
  const server = await startServer([{ body: '{"hello":1}' }]);
  await examine(['--tenant', server.origin]);
  expect(server.received[0]?.path).toBe('/mfa-cli/.well-known/openid-configuration');
  for (const { headers } of server.received) expect(headers).not.toHaveProperty('authorization');
  const machine = createMachine();
  mkdirSync(machine.directory, { mode: 0o700 });
  const path = join(machine.directory, 'config.json');
  writeFileSync(path, '{"geheim', { mode: 0o600 });
  await examine([], { machine });
  expect(readFileSync(path, 'utf8')).toBe('{"geheim');
  const home = temporaryDirectory();
  const { lines } = await examine([], {
    machine: createMachine(join(home, 'mfa-cli')),
    env: { HOME: home },
  });
  expect(String(lines)).toMatch(/ configuration-directory: ~\/mfa-cli /);
  expect(String(lines)).not.toContain(home);
});

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
    '✓ No problems found',
    '',
    'i Your right to manage push certificates is unknown: only apns set and apns delete show it. [right]',
    '  If the tenant refuses a set, get a role with the administrative right "Device Management": `mfa-cli bootstrap` creates one.',
    '',
    'i The root CA of 127.0.0.1:9 was not checked: 127.0.0.1:9 could not be reached: the connection was refused. [push-host]',
    '  apns set, renew and verify, push send and fleet apply --verify connect to APNs. --no-verify skips it for set and renew.',
    '',
    `✓ Node.js ${process.versions.node}. [node-version]`,
    '✓ Every MFA_CLI_ variable that is set is known. [variables]',
    '✓ DIR is accessible only to this user. [configuration-directory]',
    '✓ DIR/config.json is readable only by this user; it contains 1 profile. [store]',
    '✓ The profile "default" is used. [profile]',
    '✓ The keychain is not used: the profile keeps its session in the file. [keychain]',
    expect.stringMatching(
      /^✓ The session lasts until \d{4}-\d\d-\d\d \d\d:\d\dZ \(in 5 h\) and can be renewed\. \[session\]$/,
    ),
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
});

test('a machine on which nothing was done yet has warnings and no file', async () => {
  const machine = createMachine();
  const { stdout, exitCode } = await machine.run(['doctor', '--port', String(await freePort())]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('! You are not signed in. [session]\n  Run `mfa-cli login`.\n');
  expect(stdout).toContain('! No tenant is set. [tenant-address]');
  expect(stdout).toContain(
    'does not exist yet; the first sign-in creates it. [configuration-directory]',
  );
  expect(stdout).toMatch(/^! 4 warnings\n/);
  expect(() => readFileSync(machine.directory)).toThrow('ENOENT');
});

test.each([
  ['18.20.0', 'error'],
  ['20.19.5', 'error'],
  ['20.20.0', 'ok'],
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

test('a wrong time-out is wrong usage', async () => {
  const { exitCode } = await createMachine().run([
    'doctor',
    '--tenant',
    'x.example',
    '--timeout',
    'soon',
  ]);
  expect(exitCode).toBe(2);
});
