import { expect, test } from 'vitest';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { startServer, tlsFixture } from '../support/http.ts';
import { cleanEnvironment, runProgram } from '../support/process.ts';
import { startCommand } from '../support/server-command.ts';
import { isMissing } from '../support/tools.ts';

/** The built program asks that host about a push certificate. */
function verify(host: string) {
  const words = ['apns', 'verify', p12Path('01-default-aes256'), '--ca-file', tlsFixture('ca.pem')];
  return runProgram([...words, '--apns-host', host], cleanEnvironment(secretPassword));
}

test.skipIf(isMissing('openssl'))(
  'a TLS alert about the certificate is told in words',
  async () => {
    const host = await startCommand('openssl', (port) => [
      ...['s_server', '-accept', `127.0.0.1:${port}`, '-quiet', '-alpn', 'h2'],
      ...['-key', tlsFixture('server.key'), '-cert', tlsFixture('server.pem')],
      ...['-Verify', '1', '-verify_return_error', '-CAfile', tlsFixture('ca.pem')],
    ]);
    const { exitCode, stdout, stderr } = await verify(host);
    expect([exitCode, stdout + stderr]).toEqual([
      6,
      expect.stringContaining(
        'rejected the certificate: its issuer is unknown to the server (TLS alert 48)',
      ),
    ]);
  },
);

test('a server with HTTP/1 only is not taken for APNs', async () => {
  const { port } = await startServer(undefined, { certificate: 'server' });
  const { exitCode, stderr } = await verify(`127.0.0.1:${port}`);
  expect([exitCode, stderr]).toEqual([7, expect.stringContaining('does not speak HTTP/2')]);
});
