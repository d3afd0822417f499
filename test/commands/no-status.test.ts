import { expect, test } from 'vitest';
import { createMachine } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { startTcpServer } from '../support/http.ts';

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
    [
      status,
      ['apns', 'set', '--p12', p12Path('01-default-aes256'), '--yes'],
      { ...secretPassword, ...token },
    ],
    [status, ['apns', 'delete', '--client-app-key', 'com.example.app', '--yes'], token],
  ]),
)('a tenant that answers with the status %s does not speak HTTP: %j', async (status, words, env) => {
  const argv = [...words, '--json', '--tenant', await answering(status), '--timeout', '20'];
  const { exitCode, stdout } = await createMachine().run(argv, { env });
  expect([exitCode, JSON.parse(stdout).error?.code]).toEqual([7, 'tenant-not-json']);
});
