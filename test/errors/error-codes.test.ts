import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createRawServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { CliError, type ErrorCode } from '../../src/errors/cli-error.ts';
import { changeMeanwhile } from '../commands/bootstrap/ready-tenant.ts';
import { serverCa, startApns } from '../support/apns.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { createMachine, type RunOptions, type RunResult } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { answerJson, listen, pair, startAnswering } from '../support/http.ts';
import { patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { authorizationUrlOf, startTenant, visit, visitAs } from '../support/tenant.ts';

/** How it ends, and the command line and how it is run, with whatever it needs already there. */
type Scenario = readonly [exitCode: number, provoke: () => Promise<RunResult>];

/** A tenant that answers every request alike, for a caller with a token of its own. */
function answering(answer: RequestListener, argv: readonly string[] = setArgv): () => Promise<RunResult> {
  return async () => withToken(await startAnswering(answer), argv);
}

function withToken(tenant: string, argv: readonly string[] = setArgv): Promise<RunResult> {
  return run([...argv, '--tenant', tenant], {
    env: { ...secretPassword, MFA_CLI_TOKEN: 'an-opaque-access-token' },
  });
}

function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return createMachine().run([...argv, '--json'], options);
}

const good = p12Path('01-default-aes256');
const setArgv = ['apns', 'set', '--p12', good];
const deleteArgv = ['apns', 'delete', '--client-app-key', 'com.example.app', '--yes'];
const refusal = { success: false, Result: null, Message: 'No.', MessageID: '_I18N_X', ErrorID: 'abc:1' };

async function inspectBytes(bytes: string): Promise<RunResult> {
  const path = join(temporaryDirectory(), 'cert.p12');
  writeFileSync(path, bytes);
  return run(['apns', 'inspect', path], { env: secretPassword });
}

async function inspectFixture(name: string, password = 'secret'): Promise<RunResult> {
  return run(['apns', 'inspect', p12Path(name)], { env: { MFA_CLI_P12_PASSWORD: password } });
}

function pack(cert: string, key: string): Promise<RunResult> {
  const env = { ...secretPassword, MFA_CLI_KEY_PASSWORD: 'not-it-0' };
  return run(['apns', 'pack', '--cert', cert, '--key', key, '--out', '/nonexistent/x.p12'], { env });
}

function verifyAt(host: string, ...more: string[]): Promise<RunResult> {
  const argv = ['apns', 'verify', good, '--apns-host', host, ...more];
  return run(argv, { env: secretPassword });
}

