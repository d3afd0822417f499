import { expect, test } from 'vitest';
import { installationAt, registryOf } from '../../src/commands/upgrade.ts';
import { testCases } from '../support/cases.ts';
import { startProxy } from '../support/connect-proxy.ts';
import { createMachine } from '../support/context.ts';
import { startServer, tlsFixture } from '../support/http.ts';
import { cleanEnvironment, programCommand, runProgram } from '../support/process.ts';
import { startRegistry } from '../support/registry.ts';

const repository = { type: 'git', url: 'git+https://github.com/OWNER/mfa-cli.git' };

/** The description of a package with one release. */
function packageOf(latest: unknown, release: object = { repository }): string {
  return JSON.stringify({
    name: 'mfa-cli',
    'dist-tags': { latest },
    versions: { [String(latest)]: { name: 'mfa-cli', version: latest, ...release } },
  });
}

/** `upgrade --check` with a registry that answers this for our name: exit code and both streams. */
async function check(answer: string | number, ...words: readonly string[]) {
  const registry = await startRegistry(() => ({ '/npm/mfa-cli': answer }));
  const env = { MFA_CLI_REGISTRY: `${registry.url}/npm/` };
  const { exitCode, stdout, stderr } = await createMachine().run(['upgrade', '--check', ...words], { env });
  expect(registry.requests.map(({ line }) => line)).toEqual(['GET /npm/mfa-cli']);
  const masked = (text: string) => text.replaceAll(registry.url, 'URL');
  return [exitCode, masked(stdout), masked(stderr)] as const;
}

/** The versions are compared with 0.1.0, which the tests run as. */
testCases('commands/upgrade', {
  'the latest version': async (latest: string) => {
    const [exitCode, stdout, stderr] = await check(packageOf(latest), '--json');
    return [exitCode, JSON.parse(stdout), stderr];
  },
  'in words, the latest version, and its repository': async (latest: string | number, repository?: unknown) =>
    check(typeof latest === 'number' ? latest : packageOf(latest, repository ? { repository } : undefined)),
  'the repository of a package': async (release: object) => {
    const [, stdout] = await check(packageOf('9.0.0', release), '--json');
    const { found, latest, newer } = JSON.parse(stdout);
    return { found, latest, newer };
  },
  'a registry that is none, by its answer': async (answer: unknown) => {
    const text = typeof answer === 'object' ? JSON.stringify(answer) : answer;
    const [exitCode, stdout, stderr] = await check(text as string | number, '--json');
    // Nobody spoke of a tenant.
    expect(stdout + stderr).not.toMatch(/tenant (?!-)|identity|\p{Cc}(?<!\n)/u);
    return [exitCode, JSON.parse(stdout).error];
  },
  'the address of the registry, by the environment': registryOf,
  'the kind of an installation, by its path and whether it has our source': installationAt,
});

test('a registry that is not there, leads elsewhere or says nothing in time is said to be so, and no tenant is spoken of', async () => {
  const { origin } = await startServer([{ status: 302, headers: { location: 'https://example.com/' } }]);
  const silent = await startServer([() => {}]);
  for (const [MFA_CLI_REGISTRY, code, timeout] of [
    ['http://127.0.0.1:9', 'tenant-unreachable', '30'],
    [origin, 'tenant-redirected', '30'],
    [silent.origin, 'tenant-timeout', '0.3'],
  ] as const) {
    const argv = ['upgrade', '--check', '--json', '--timeout', timeout];
    const { exitCode, stdout, stderr } = await createMachine().run(argv, { env: { MFA_CLI_REGISTRY } });
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([7, code]);
    expect(stderr).toMatch(/^mfa-cli: hint: .*MFA_CLI_(REGISTRY|TIMEOUT)/m);
    expect(stderr).not.toContain('tenant');
  }
});

test('is asked over TLS that --ca-file vouches for, through a proxy, and is told nothing but the version', async () => {
  const server = await startServer([{ body: packageOf('0.2.0') }], { certificate: 'server' });
  const proxy = await startProxy();
  const host = `tenant.example.test:${server.port}`;
  const env = {
    MFA_CLI_REGISTRY: `https://${host}`,
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    MFA_CLI_TOKEN: 'token',
    MFA_CLI_TENANT: 'https://acme.example.com',
  };
  const argv = ['upgrade', '--check', '--json', '--ca-file', tlsFixture('ca.pem')];
  const { exitCode, stdout } = await createMachine().run(argv, { env });
  expect([exitCode, JSON.parse(stdout).latest, proxy.targets]).toEqual([0, '0.2.0', [host]]);
  const headers = { accept: 'application/json', connection: 'close', host, 'user-agent': 'mfa-cli/test' };
  expect(server.received).toEqual([{ method: 'GET', path: '/mfa-cli', body: '', headers }]);
});

test('asks nobody without --check, which it names', async () => {
  const registry = await startRegistry(() => ({}));
  const env = { MFA_CLI_REGISTRY: registry.url };
  const { exitCode, stderr } = await createMachine().run(['upgrade'], { env });
  expect([exitCode, registry.requests]).toEqual([2, []]);
  expect(stderr).toContain('`mfa-cli upgrade --check`');
});

test('the program that is tested knows how it was installed', async () => {
  const registry = await startRegistry(() => ({ '/mfa-cli': packageOf('99.0.0') }));
  const env = cleanEnvironment({ MFA_CLI_REGISTRY: registry.url });
  const { stdout } = await runProgram(['upgrade', '--check', '--json'], env);
  const clone = { installation: 'clone', command: 'git pull && npm ci --ignore-scripts && npm run build' };
  expect(JSON.parse(stdout)).toMatchObject({
    newer: true,
    ...(programCommand.length === 1 ? { installation: 'file', command: null } : clone),
  });
});
