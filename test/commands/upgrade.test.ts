import { describe, expect, test } from 'vitest';
import { installationAt, registryOf } from '../../src/commands/upgrade.ts';
import { startProxy } from '../support/connect-proxy.ts';
import { createMachine } from '../support/context.ts';
import { failureOf, startServer, tlsFixture } from '../support/http.ts';
import { cleanEnvironment, programCommand, runProgram } from '../support/process.ts';
import { startRegistry } from '../support/registry.ts';

const repository = { type: 'git', url: 'git+https://github.com/OWNER/mfa-cli.git' };

/** What a registry says of a package with one release. */
function packageOf(latest: unknown, release: object = { repository }): string {
  return JSON.stringify({
    name: 'mfa-cli',
    'dist-tags': { latest },
    versions: { [String(latest)]: { name: 'mfa-cli', version: latest, ...release } },
  });
}

/** What `upgrade --check` says of a registry that answers this for our name. */
async function check(answer: string | number, argv: readonly string[] = []) {
  const registry = await startRegistry(() => ({ '/npm/mfa-cli': answer }));
  const env = { MFA_CLI_REGISTRY: `${registry.url}/npm/` };
  const result = await createMachine().run(['upgrade', '--check', ...argv], { env });
  return { ...result, registry };
}

/** Of the version 0.1.0, which the tests run as. */
test.each([
  ['0.1.0', false],
  ['0.1.1', true],
  ['0.10.0', true],
  ['1.0.0', true],
  ['0.0.9', false],
  ['0.1.0-beta.2', false],
  ['0.2.0-beta.2', true],
  ['0.1.0+build.7', false],
])('%s is newer: %s', async (latest, newer) => {
  const { exitCode, stdout, stderr, registry } = await check(packageOf(latest), ['--json']);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual({
    ...{ current: '0.1.0', latest: latest.replace('+build.7', ''), newer, found: 'release' },
    ...{ registry: `${registry.url}/npm`, installation: 'npm', command: null },
    releases: 'https://github.com/OWNER/mfa-cli/releases',
  });
  expect(registry.requests.map(({ line }) => line)).toEqual(['GET /npm/mfa-cli']);
});

describe('in words', () => {
  test.each<[string, string | number, string]>([
    [
      'a newer release',
      packageOf('0.2.0'),
      'mfa-cli 0.2.0 is available. You have 0.1.0. See https://github.com/OWNER/mfa-cli/releases\n',
    ],
    ['this one', packageOf('0.1.0'), '✓ mfa-cli 0.1.0 is the latest release.\n'],
    ['an older one', packageOf('0.0.9'), 'mfa-cli 0.1.0 is newer than the latest release, 0.0.9.\n'],
    ['nothing', 404, 'URL/npm has no release of mfa-cli. You have 0.1.0.\n'],
    [
      'the program of somebody else',
      packageOf('9.0.0', { repository: 'github:somebody/mfa-cli' }),
      'The package mfa-cli at URL/npm is another program. Do not install it. You have 0.1.0.\n',
    ],
  ])('the registry has %s', async (_case, answer, words) => {
    const { exitCode, stdout, registry } = await check(answer);
    expect(exitCode).toBe(0);
    expect(stdout.replaceAll(registry.url, 'URL').startsWith(words)).toBe(true);
  });
});

test.each([
  ['no repository', {}, 'another-program'],
  ['a repository that is none', { repository: { url: 7 } }, 'another-program'],
  [
    'one whose name begins with ours',
    { repository: 'https://github.com/OWNER/mfa-cli-2' },
    'another-program',
  ],
  ['our repository as a text', { repository: 'https://github.com/owner/mfa-cli' }, 'release'],
  ['our repository in another spelling', { repository: 'git+https://github.com/OWNER/mfa-cli/' }, 'release'],
])('a package with %s is told from ours: %s', async (_case, release, found) => {
  const { stdout } = await check(packageOf('9.0.0', release), ['--json']);
  const isOurs = found === 'release';
  expect(JSON.parse(stdout)).toMatchObject({ found, latest: isOurs ? '9.0.0' : null, newer: isOurs });
});

