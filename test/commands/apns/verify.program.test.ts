import { expect, test } from 'vitest';
import { type ApnsPlay, serverCa, startApns } from '../../support/apns.ts';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { tlsFixture } from '../../support/http.ts';
import { cleanEnvironment, runProgram } from '../../support/process.ts';
import { startCommand } from '../../support/server-command.ts';
import { isMissing } from '../../support/tools.ts';

const good = p12Path('01-default-aes256');
test('apns verify asks APNs about a push with the certificate, and leaves a line in the trace', async () => {
  const { host, received } = await startApns();
  const way = ['--apns-host', host, '--ca-file', serverCa];
  const { stderr } = await createMachine().run(['apns', 'verify', good, ...way, '--debug'], {
    env,
  });
  const headers = {
    ':path': `/3/device/${'0'.repeat(64)}`,
    'apns-topic': 'com.example.lab',
    ...{ 'apns-push-type': 'alert', 'apns-priority': '10', 'apns-expiration': '0' },
  };
  const body = '{"aps":{"alert":"mfa-cli apns verify"}}';
  expect(received).toMatchObject([{ headers, body, certificates: [expect.any(String)] }]);
  expect(stderr).toMatch(
    /mfa-cli: debug: POST https:\/\/127\.0\.0\.1:\d+\/3\/device\/00000000… → 400 BadDeviceToken in \d+ ms, apns-id A0B1\n/,
  );
});

test.skipIf(isMissing('openssl'))(
  'apns verify ends with 6 where TLS refuses the certificate',
  async () => {
    const host = await startCommand('openssl', (port) => [
      ...[
        's_server',
        '-accept',
        `127.0.0.1:${port}`,
        '-alpn',
        'h2',
        '-Verify',
        '1',
        '-verify_return_error',
      ],
      ...[
        '-key',
        tlsFixture('server.key'),
        '-cert',
        tlsFixture('server.pem'),
        '-CAfile',
        serverCa,
        '-quiet',
      ],
    ]);
    const way = ['--apns-host', host, '--ca-file', serverCa];
    const { exitCode, stdout } = await createMachine().run(
      ['apns', 'verify', good, ...way, '--json'],
      { env },
    );
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      6,
      {
        ...{ answer: null, accepted: false },
        explanation: `${host} rejected the certificate: its issuer is unknown to the server (TLS alert 48). APNs itself was not asked.`,
      },
    ]);
  },
);

test('apns verify ends after a farewell to a connection that stays open', async () => {
  const farewell: ApnsPlay = (stream, session) => {
    stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
    stream.end('{"reason":"BadDeviceToken"}');
    session.goaway(0);
  };
  const { host } = await startApns([farewell]);
  const started = performance.now();
  const argv = ['apns', 'verify', good, '--apns-host', host, '--ca-file', serverCa];
  const { exitCode } = await runProgram(argv, cleanEnvironment({ MFA_CLI_P12_PASSWORD: 'secret' }));
  expect([exitCode, performance.now() - started < 20_000]).toEqual([0, true]);
});

test('apns verify ends with 130 at an interrupt', async () => {
  const interrupt = new AbortController();
  const { CliError } = await import('../../../src/errors/cli-error.ts');
  const { host } = await startApns([
    () => interrupt.abort(new CliError('interrupted', 'Interrupted')),
  ]);
  const argv = ['apns', 'verify', good, '--apns-host', host, '--ca-file', serverCa];
  const { exitCode, stdout } = await createMachine().run(argv, { env, signal: interrupt.signal });
  expect([exitCode, stdout]).toEqual([130, '']);
});
