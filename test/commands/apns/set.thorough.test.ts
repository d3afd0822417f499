import { request } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Emulator } from '../../../src/emulator/tenants.ts';
import { type ApnsPlay, serverCa, startApns } from '../../support/apns.ts';
import { startProxy } from '../../support/connect-proxy.ts';
import { createMachine } from '../../support/context.ts';
import { serviceToken } from '../../support/emulator.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { listen, pair } from '../../support/http.ts';
import { isThorough } from '../../support/patience.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  authorizationUrlOf,
  settingsOf,
  shareTenant,
  signIn,
  startTenant,
  visit,
} from '../../support/tenant.ts';

test.runIf(isThorough)(
  'a tenant that rejects high iteration counts of an older scheme',
  async () => {
    const { emulator, machine } = await startTenant({
      assumptions: { 'p12-iterations': 'limited' },
    }).then((tenant) => signIn(tenant.emulator));
    const argv = ['apns', 'set', p12Path('18-legacy-iter-600k'), '--timeout', '300'];
    // Millions of hashes, here and at the tenant.
    const { exitCode, stderr } = await machine.run(argv, { env });
    expect([exitCode, await settingsOf(emulator)]).toEqual([6, {}]);
    expect(stderr).toMatch(/mfa-cli apns convert \S+18-legacy-iter-600k\.p12 --format p12/);
  },
);

const signedIn = shareTenant();
test('apns set --verify waits for APNs and the tenant no longer than --timeout in all', async () => {
  const lateness = 300;
  const late: ApnsPlay = (stream) => {
    setTimeout(() => {
      stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
      stream.end('{"reason":"BadDeviceToken"}');
    }, lateness);
  };
  const { host } = await startApns([late]);
  const { emulator } = await signedIn();
  const way = [
    '--apns-host',
    host,
    '--ca-file',
    serverCa,
    '--tenant',
    emulator.url,
    '--timeout',
    '60',
  ];
  const argv = ['apns', 'set', p12Path('01-default-aes256'), '--verify', ...way];
  const { exitCode, timeouts } = await createMachine().run(argv, {
    env: { ...env, MFA_CLI_TOKEN: await serviceToken(emulator) },
  });
  expect([exitCode, timeouts]).toEqual([0, [expect.any(Number)]]);
  // A timer may be a millisecond early.
  expect(timeouts[0]).toBeLessThan(60_000 - lateness + 2);
});

/** The tenant by a name of another machine, over TLS through a proxy. */
async function elsewhere({ url }: Emulator): Promise<{ tenant: string; proxy: string }> {
  const front = createServer(pair('server'), (incoming, response) => {
    const { method, url: path = '/' } = incoming;
    const headers = { ...incoming.headers, host: new URL(url).host };
    const onward = request(new URL(path, url), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  const port = await listen(front);
  const proxy = await startProxy();
  return {
    tenant: `https://tenant.example.test:${port}`,
    proxy: `http://127.0.0.1:${proxy.port}`,
  };
}

test('apns set sends no practice certificate to a tenant elsewhere that the sign-in has named', async () => {
  const { emulator, port } = await startTenant();
  const { tenant, proxy } = await elsewhere(emulator);
  const machine = createMachine();
  const folder = temporaryDirectory();
  const password = { MFA_CLI_P12_PASSWORD: 'sesame', MFA_CLI_KEY_PASSWORD: 'sesame' };
  const app = ['--bundle-id', 'com.example.app', '--team-id', 'ABCDE12345'];
  const making = ['apns', 'request', '--practice', ...app, '--out', folder];
  expect(await machine.run(making, { env: password })).toMatchObject({ exitCode: 0 });
  const file = join(folder, 'com.example.app.practice.p12');
  const { exitCode, stdout, questions } = await machine.run(
    ['apns', 'set', file, '--client-app-key', 'com.example.app', '--no-verify', '--json'],
    {
      env: {
        ...password,
        MFA_CLI_PORT: String(port),
        MFA_CLI_CA_FILE: serverCa,
        HTTPS_PROXY: proxy,
      },
      answers: [true, tenant, 'mfa-cli', 'mfa-cli'],
      browser: async (address) => {
        const { pathname, search } = await authorizationUrlOf(address);
        await visit(`${emulator.url}${pathname}${search}`);
      },
    },
  );
  const { findings, ...report } = JSON.parse(stdout);
  expect([exitCode, report]).toMatchObject([4, { tenant, sent: false }]);
  expect(findings[0].code).toBe('practice-certificate');
  expect(questions.join()).toContain('Sign in now?');
  expect(await settingsOf(emulator)).toEqual({});
});
