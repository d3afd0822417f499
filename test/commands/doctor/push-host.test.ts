import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { checkPushHost } from '../../../src/commands/doctor/machine.ts';
import type { Context } from '../../../src/context.ts';
import type { Settings } from '../../../src/settings/settings.ts';
import { startApns } from '../../support/apns.ts';
import { createMachine } from '../../support/context.ts';
import { listen, pair, tlsFixture } from '../../support/http.ts';

/** The check of doctor, with that host in place of Apple's. */
async function check(
  host: string,
  words: readonly string[] = [],
  more: Record<string, string> = {},
) {
  const env = { MFA_CLI_APNS_HOST: host, ...more };
  const { stdout } = await createMachine().run(['doctor', '--json', ...words], {
    env,
    now: new Date(),
  });
  const { checks } = JSON.parse(stdout) as {
    checks: { code: string; level: string; message: string }[];
  };
  const { code: _, ...found } = checks.find(({ code }) => code === 'push-host') ?? { code: '' };
  return found;
}

describe('a push host', () => {
  test('under a CA that nobody knows is told so', async () => {
    const { host } = await startApns();
    expect(await check(host)).toEqual({
      level: 'warning',
      message: expect.stringMatching(
        `^The TLS connection to ${host} failed: its certificate comes from an unknown authority`,
      ),
      hint: expect.stringContaining('--ca-file PEM'),
    });
    expect(await check(host, ['--ca-file', tlsFixture('ca.pem')])).toMatchObject({ level: 'ok' });
  });

  test.each<[string, string, string]>([
    ['has expired', 'expired', 'The TLS connection to HOST failed: '],
    ['is that of another host', 'other-host', 'The TLS connection to HOST failed: '],
  ])('whose certificate %s is told as such', async (_case, certificate, words) => {
    const { host } = await startApns([], certificate);
    const { level, message } = (await check(host, ['--ca-file', tlsFixture('ca.pem')])) as Record<
      string,
      string
    >;
    expect([level, message?.slice(0, words.length + host.length - 4)]).toEqual([
      'warning',
      words.replace('HOST', host),
    ]);
  });

  test('that lets nobody in without a certificate is trusted all the same', async () => {
    const server = createTlsServer({
      ...pair('server'),
      ALPNProtocols: ['h2'],
      requestCert: true,
      rejectUnauthorized: true,
    });
    server.on('tlsClientError', () => {});
    const host = `127.0.0.1:${await listen(server)}`;
    expect(await check(host, ['--ca-file', tlsFixture('ca.pem')])).toMatchObject({ level: 'ok' });
  });

  test('is not looked at where the CA file is missing, which is told once', async () => {
    const found = await check('127.0.0.1:9', ['--ca-file', 'missing.pem']);
    expect(found).toMatchObject({
      level: 'not-checked',
      message:
        'The root CA of 127.0.0.1:9 was not checked: The CA file missing.pem does not exist.',
    });
  });

  test.each([
    [20_000, 3000],
    [2000, 2000],
  ])('is waited for 3 s at most: of a timeout of %d ms, %d ms', async (timeout, expected) => {
    const asked: number[] = [];
    const context = {
      env: {},
      apns: async (terms: { timeout: number }) => {
        asked.push(terms.timeout);
        return { connect: async () => {}, close: () => {} };
      },
    };
    const settings = { network: { timeout, caFile: null } };
    const { level } = await checkPushHost(
      settings as unknown as Settings,
      context as unknown as Context,
    );
    expect([level, asked]).toEqual(['ok', [expected]]);
  });

  test('that is no address is a fault of the variable', async () => {
    expect(await check('a host')).toMatchObject({
      level: 'error',
      message: '"a host" is not an APNs host such as api.push.apple.com:2197.',
    });
  });
});
