import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../support/context.ts';
import { secretPassword as env, p12Bytes, p12Path, secretPassword } from '../support/fixtures.ts';
import { answerJson, startAnswering, startTcpServer } from '../support/http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant, visit } from '../support/tenant.ts';

const good = p12Path('01-default-aes256');

describe('whoami does not take a refusal for a scope', () => {
  const bogus = { MFA_CLI_TOKEN: 'bogus' };
  const failed = { success: false, Message: 'Authentication (login or challenge) has failed.' };
  const scope = { success: false, MessageID: '_I18N_ServiceUnauthorizedAccess' };
  test.each<[string, RequestListener, number]>([
    ['a refusal', answerJson(200, failed), 6],
    ['JSON that is no envelope', answerJson(500, { a: 1 }), 6],
    [
      'a page that forbids',
      (_request, response) => void response.writeHead(403).end('<html></html>'),
      6,
    ],
    ['a missing right, which a scope may be', answerJson(200, scope), 0],
  ])('%s', async (_name, answer, expected) => {
    const tenant = await startAnswering(answer);
    const { exitCode } = await createMachine().run(['whoami', '--tenant', tenant], { env: bogus });
    expect(exitCode).toBe(expected);
  });

  test('and --min-ttl needs somebody to say how long', async () => {
    const tenant = await startAnswering(answerJson(200, { success: true, Result: { User: 'me' } }));
    const argv = ['whoami', '--tenant', tenant];
    const exitOf = async (...more: readonly string[]) =>
      (await createMachine().run([...argv, ...more], { env: bogus })).exitCode;
    expect([await exitOf(), await exitOf('--min-ttl', '1s')]).toEqual([0, 5]);
  });
});

describe('what is empty is not taken for a value', () => {
  const empty = join(temporaryDirectory(), 'empty');
  writeFileSync(empty, '');
  test.each<[string, string[], Record<string, string>]>([
    ['a client ID', ['whoami', '--tenant', 'x', '--client-id', ''], {}],
    ['a client app key', ['apns', 'delete', '--client-app-key', '', '--yes'], {}],
    ['a profile', ['profile', 'set', '--profile', '', 'port', '1'], {}],
    ['a file to write', ['apns', 'convert', good, '--out', ''], {}],
    [
      'a new password',
      ['apns', 'convert', good, '--new-password-file', empty, '--out', join(empty, 'x')],
      env,
    ],
    ['a client secret', ['whoami', '--tenant', 'x'], { MFA_CLI_CLIENT_SECRET_FILE: empty }],
    ['a token that is two lines', ['whoami', '--tenant', 'x'], { MFA_CLI_TOKEN: 'two\nlines' }],
  ])('%s', async (_name, argv, variables) => {
    const { exitCode, stderr } = await createMachine().run(argv, { env: variables });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('mfa-cli: error: ')]);
  });

  test('but a setting is removed with it', async () => {
    expect((await createMachine().run(['profile', 'set', 'port', ''])).exitCode).toBe(0);
  });
});

test.each<[string, string[], Record<string, string>]>([
  ['a new password', ['apns', 'convert', '--new-password-file', '-'], { ...env, MFA_CLI_P12: '-' }],
  ['a client secret', ['apns', 'set', '--p12', '-'], { ...env, MFA_CLI_CLIENT_SECRET_FILE: '-' }],
])('standard input is read once: %s', async (_name, argv, variables) => {
  const { exitCode, stderr } = await createMachine().run(argv, {
    env: variables,
    stdin: p12Bytes('01-default-aes256'),
  });
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('stdin')]);
});

test.each<[string, number]>([
  ['token\n', 0],
  ['token\r\n', 0],
  ['token\n\n', 2],
  ['token\r', 2],
  ['\r\ntoken', 2],
])('a token may end with the one line break of a secret store: %j', async (text, expected) => {
  const tenant = await startAnswering(answerJson(200, { success: true, Result: { User: 'me' } }));
  const env = { MFA_CLI_TOKEN: text };
  const { exitCode } = await createMachine().run(['whoami', '--tenant', tenant], { env });
  expect(exitCode).toBe(expected);
});

test('a rehearsal by force ends as the real run does', async () => {
  const argv = ['apns', 'set', '--p12', good, '--topic', 'com.example.other', '--dry-run'];
  expect((await createMachine().run(argv, { env })).exitCode).toBe(4);
  const forced = await createMachine().run([...argv, '--force'], { env });
  expect(forced.exitCode).toBe(8);
  expect(forced.stdout).toContain('Nothing was sent (dry run).');
});

test.each(['-phunter2', '--passphrase:hunter2', '--Password=hunter2'])(
  '%s is not echoed',
  async (word) => {
    const { exitCode, stderr } = await createMachine().run(['apns', 'set', word]);
    expect([exitCode, stderr]).toEqual([2, expect.not.stringContaining('hunter2')]);
  },
);

test('the status of a profile that is not there is a usage error', async () => {
  const { login } = await startTenant();
  const machine = createMachine();
  await machine.run(login, { browser: visit });
  expect((await machine.run(['apns', 'status', '--profile', 'typo'])).exitCode).toBe(2);
  expect((await machine.run(['apns', 'status', '--profile', 'default'])).exitCode).toBe(0);
});

test('a CA file is kept as an absolute path', async () => {
  const { stdout } = await createMachine().run(['profile', 'set', 'ca-file', 'ca.pem', '--json']);
  expect(JSON.parse(stdout).value).toBe(join(process.cwd(), 'ca.pem'));
});

test('no command and --json is one JSON document', async () => {
  const { exitCode, stdout } = await createMachine().run(['--json']);
  expect([exitCode, JSON.parse(stdout).error.code]).toEqual([2, 'usage']);
});

const token = { MFA_CLI_TOKEN: 'token-of-a-test' };
const service = { MFA_CLI_CLIENT_ID: 'ci@acme', MFA_CLI_CLIENT_SECRET: 'secret-of-a-test' };

/** A tenant that answers everything with one status, and leaves the connection open. */
async function answering(status: string): Promise<string> {
  const answer = `HTTP/1.1 ${status} OK\r\nContent-Length: 30\r\n\r\n{"success":true,"Result":null}`;
  const port = await startTcpServer((socket) => socket.on('data', () => socket.write(answer)));
  return `http://127.0.0.1:${port}`;
}

test.each(
  ['000', '600'].flatMap((status): [string, string[], Record<string, string>][] => [
    [status, ['api', 'POST', '/Security/WhoAmI'], token],
    [status, ['whoami'], token],
    [status, ['whoami'], service],
    [status, ['login'], service],
    [status, ['login', '--no-browser'], {}],
    [status, ['apns', 'set', '--p12', good, '--yes'], { ...secretPassword, ...token }],
    [status, ['apns', 'delete', '--client-app-key', 'com.example.app', '--yes'], token],
  ]),
)(
  'a tenant that answers with the status %s does not speak HTTP: %j',
  async (status, words, env) => {
    const argv = [...words, '--json', '--tenant', await answering(status), '--timeout', '20'];
    const { exitCode, stdout } = await createMachine().run(argv, { env });
    const code = words[0] === 'apns' ? 'outcome-unknown' : 'tenant-not-json';
    expect([exitCode, JSON.parse(stdout).error?.code]).toEqual([7, code]);
  },
);
