import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { fixedPasswords } from '../../src/emulator/people.ts';
import { p12Path } from '../support/fixtures.ts';
import {
  cleanEnvironment,
  enter,
  finish,
  openCommand,
  programCommand,
  whileStopped,
} from '../support/process.ts';
import {
  identityOf,
  listenAs,
  mayBecomeAnother,
  requestAndLeave,
  requestAs,
  stranger,
} from '../support/second-user.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { authorizationUrlOf, startTenant, visit } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

/** The user who runs the program; the tests' own is root. */
const alice = 54_320;
const [file, ...firstWords] = programCommand;
/** Whether another user may start the program where it lies. */
const mayRunAsAlice =
  mayBecomeAnother &&
  spawnSync(file, [...firstWords, '--version'], { ...identityOf(alice), env: {} }).status === 0;

/** Variables of a user whose browser leaves its address in a file. */
function homeOf(user: number) {
  const home = temporaryDirectory();
  chmodSync(home, 0o755);
  chownSync(home, user, user);
  const note = join(home, 'address');
  const env = cleanEnvironment({
    HOME: home,
    MFA_CLI_CONFIG_DIR: join(home, 'mfa-cli'),
    BROWSER: `echo "$0" > '${note}'; true`,
  });
  const address = async (): Promise<string> => {
    await expect.poll(() => existsSync(note) && readFileSync(note, 'utf8')).toContain('http');
    return readFileSync(note, 'utf8').trim();
  };
  return { env, address };
}

