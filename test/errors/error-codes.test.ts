import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createRawServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import {
  encodeSavedPlan,
  hashOfPlan,
  type SavedPlan,
} from '../../src/commands/fleet/saved-plan/saved-plan.ts';
import { CliError, type ErrorCode } from '../../src/errors/cli-error.ts';
import { changeMeanwhile } from '../commands/bootstrap/ready-tenant.ts';
import { serverCa, startApns } from '../support/apns.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { createMachine, type RunOptions, type RunResult } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { startFleet } from '../support/fleet.ts';
import { answerJson, listen, pair, startAnswering } from '../support/http.ts';
import { patience } from '../support/patience.ts';
import { listenAs, mayBecomeAnother, namesOwners, stranger } from '../support/second-user.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { authorizationUrlOf, startTenant, visit, visitAs } from '../support/tenant.ts';

/** A command line, `%` for a .p12 of the fixtures and `@` for a file of Apple, or a run with whatever it needs already there. */
type Scenario = string | (() => Promise<RunResult>);

const opaque = { ...secretPassword, MFA_CLI_TOKEN: 'an-opaque-access-token' };
const set = 'apns set --p12 %01-default-aes256';

function run(line: string | readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const words = (typeof line === 'string' ? line.split(' ') : line).map((word) =>
    word
      .replace(/^%(.+)/, (_, name) => p12Path(name))
      .replace(/^@(.+)/, (_, name) => applePath(name)),
  );
  const env = { ...secretPassword, MFA_CLI_KEY_PASSWORD: 'not-it-0' };
  return createMachine().run([...words, '--json'], { env, ...options });
}

const withToken = (tenant: string, line = set) =>
  run(`${line} --tenant ${tenant}`, { env: opaque });

/** A tenant that answers every request alike, for a caller with a token of its own. */
const answering = (answer: RequestListener, line?: string) => async () =>
  withToken(await startAnswering(answer), line);

const refusal = {
  success: false,
  Result: null,
  Message: 'No.',
  MessageID: '_I18N_X',
  ErrorID: 'abc:1',
};

async function inspectBytes(bytes: string): Promise<RunResult> {
  const path = join(temporaryDirectory(), 'cert.p12');
  writeFileSync(path, bytes);
  return run(['apns', 'inspect', path]);
}

const verifyAt = (host: string, more = '') =>
  run(`apns verify %01-default-aes256 --apns-host ${host} ${more}`.trim());