/** Every code that a command line can end with. One without an entry does not compile. */
const scenarios: Record<Exclude<ErrorCode, 'internal-error'>, Scenario> = {
  usage: [2, () => run(['apns', 'set'])],
  'prompt-unavailable': [2, () => run(['apns', 'inspect', good])],
  'file-exists': [2, () => run(['apns', 'convert', good, '--out', good])],
  'fleet-file-invalid': [2, () => run(['fleet', 'plan', '--file', '-'], { stdin: 'version: 2\n' })],
  'fleet-untrusted': [
    2,
    () =>
      run(['fleet', 'apply', '--yes', '--file', '-'], {
        stdin:
          'version: 1\ntenants: { a: { tenant: a.example, certificate: null, client-app-key: k, sign-in: { profile: p } } }\n',
      }),
  ],
  'file-not-found': [3, () => run(['apns', 'inspect', 'missing.p12'])],
  'file-unreadable': [3, () => run(['apns', 'inspect', temporaryDirectory()])],
  'file-unwritable': [3, () => run(['apns', 'convert', good, '--out', '/nonexistent/cert.b64'])],
  'file-too-large': [3, () => inspectBytes('x'.repeat(2 * 1024 * 1024))],
  'pkcs12-not-recognised': [3, () => inspectBytes('<!DOCTYPE html><title>Sign in</title>')],
  'pkcs12-corrupt': [3, () => inspectFixture('70-trunc-half')],
  'pkcs12-password-incorrect': [3, () => inspectFixture('01-default-aes256', 'not-it-0')],
  'pkcs12-password-required': [3, () => inspectFixture('01-default-aes256', '')],
  'pkcs12-unsupported': [3, () => inspectFixture('18-iter-5M')],
  'certificate-not-recognised': [3, () => pack(p12Path('40-html'), applePath('key.pem'))],
  'key-not-recognised': [3, () => pack(applePath('aps.cer'), p12Path('40-p8-key-pem'))],
  'key-password-incorrect': [3, () => pack(applePath('aps.cer'), applePath('key-pbes2.pem'))],
  'project-not-recognised': [3, () => run(['app', 'check', temporaryDirectory()])],
  'keychain-unavailable': [
    5,
    () => {
      const machine = createMachine();
      machine.keychain.fault = 'No usable keychain was found';
      return machine.run(['profile', 'set', 'store', 'keychain', '--json']);
    },
  ],
  'not-signed-in': [5, () => run(['whoami'])],
  'session-expired': [5, answering(answerJson(401, {}))],
  'sign-in-failed': [
    5,
    async () => {
      const { emulator, port } = await startTenant();
      const taken = createRawServer().listen(port, '127.0.0.1');
      await new Promise((resolve) => taken.once('listening', resolve));
      onTestFinished(() => void taken.close());
      return run(['login', '--tenant', emulator.url, '--port', String(port)]);
    },
  ],
  'sign-in-timed-out': [
    5,
    async () => {
      const { login } = await startTenant();
      return run([...login, '--timeout', '0.2']);
    },
  ],
  'sign-in-denied': [
    5,
    async () => {
      const { login } = await startTenant();
      const deny = async (url: string): Promise<void> => {
        const { searchParams } = await authorizationUrlOf(url);
        await visit(
          `${searchParams.get('redirect_uri')}?error=access_denied&state=${searchParams.get('state')}`,
        );
      };
      return run(login, { browser: deny });
    },
  ],
  'sign-in-other-user': [
    5,
    async () => {
      const { login } = await startTenant();
      return run([...login, '--login-hint', 'ada@example.com'], { browser: visitAs('user@example.com') });
    },
  ],
  'tenant-refused': [6, answering(answerJson(200, refusal))],
  'tenant-forbidden': [
    6,
    answering(answerJson(200, { ...refusal, MessageID: '_I18N_System.UnauthorizedAccessException' })),
  ],
  'proof-failed': [
    8,
    async () => {
      const { login } = await startTenant({ autoApprove: true });
      const machine = createMachine();
      const now = new Date();
      await machine.run(login, { browser: visit, now });
      for (const what of ['enroll', 'register-token']) await machine.run(['device', what], { now });
      const argv = [...setArgv, '--prove', '--prove-timeout', '1', '--json'];
      return machine.run(argv, { env: secretPassword, now });
    },
  ],
  'tenant-changed': [6, async () => (await changeMeanwhile()).refused],
  'rate-limited': [
    6,
    answering((_request, response) => void response.writeHead(429, { 'retry-after': '0' }).end()),
  ],
  'tenant-unreachable': [7, async () => withToken(`http://127.0.0.1:${await freePort()}`)],
  // Without a file to read first: a busy machine takes its time for that.
  'tenant-timeout': [7, answering(() => {}, ['api', 'GET', '/x', '--timeout', '0.2'])],
  'outcome-unknown': [7, answering(() => {}, [...deleteArgv, '--timeout', String(0.3 * patience)])],
  'tenant-tls': [
    7,
    async () => {
      const server = createRawServer((socket) => void socket.end('no TLS here')).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      onTestFinished(() => void server.close());
      return withToken(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    },
  ],
  'tenant-not-json': [
    7,
    answering((_request, response) => void response.end('<html><title>Portal</title></html>')),
  ],
  'tenant-redirected': [
    7,
    answering(
      (_request, response) => void response.writeHead(302, { location: 'https://portal.example/' }).end(),
    ),
  ],
  'issuer-failed': [
    7,
    () => {
      const names = ['--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5', '--no-encrypt'];
      return run(['apns', 'renew', ...names, '--dir', temporaryDirectory(), '--issuer', 'no-such-issuer']);
    },
  ],
  'apns-unreachable': [7, async () => verifyAt(`127.0.0.1:${await freePort()}`)],
  'apns-timeout': [
    7,
    async () => verifyAt((await startApns([() => {}])).host, '--ca-file', serverCa, '--timeout', '2'),
  ],
  'apns-tls': [7, async () => verifyAt((await startApns()).host)],
  'apns-not-http2': [
    7,
    async () => verifyAt(`127.0.0.1:${await listen(createTlsServer(pair('server')))}`, '--ca-file', serverCa),
  ],
  interrupted: [
    130,
    async () => {
      const { login } = await startTenant();
      const interrupt = new AbortController();
      // As Ctrl-C does while the browser is open.
      const browser = async () => interrupt.abort(new CliError('interrupted', 'Interrupted'));
      return run(login, { browser, signal: interrupt.signal });
    },
  ],
};

/** A sentence; of two codes with lines below it: the faults of a file, and what it would do. */
const sentences: Readonly<Record<string, RegExp>> = {
  'fleet-file-invalid': /^[^\n]+ has 2 faults(\n[^\n:]+:\d+:\d+: [^\n]+[^.\n]){2}$/,
  'fleet-untrusted':
    /^[^\n]+[^.\n]\n {2}signs in with the profile p for a\.example\n {2}MFA_CLI_TRUST_FLEET=sha256:[0-9a-f]{64}$/,
};

test.each(Object.entries(scenarios))('%s', async (code, [exitCode, provoke]) => {
  const result = await provoke();
  const { error } = JSON.parse(result.stdout);
  expect(error).toEqual({
    ...{ code, exitCode, hints: expect.any(Array) },
    message: expect.stringMatching(sentences[code] ?? /^[^\n]+[^.\n]$/),
  });
  expect(result.exitCode).toBe(exitCode);
  const [first] = error.message.split('\n');
  const told = result.stderr.split('\n').filter((line) => /^mfa-cli: (error|hint): /.test(line));
  expect(told).toEqual([
    `mfa-cli: error: ${first}`,
    ...error.hints.map((hint: string) => `mfa-cli: hint: ${hint}`),
  ]);
});

test('the tenant’s words come with their IDs', async () => {
  const { stderr } = await answering(answerJson(200, refusal))();
  expect(stderr).toContain('refused the request: No (MessageID _I18N_X, ErrorID abc:1)');
});

test('a bug is said to be one, and its stack is told only to --debug', async () => {
  const env: Record<string, string> = new Proxy(
    {},
    {
      get(_target, name) {
        if (name === 'MFA_CLI_PROFILE') throw new Error('something unforeseen');
        return undefined;
      },
    },
  );
  const { exitCode, stdout, stderr } = await run(['apns', 'status'], { env });
  expect(exitCode).toBe(1);
  const error = { code: 'internal-error', message: 'something unforeseen', exitCode: 1 };
  expect(JSON.parse(stdout).error).toMatchObject(error);
  expect(stderr).not.toContain('    at ');
  expect((await run(['apns', 'status', '--debug'], { env })).stderr).toContain('    at ');
});