/** Starts the program as a user, behind the words of other commands. */
function startAs(
  user: number,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  before: readonly string[] = [],
) {
  const [command = '', ...rest] = [...before, ...programCommand, ...words];
  const child = spawn(command, rest, {
    ...identityOf(user),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** What a process says on stderr, as it comes. */
function saying(child: ChildProcess) {
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  return () => said;
}

const forged = 'Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n';
const denied = 'error=access_denied&error_description=Your%20account%20was%20locked';

describe.runIf(mayRunAsAlice)('login, beside another user (only root may become one)', () => {
  async function started(before: readonly string[] = []) {
    const { login, port } = await startTenant();
    const { env, address } = homeOf(alice);
    const child = startAs(alice, [...login, '--json'], env, before);
    const ended = finish(child);
    const said = saying(child);
    return { child, ended, said, port, address: await address() };
  }

  test('is ended by no error of a sender who has gone, and its browser answers', async () => {
    const { child, ended, said, port, address } = await started();
    await whileStopped(child, () => {
      for (const at of [`http://127.0.0.1:${port}/callback?${denied}`, address, address])
        requestAndLeave(stranger, at, { header: forged });
    });
    await expect.poll(said).toContain(`Refused a connection to 127.0.0.1:${port} of unknown owner`);
    expect(await requestAs(stranger, address)).toMatch(/^HTTP\/1\.1 403 /);
    await expect.poll(said).toContain('of another user of this machine');
    // Root stands for the relay of WSL, and for a desktop in a container.
    const url = await authorizationUrlOf(address);
    expect(await requestAs(alice, address)).toContain(`location: ${url.href}`);
    await visit(address);
    const { exitCode, stdout } = await ended;
    expect([exitCode, JSON.parse(stdout).user]).toEqual([0, 'admin@example.com']);
  });

  test('is signed in by nobody else, with whatever they know', async () => {
    const { child, ended, address, port } = await started();
    const url = await authorizationUrlOf(address);
    const code = `http://127.0.0.1:${port}/callback?code=mallory&state=${url.searchParams.get('state')}`;
    await whileStopped(child, () => requestAndLeave(stranger, code, { header: forged }));
    expect(await requestAs(stranger, code)).toMatch(/^HTTP\/1\.1 403 /);
    await visit(address);
    expect((await ended).exitCode).toBe(0);
  });

  test('keeps descriptors for its own browser', async () => {
    const { ended, said, port, address } = await started([
      'sh',
      '-c',
      'ulimit -n 80; exec "$@"',
      'sh',
    ]);
    const crowd = spawn(
      process.execPath,
      [
        '-e',
        `for (let i = 0; i < 400; i++) require('node:net').connect(${port}, '127.0.0.1').on('error', () => {});
        setTimeout(() => console.log('here'), 500); setTimeout(() => {}, 60_000);`,
      ],
      { ...identityOf(stranger), env: {}, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    onTestFinished(() => void crowd.kill('SIGKILL'));
    await new Promise((resolve) => crowd.stdout?.once('data', resolve));
    expect(await requestAs(stranger, address)).not.toContain('location:');
    await expect.poll(said).toContain('of another user of this machine');
    await visit(address);
    expect((await ended).exitCode).toBe(0);
  });
});

/**
 * The words before a command for which the tables of sockets have no rows, or do not exist. Only root may replace them; the
 * program still finds itself below /proc/self.
 */
function withTables(kind: 'empty' | 'absent'): readonly string[] {
  const make =
    'mkdir /proc/net; for t in tcp tcp6; do head -1 "$0/$$/net/$t" > "/proc/net/$t"; done';
  const lines = [
    'mount --rbind /proc "$0"',
    'mount -t tmpfs none /proc',
    'ln -s "$0/self" /proc/self',
    ...(kind === 'empty' ? [make] : []),
    'exec "$@"',
  ];
  return ['unshare', '--mount', 'sh', '-ec', lines.join('\n'), temporaryDirectory()];
}

const mayReplaceTables =
  mayBecomeAnother &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/proc']).status === 0;
const root = 0;
const lenient = { MFA_CLI_UNKNOWN_PEERS: '1' };

describe.runIf(mayReplaceTables)('login, through a relay that the tables lack', () => {
  test.skipIf(isMissing('script'))(
    'refuses the browser, and the address that it ends on is pasted',
    async () => {
      const { login } = await startTenant();
      const { env, address } = homeOf(root);
      const terminal = openCommand([...withTables('empty'), ...programCommand, ...login], env);
      const url = await terminal.read(/http:\S+\/OAuth2\/Authorize\S+(?=\s)/);
      const refused = await fetch(await address(), { redirect: 'manual' });
      expect([refused.status, refused.headers.get('location')]).toEqual([403, null]);
      expect(await refused.text()).toContain('the terminal shows how to go on');
      await terminal.read(/paste\s+the\s+address\s+that\s+it\s+ends\s+on/);
      const { headers } = await fetch(url, { redirect: 'manual' });
      terminal.type(`${headers.get('location')}${enter}`);
      const { exitCode, screen } = await terminal.end();
      expect([exitCode, screen]).toEqual([0, expect.stringContaining('Signed in to')]);
    },
  );

  test('takes its answer where a variable says so', async () => {
    const { login } = await startTenant();
    const { env, address } = homeOf(root);
    const child = startAs(root, [...login, '--json'], { ...env, ...lenient }, withTables('empty'));
    const ended = finish(child);
    await visit(await address());
    expect((await ended).exitCode).toBe(0);
  });
});

/** The words before a command in a container with users of its own, in which this user is root. */
const contained = ['unshare', '--user', '--map-root-user'];
const mayBeContained =
  mayRunAsAlice &&
  spawnSync(contained[0] ?? '', [...contained.slice(1), 'true'], identityOf(alice)).status === 0;

/** A tenant of a user, which sends each browser back at once. Returns its address. */
async function tenantOf(user: number): Promise<string> {
  const server = `
    const token = { access_token: 'of-alice', token_type: 'Bearer', expires_in: 3600 };
    const server = require('node:http').createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url, 'http://tenant');
      if (pathname.includes('/Token')) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(token));
        return;
      }
      const state = searchParams.get('state');
      const location = searchParams.get('redirect_uri') + '?code=a&state=' + state;
      response.writeHead(302, { location }).end();
    });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', server], {
    ...identityOf(user),
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = await once(child.stdout, 'data');
  return `http://127.0.0.1:${String(port).trim()}`;
}

describe.runIf(mayBeContained)('login, in a container with users of its own', () => {
  async function started(login: readonly string[], extra: Readonly<Record<string, string>> = {}) {
    const { env, address } = homeOf(alice);
    const child = startAs(alice, [...login, '--json'], { ...env, ...extra }, contained);
    const ended = finish(child);
    const said = saying(child);
    return { ended, said, address: await address() };
  }

  test('has its own browser answer, and nobody whom it has no number for', async () => {
    const port = await freePort();
    const tenant = await tenantOf(alice);
    const login = ['login', '--tenant', tenant, '--port', String(port)];
    const { ended, said, address } = await started(login);
    const refused = await fetch(address, { redirect: 'manual' });
    expect([refused.status, refused.headers.get('location')]).toEqual([403, null]);
    await expect.poll(said).toContain(`Refused a connection to 127.0.0.1:${port} of unknown owner`);
    const led = /^location: (\S+)/im.exec(await requestAs(alice, address))?.[1] ?? '';
    const { headers } = await fetch(led, { redirect: 'manual' });
    expect(await requestAs(alice, headers.get('location') ?? '')).toMatch(/^HTTP\/1\.1 303 /);
    expect((await ended).exitCode).toBe(0);
  });

  test('has the browser of the machine answer where a variable says so', async () => {
    const { login } = await startTenant();
    const { ended, address } = await started(login, lenient);
    await visit(address);
    expect((await ended).exitCode).toBe(0);
  });
});

/** `apns set` of a service user, whose secret is the first thing that is sent. */
async function setAs(
  user: number,
  tenant: string,
  extra: Readonly<Record<string, string>> = {},
  before: readonly string[] = [],
) {
  const { env } = homeOf(user);
  const p12 = join(env.HOME ?? '', 'app.p12');
  copyFileSync(p12Path('01-default-aes256'), p12);
  const set = ['apns', 'set', p12, '--tenant', tenant, '--no-verify', '--force', '--json'];
  const service = {
    MFA_CLI_CLIENT_ID: 'ci@example.com',
    MFA_CLI_CLIENT_SECRET: fixedPasswords.serviceUser,
    MFA_CLI_P12_PASSWORD: 'secret',
  };
  const child = startAs(user, set, { ...env, ...service, ...extra }, before);
  const { exitCode, stdout } = await finish(child);
  return [exitCode, JSON.parse(stdout).error?.code ?? null];
}

describe.runIf(mayRunAsAlice)(
  'a secret for a tenant on this machine (only root may become one)',
  () => {
    test('does not go to another user who took the port, by any name of it', async () => {
      const { emulator, port } = await startTenant();
      for (const [host, name] of [
        ['127.0.0.1', '127.0.0.1'],
        ['0.0.0.0', 'localhost'],
        ['::', 'tenant-1.localhost'],
        ['::', '[::1]'],
      ] as const) {
        const { port: taken, received } = await listenAs(stranger, { host });
        const end = await setAs(alice, `http://${name}:${taken}`, lenient);
        expect([name, end, received()]).toEqual([name, [7, 'listener-not-yours'], '']);
      }
      expect([emulator.requests, port]).toEqual([[], expect.any(Number)]);
    });

    test('goes to the user who listens at 127.0.0.1, not to another at ::1', async () => {
      const { emulator } = await startTenant();
      const { port } = new URL(emulator.url);
      const { received } = await listenAs(stranger, { host: '::1', port: Number(port) });
      const hosts = join(temporaryDirectory(), 'hosts');
      writeFileSync(hosts, '::1 localhost\n');
      const line = 'mount --bind "$0" /etc/hosts && exec "$@"';
      const before = mayReplaceTables ? ['unshare', '--mount', 'sh', '-c', line, hosts] : [];
      expect(await setAs(root, `http://localhost:${port}`, {}, before)).toEqual([0, null]);
      expect(received()).toBe('');
    });

    test('goes to the user who runs sudo', async () => {
      const { received, port } = await listenAs(alice);
      const tenant = `http://127.0.0.1:${port}`;
      expect(await setAs(root, tenant)).toEqual([7, 'listener-not-yours']);
      expect(received()).toBe('');
      await setAs(root, tenant, { SUDO_UID: `${alice}` });
      expect(received()).toContain('POST /OAuth2/Token');
    });
  },
);

describe.runIf(mayReplaceTables)('a secret for a tenant that the tables lack', () => {
  test('goes on to a forwarded port', async () => {
    const { emulator } = await startTenant();
    expect(await setAs(root, emulator.url, {}, withTables('empty'))).toEqual([0, null]);
  });

  test('stays where there are no tables, unless a variable says otherwise', async () => {
    const { emulator } = await startTenant();
    const absent = withTables('absent');
    expect(await setAs(root, emulator.url, {}, absent)).toEqual([7, 'listener-not-yours']);
    expect(emulator.requests).toEqual([]);
    expect(await setAs(root, emulator.url, lenient, withTables('absent'))).toEqual([0, null]);
  });
});

describe.runIf(mayRunAsAlice)(
  'the emulator, beside another user (only root may become one)',
  () => {
    test('gives its console to nobody who has gone, and to its own browser', async () => {
      const { env, address } = homeOf(alice);
      const child = startAs(alice, ['emulator', '--port', '0', '--apns-port', '0', '--open'], env);
      const said = saying(child);
      const code = await address();
      await whileStopped(child, () => {
        for (let time = 0; time < 2; time++) requestAndLeave(stranger, code);
      });
      await expect.poll(said).toContain('Refused a connection of unknown owner to the console');
      expect(await requestAs(stranger, code)).toMatch(/^HTTP\/1\.1 403 (?!.*set-cookie:)/is);
      await expect.poll(said).toContain('of another user of this machine to the console');
      expect(await requestAs(alice, code)).toMatch(/^HTTP\/1\.1 200 .*set-cookie:/is);
    });
  },
);