describe('a registry that is none', () => {
  const notOne = 'is not that of an npm registry';
  test.each<[string, string | number, string, string]>([
    ['a page', '<html>', 'tenant-not-json', notOne],
    ['an empty object', '{}', 'tenant-not-json', notOne],
    ['a version that is none', packageOf('\u001b[31m9.9.9'), 'tenant-not-json', notOne],
    ['a version of 300 characters', packageOf(`1.0.0-${'a'.repeat(300)}`), 'tenant-not-json', notOne],
    ['a number', packageOf(7), 'tenant-not-json', notOne],
    [
      'a tag without its release',
      JSON.stringify({ 'dist-tags': { latest: '__proto__' }, versions: {} }),
      'tenant-not-json',
      notOne,
    ],
    ['more than 8 MiB', `"${'x'.repeat(9 * 1024 * 1024)}"`, 'tenant-not-json', 'is larger than 8 MiB'],
    ['401', 401, 'tenant-unreachable', 'answered with HTTP 401'],
  ])('answers %s', async (_case, answer, code, words) => {
    const { exitCode, stdout, stderr } = await check(answer, ['--json']);
    expect(exitCode).toBe(7);
    expect(JSON.parse(stdout).error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(stdout + stderr).not.toMatch(/tenant (?!-)|identity/);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stderr).toContain('MFA_CLI_REGISTRY');
  });

  test('is not there, or leads elsewhere, and no tenant is spoken of', async () => {
    const { origin } = await startServer([{ status: 302, headers: { location: 'https://example.com/' } }]);
    for (const [address, code] of [
      ['http://127.0.0.1:9', 'tenant-unreachable'],
      [origin, 'tenant-redirected'],
    ]) {
      const env = { MFA_CLI_REGISTRY: String(address) };
      const { exitCode, stdout, stderr } = await createMachine().run(['upgrade', '--check', '--json'], {
        env,
      });
      expect([exitCode, JSON.parse(stdout).error.code]).toEqual([7, code]);
      expect(stderr).toMatch(/^mfa-cli: hint: .*MFA_CLI_REGISTRY/m);
      expect(stderr).not.toContain('tenant');
    }
  });

  test('says nothing in time', async () => {
    const { origin } = await startServer([() => {}]);
    const env = { MFA_CLI_REGISTRY: origin };
    const result = await createMachine().run(['upgrade', '--check', '--timeout', '0.3'], { env });
    expect([result.exitCode, result.stderr]).toEqual([7, expect.stringContaining('did not answer in time')]);
  });
});

test('is asked over TLS that --ca-file vouches for, through a proxy, and is told nothing but the version', async () => {
  const server = await startServer([{ body: packageOf('0.2.0') }], { certificate: 'server' });
  const proxy = await startProxy();
  const env = {
    MFA_CLI_REGISTRY: `https://tenant.example.test:${server.port}`,
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    MFA_CLI_TOKEN: 'token',
    MFA_CLI_TENANT: 'https://acme.example.com',
  };
  const argv = ['upgrade', '--check', '--json', '--ca-file', tlsFixture('ca.pem')];
  const { exitCode, stdout } = await createMachine().run(argv, { env });
  expect([exitCode, JSON.parse(stdout).latest]).toEqual([0, '0.2.0']);
  expect(proxy.targets).toEqual([`tenant.example.test:${server.port}`]);
  const host = `tenant.example.test:${server.port}`;
  const headers = {
    accept: 'application/json',
    connection: 'close',
    host,
    'user-agent': 'mfa-cli/test',
  };
  expect(server.received).toEqual([{ method: 'GET', path: '/mfa-cli', body: '', headers }]);
});

test('asks nobody without --check, which it names', async () => {
  const registry = await startRegistry(() => ({}));
  const env = { MFA_CLI_REGISTRY: registry.url };
  const { exitCode, stderr } = await createMachine().run(['upgrade'], { env });
  expect([exitCode, registry.requests]).toEqual([2, []]);
  expect(stderr).toContain('`mfa-cli upgrade --check`');
});

describe('the address of the registry', () => {
  test.each([
    [{}, 'https://registry.npmjs.org'],
    [{ MFA_CLI_REGISTRY: '', npm_config_registry: 'https://b.example/a/' }, 'https://b.example/a'],
    [{ MFA_CLI_REGISTRY: 'https://a.example/?x#y', npm_config_registry: 'http://b' }, 'https://a.example'],
    [{ MFA_CLI_REGISTRY: 'http://[::1]:4873' }, 'http://[::1]:4873'],
  ])('in %j', (env: Record<string, string>, expected) => {
    expect(registryOf(env)).toBe(expected);
  });

  test.each([
    ['MFA_CLI_REGISTRY', 'http://npm.example.com'],
    ['MFA_CLI_REGISTRY', 'npm.example.com'],
    ['MFA_CLI_REGISTRY', 'file:///etc/passwd'],
    ['MFA_CLI_REGISTRY', 'https://ada:hunter22@npm.example.com'],
    ['npm_config_registry', 'https://hunter22@npm.example.com'],
  ])('%s may not be %s', async (name, address) => {
    expect(await failureOf(() => registryOf({ [name]: address }))).toBe(
      `usage: ${name} must be the address of a registry, https://HOST/PATH`,
    );
  });
});

test.each([
  ['/usr/lib/node_modules/mfa-cli/bin/mfa-cli.js', false, 'npm', null],
  ['C:\\Users\\Ada\\AppData\\Roaming\\npm\\node_modules\\mfa-cli\\bin\\mfa-cli.js', false, 'npm', null],
  ['/opt/homebrew/Cellar/mfa-cli/1.2.0/bin/mfa-cli', false, 'homebrew', 'brew upgrade mfa-cli'],
  ['C:\\Users\\Ada\\scoop\\apps\\mfa-cli\\current\\mfa-cli.exe', false, 'scoop', 'scoop update mfa-cli'],
  [
    'C:\\Users\\Ada\\AppData\\Local\\Microsoft\\WinGet\\Packages\\OWNER.mfa-cli\\mfa-cli.exe',
    false,
    'winget',
    'winget upgrade mfa-cli',
  ],
  ['/home/ada/mfa-cli/bin/mfa-cli.js', true, 'clone', 'git pull && npm ci --ignore-scripts && npm run build'],
  ['/usr/local/bin/mfa-cli', false, 'file', null],
])('%s was installed as %s', (path, hasSource, kind, command) => {
  const found = installationAt(path, hasSource);
  expect([found.kind, found.command]).toEqual([kind, command]);
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