/** A raw server on a port of its own. */
async function rawServer(port: number, onConnection: (socket: Socket) => void): Promise<number> {
  const server = createRawServer(onConnection).listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function signIn(options: RunOptions, ...more: readonly string[]): Promise<RunResult> {
  const { login } = await startTenant();
  return run([...login, ...more], options);
}

const fleet =
  'version: 1\ntenants: { a: { tenant: a.example, certificate: null, client-app-key: k, sign-in: { profile: p } } }\n';

/** A plan of the year 2000, with a hash that approves it. */
const expiredPlan = (() => {
  const plan: SavedPlan = {
    version: 1,
    validUntil: '2000-01-01T00:00:00.000Z',
    trust: 'sha256:',
    selection: { only: null, label: null, shard: null },
    terms: {
      failOn: 'error',
      force: false,
      warnDays: 30,
      all: false,
      concurrency: 8,
      maxFailures: null,
      canary: null,
      prove: false,
      proveUser: null,
      proveTimeout: null,
      hook: null,
    },
    programs: [],
    targets: [],
  };
  return {
    words: `fleet apply --plan - --approve ${hashOfPlan(plan)}`,
    text: encodeSavedPlan(plan),
  };
})();

/** Every code that a command line can end with. One without an entry does not compile. */
const scenarios: Record<Exclude<ErrorCode, 'internal-error'>, Scenario> = {
  usage: 'apns set',
  'prompt-unavailable': () => run('apns inspect %01-default-aes256', { env: {} }),
  'file-exists': 'apns convert %01-default-aes256 --out %01-default-aes256',
  'fleet-file-invalid': () => run('fleet plan --file -', { stdin: 'version: 2\n' }),
  'fleet-untrusted': () => run('fleet apply --yes --file -', { stdin: fleet }),
  'plan-changed': () => run(expiredPlan.words, { stdin: expiredPlan.text }),
  'file-not-found': 'apns inspect missing.p12',
  'file-unreadable': 'apns inspect /',
  'file-unwritable': 'apns convert %01-default-aes256 --out /nonexistent/cert.b64',
  'file-too-large': () => inspectBytes('x'.repeat(2 * 1024 * 1024)),
  'pkcs12-not-recognized': () => inspectBytes('<!DOCTYPE html><title>Sign in</title>'),
  'pkcs12-corrupt': 'apns inspect %70-trunc-half',
  'pkcs12-password-incorrect': () =>
    run('apns inspect %01-default-aes256', { env: { MFA_CLI_P12_PASSWORD: 'not-it-0' } }),
  'pkcs12-password-required': () =>
    run('apns inspect %01-default-aes256', { env: { MFA_CLI_P12_PASSWORD: '' } }),
  'pkcs12-unsupported': 'apns inspect %18-iter-5M',
  'certificate-not-recognized': 'apns pack --cert %40-html --key @key.pem --out /nonexistent/x.p12',
  'key-not-recognized': 'apns pack --cert @aps.cer --key %40-p8-key-pem --out /nonexistent/x.p12',
  'key-password-incorrect':
    'apns pack --cert @aps.cer --key @key-pbes2.pem --out /nonexistent/x.p12',
  'project-not-recognized': () => run(['app', 'check', temporaryDirectory()]),
  'app-unreadable': () => {
    const path = join(temporaryDirectory(), 'App.ipa');
    writeFileSync(path, '');
    return run(['app', 'check', path]);
  },
  'keychain-unavailable': () => {
    const machine = createMachine();
    machine.keychain.fault = 'No usable keychain was found';
    return machine.run(['profile', 'set', 'store', 'keychain', '--json']);
  },
  'not-signed-in': 'whoami',
  'session-expired': answering(answerJson(401, {})),
  'sign-in-failed': async () => {
    const { emulator, port } = await startTenant();
    await rawServer(port, () => {});
    return run(['login', '--tenant', emulator.url, '--port', String(port)]);
  },
  'sign-in-timed-out': () => signIn({}, '--timeout', '0.2'),
  'sign-in-denied': () =>
    signIn({
      browser: async (url) => {
        const { searchParams } = await authorizationUrlOf(url);
        await visit(
          `${searchParams.get('redirect_uri')}?error=access_denied&state=${searchParams.get('state')}`,
        );
      },
    }),
  'sign-in-other-user': () =>
    signIn({ browser: visitAs('user@example.com') }, '--login-hint', 'ada@example.com'),
  'tenant-refused': answering(answerJson(200, refusal)),
  'tenant-forbidden': answering(
    answerJson(200, { ...refusal, MessageID: '_I18N_System.UnauthorizedAccessException' }),
  ),
  'proof-failed': async () => {
    const { login } = await startTenant({ autoApprove: true });
    const machine = createMachine();
    const now = new Date();
    await machine.run(login, { browser: visit, now });
    for (const what of ['enroll', 'register-token']) await machine.run(['device', what], { now });
    const argv = [
      'apns',
      'set',
      p12Path('01-default-aes256'),
      '--prove',
      '--prove-timeout',
      '1',
      '--json',
    ];
    return machine.run(argv, { env: secretPassword, now });
  },
  'proof-missing': async () => {
    const { run } = await startFleet(2);
    return run(['apply', '--yes', '--canary', 't1', '--prove', '--json']);
  },
  'tenant-changed': async () => (await changeMeanwhile()).refused,
  'rate-limited': answering(
    (_request, response) => void response.writeHead(429, { 'retry-after': '0' }).end(),
  ),
  'tenant-unreachable': async () => withToken(`http://127.0.0.1:${await freePort()}`),
  // Without a file to read first: a busy machine takes its time for that.
  'tenant-timeout': answering(() => {}, 'api GET /x --timeout 0.2'),
  'outcome-unknown': answering(
    () => {},
    `apns delete --client-app-key com.example.app --yes --timeout ${0.3 * patience}`,
  ),
  'tenant-tls': async () =>
    withToken(
      `https://127.0.0.1:${await rawServer(0, (socket) => void socket.end('no TLS here'))}`,
    ),
  'tenant-not-json': answering(
    (_request, response) => void response.end('<html><title>Portal</title></html>'),
    'whoami',
  ),
  'listener-not-yours': async () =>
    withToken(`http://127.0.0.1:${(await listenAs(stranger)).port}`),
  'tenant-redirected': answering(
    (_request, response) =>
      void response.writeHead(302, { location: 'https://portal.example/' }).end(),
  ),
  'issuer-failed': () => {
    const app = '--bundle-id com.example.app --team-id A1B2C3D4E5 --no-encrypt'.split(' ');
    const issuer = [
      '--issuer',
      process.execPath,
      '--issuer-arg=--eval',
      '--issuer-arg=process.exit(1)',
    ];
    return run(['apns', 'renew', ...app, ...issuer, '--dir', temporaryDirectory()]);
  },
  'apns-unreachable': async () => verifyAt(`127.0.0.1:${await freePort()}`),
  'apns-timeout': async () =>
    verifyAt((await startApns([() => {}])).host, `--ca-file ${serverCa} --timeout 2`),
  'apns-tls': async () => verifyAt((await startApns()).host),
  'apns-not-http2': async () =>
    verifyAt(`127.0.0.1:${await listen(createTlsServer(pair('server')))}`, `--ca-file ${serverCa}`),
  interrupted: () => {
    const interrupt = new AbortController();
    // As Ctrl-C does while the browser is open.
    const browser = async () => interrupt.abort(new CliError('interrupted', 'Interrupted'));
    return signIn({ browser, signal: interrupt.signal });
  },
};

/** A sentence; of two codes with lines below it: the faults of a file, and what it would do. */
const sentences: Readonly<Record<string, RegExp>> = {
  'fleet-file-invalid': /^[^\n]+ has 2 faults(\n[^\n:]+:\d+:\d+: [^\n]+[^.\n]){2}$/,
  'plan-changed': /^[^\n]+[^.\n]\n {2}its time: it was valid until 2000-01-01T00:00:00.000Z$/,
  'fleet-untrusted':
    /^[^\n]+[^.\n]\n {2}names the client app key k for a\.example\n {2}signs in with the profile p for a\.example\n {2}MFA_CLI_TRUST_FLEET=sha256:[0-9a-f]{64}$/,
};

/** The codes and their exit codes, which are a promise. */
const exitCodes: Readonly<Record<string, string>> = {
  2: 'usage prompt-unavailable file-exists fleet-file-invalid fleet-untrusted',
  3: 'file-not-found file-unreadable file-unwritable file-too-large pkcs12-not-recognized pkcs12-corrupt pkcs12-password-incorrect pkcs12-password-required pkcs12-unsupported certificate-not-recognized key-not-recognized key-password-incorrect project-not-recognized app-unreadable',
  5: 'keychain-unavailable not-signed-in session-expired sign-in-failed sign-in-timed-out sign-in-denied sign-in-other-user',
  6: 'tenant-refused tenant-forbidden tenant-changed rate-limited',
  8: 'proof-failed proof-missing',
  7: 'tenant-unreachable tenant-timeout listener-not-yours outcome-unknown tenant-tls tenant-not-json tenant-redirected issuer-failed apns-unreachable apns-timeout apns-tls apns-not-http2',
  4: 'plan-changed',
  130: 'interrupted',
};

/** What needs another system, or root. */
const impossible = [
  ...(mayBecomeAnother ? [] : ['listener-not-yours']),
  // Elsewhere the error may be another user's.
  ...(namesOwners ? [] : ['sign-in-denied']),
];
const possible = Object.entries(scenarios).filter(([code]) => !impossible.includes(code));

test.each(possible)('%s', async (code, scenario) => {
  const result = await (typeof scenario === 'string' ? run(scenario) : scenario());
  const { error } = JSON.parse(result.stdout);
  const exitCode = Number(
    Object.entries(exitCodes).find(([, codes]) => codes.split(' ').includes(code))?.[0],
  );
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
  expect(stderr).toContain('rejected the request: No (MessageID _I18N_X, ErrorID abc:1)');
});

test('a bug is said to be one, and its stack is told only to --debug', async () => {
  const env: Record<string, string> = new Proxy(
    {},
    {
      get(_target, name) {
        if (name === 'MFA_CLI_SCOPE') throw new Error('something unforeseen');
        return undefined;
      },
    },
  );
  const { exitCode, stdout, stderr } = await run('apns status', { env });
  expect(exitCode).toBe(1);
  const error = { code: 'internal-error', message: 'something unforeseen', exitCode: 1 };
  expect(JSON.parse(stdout).error).toMatchObject(error);
  expect(stderr).not.toContain('    at ');
  expect((await run('apns status --debug', { env })).stderr).toContain('    at ');
});
