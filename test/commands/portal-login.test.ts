import { expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { startProxy } from '../support/connect-proxy.ts';
import { createMachine } from '../support/context.ts';
import { startServer } from '../support/http.ts';
import { startTenant, visit } from '../support/tenant.ts';

test('login goes on with the identity host of a portal, says so and keeps it', async () => {
  const { emulator, port } = await startTenant();
  const discovery = await startServer([{ body: JSON.stringify({ endpoint: emulator.url }) }]);
  const machine = createMachine();
  const argv = ['login', '--tenant', 'acme.cyberark.cloud', '--port', String(port)];
  const { exitCode, stdout, stderr } = await machine.run([...argv, '--json'], {
    browser: visit,
    discovery: discovery.origin,
  });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).tenant).toBe(emulator.url);
  expect(stderr.split('\n')[0]).toBe(
    `https://acme.cyberark.cloud is the address of the portal; its identity host is ${emulator.url}.`,
  );
  expect(discovery.received.map(({ path }) => path)).toEqual(['/api/identity-endpoint/acme']);
  expect(JSON.parse((await machine.run(['whoami', '--json'])).stdout).tenant).toBe(emulator.url);
});

test('login goes on with what was given where discovery does not help', async () => {
  const discovery = await startServer([{ status: 404, body: '{}' }]);
  // A proxy that lets nothing pass: whether the browser gets through cannot be told.
  const env = { HTTPS_PROXY: `http://127.0.0.1:${(await startProxy({ status: 502 })).port}` };
  const { stderr, exitCode } = await createMachine().run(
    ['login', '--tenant', 'acme.cyberark.cloud', '--port', String(await freePort()), '--timeout', '0.3'],
    { discovery: discovery.origin, env },
  );
  expect(exitCode).toBe(5);
  expect(stderr).not.toContain('identity host');
  expect(stderr).toContain('https://acme.cyberark.cloud/OAuth2/Authorize/mfa-cli?');
  expect(discovery.received.length).toBe(1);
});

test('login at a portal where the sign-in is sure to fail asks for the identity host', async () => {
  // The proxy leads to this machine, where nobody vouches for the certificate.
  const { port } = await startServer([], { certificate: 'server' });
  const env = { HTTPS_PROXY: `http://127.0.0.1:${(await startProxy()).port}` };
  const argv = ['login', '--tenant', `acme.cyberark.cloud:${port}`, '--json'];
  const { exitCode, stdout } = await createMachine().run(argv, { env });
  expect(exitCode).toBe(7);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'tenant-tls',
    hints: [
      'This is how the address of a portal looks: give the identity host, https://abc1234.id.cyberark.cloud, with --tenant URL.',
    ],
  });
});

test('login asks nobody about a tenant that is no portal', async () => {
  const { login } = await startTenant();
  const discovery = await startServer();
  await createMachine().run(login, { browser: visit, discovery: discovery.origin });
  expect(discovery.received).toEqual([]);
});
