import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { createSbom, type Sbom } from '../../scripts/sbom.mjs';
import { version } from '../../src/text/version.ts';
import { cleanEnvironment, type Finished, finish } from '../support/process.ts';
import { type Registry, startRegistry } from '../support/registry.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const script = fileURLToPath(new URL('../../scripts/audit.mjs', import.meta.url));
const { components }: Sbom = JSON.parse(
  readFileSync(new URL('../../dist/sbom.cdx.json', import.meta.url), 'utf8'),
);
const endpoint = '/-/npm/v1/security/advisories/bulk';

function audit(registry: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const npm = {
    npm_config_registry: registry,
    npm_config_fetch_retry_mintimeout: '1',
    npm_config_fetch_retry_maxtimeout: '1',
  };
  return finish(spawn(process.execPath, [script], { env: cleanEnvironment({ ...npm, ...env }) }));
}

function knowing(name: string, severity: string, versions: string): Promise<Registry> {
  const advisory = {
    id: 1,
    url: 'https://example.com/1',
    title: 'Runs anything',
    severity,
    vulnerable_versions: versions,
  };
  return startRegistry(() => ({ [endpoint]: JSON.stringify({ [name]: [advisory] }) }));
}

test('asks for the packages of the bundle in their versions, and for no other', async () => {
  const registry = await startRegistry(() => ({ [endpoint]: '{}' }));
  expect(await audit(registry.url)).toEqual({
    exitCode: 0,
    stdout: `${components.length} bundled packages audited: 0 advisories, 0 of them high or critical\n`,
    stderr: '',
  });
  const question = registry.requests.find(({ line }) => line === `POST ${endpoint}`);
  const asked = JSON.parse(gunzipSync(question?.body ?? '').toString()) as Record<string, string[]>;
  const expected: Record<string, string[]> = {};
  for (const { group, name, version } of components) {
    const full = group === undefined ? name : `${group}/${name}`;
    expected[full] = [...(expected[full] ?? []), version].sort();
  }
  const sorted = Object.entries(asked).map(([name, versions]) => [name, versions.toSorted()]);
  expect(Object.fromEntries(sorted)).toEqual(expected);
});

test.each(['high', 'critical'])('fails on an advisory of %s severity', async (severity) => {
  const registry = await knowing('commander', severity, '<99');
  const { exitCode, stdout } = await audit(registry.url);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`${severity}: commander <99: Runs anything (https://example.com/1)`);
  expect(stdout).toContain('1 advisories, 1 of them high or critical');
});

test.each(['low', 'moderate'])('tells of one of %s severity', async (severity) => {
  const registry = await knowing('commander', severity, '<99');
  const { exitCode, stdout } = await audit(registry.url);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`${severity}: commander <99: Runs anything`);
});

test('passes where other versions are meant', async () => {
  const { exitCode, stdout } = await audit((await knowing('commander', 'critical', '<1')).url);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('0 advisories')]);
});

test.each([404, 405, 500])('passes and says so where the registry answers %s', async (status) => {
  const { url } = await startRegistry(() => ({ [endpoint]: status }));
  const { exitCode, stdout } = await audit(url);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^NOT AUDITED: .*: \d{3} /)]);
});

test('passes and says so where the registry cannot be reached', async () => {
  const { exitCode, stdout } = await audit(`http://127.0.0.1:${await freePort()}`);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^NOT AUDITED: .*ECONNREFUSED/)]);
});

test.each([
  ['no report', 'echo oops', 'npm audit gave no report'],
  ['another fault', `echo '{"error":{"summary":"no lock"}}'`, 'npm audit: no lock'],
])('fails where npm itself has %s', async (_case, command, words) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'npm'), `#!/bin/sh\n${command}\nexit 1\n`, { mode: 0o755 });
  const env = { PATH: `${directory}${delimiter}${process.env.PATH}` };
  const { exitCode, stderr } = await audit('http://127.0.0.1:9', env);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(words)]);
});

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
/** As the build wrote it. */
const sbom: Sbom = read(`${root}dist/sbom.cdx.json`);
const lock: { packages: Record<string, { version: string; integrity: string }> } = read(
  `${root}package-lock.json`,
);
const fullName = ({ group, name }: { group?: string; name: string }) =>
  group === undefined ? name : `${group}/${name}`;

describe('the bill of materials', () => {
  test('is about this program', () => {
    expect(sbom.metadata).toMatchObject({
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        name: 'mfa-cli',
        version,
        purl: `pkg:npm/mfa-cli@${version}`,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    });
  });

  test('has each package that THIRD-PARTY-LICENSES has, and no other', () => {
    const licenses = readFileSync(`${root}dist/THIRD-PARTY-LICENSES.txt`, 'utf8');
    const headings = licenses.split(`\n${'-'.repeat(78)}\n\n`).map((text) => text.split('\n')[0]);
    expect(headings).toEqual(
      sbom.components.map((component) => {
        const [only] = component.licenses ?? [];
        return `${fullName(component)} ${component.version} (${only?.expression ?? only?.license?.id})`;
      }),
    );
  });

  test('has whatever the source imports, and nothing that only builds and tests', () => {
    const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' });
    const imported = files
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(`${root}src/${file}`, 'utf8').matchAll(
          /(?:^(?:import|export) (?!type)[^;]*? from |import\()'(?!\.|node:)((?:@[^/']+\/)?[^/']+)/gm,
        ),
      ])
      .map(([, name]) => name);
    const names = sbom.components.map(fullName);
    expect(names).toEqual(expect.arrayContaining(imported));
    expect(new Set(imported).size).toBeGreaterThan(10);
    for (const tool of ['vitest', 'rolldown', 'typescript', 'playwright-core', 'openid-client'])
      expect(names).not.toContain(tool);
  });

  test('has the hash of each package from the lock', () => {
    const locked = Object.entries(lock.packages).map(([place, { version: of, integrity }]) => [
      `${place.split('node_modules/').at(-1)} ${of}`,
      integrity,
    ]);
    const hashes = new Map(locked as [string, string][]);
    for (const component of sbom.components) {
      const integrity = hashes.get(`${fullName(component)} ${component.version}`) ?? '';
      const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
      expect(component.hashes).toEqual([{ alg: 'SHA-512', content }]);
      expect(content).toHaveLength(128);
    }
  });

  test('tells who brought each package', () => {
    const graph = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set<string>();
    const visit = (ref: string): void => {
      if (reached.has(ref)) return;
      reached.add(ref);
      graph.get(ref)?.forEach(visit);
    };
    const program = sbom.metadata.component;
    visit(program.purl);
    const all = [program, ...sbom.components].map(({ purl }) => purl);
    expect([...reached].sort()).toEqual(all.sort());
    const { devDependencies, optionalDependencies } = read(`${root}package.json`);
    const own = sbom.components.filter(({ purl }) => graph.get(program.purl)?.includes(purl));
    expect(Object.keys({ ...devDependencies, ...optionalDependencies })).toEqual(
      expect.arrayContaining(own.map(fullName)),
    );
    expect(own.map(({ purl }) => purl)).toEqual(graph.get(program.purl));
  });
});

describe('a bill of materials', () => {
  const manifest = { name: 'mfa-cli', version: '1.0.0-rc.1+5', license: 'Apache-2.0', description: 'A tool' };
  const integrity = `sha512-${Buffer.alloc(64, 0xab).toString('base64')}`;
  const plain = {
    name: 'b',
    version: '2.0.0',
    license: 'MIT',
    integrity,
    direct: true,
    requires: ['@a/c 1.0.0'],
  };
  const scoped = {
    name: '@a/c',
    version: '1.0.0',
    license: '(MIT OR GPL-2.0)',
    integrity,
    direct: false,
    requires: [],
  };

  test('has names, purls, licenses and hashes as CycloneDX has them', () => {
    const document = createSbom(manifest, [scoped, plain]);
    expect(document.metadata.component.purl).toBe('pkg:npm/mfa-cli@1.0.0-rc.1%2B5');
    expect(document.components).toEqual([
      {
        type: 'library',
        'bom-ref': 'pkg:npm/%40a/c@1.0.0',
        group: '@a',
        name: 'c',
        version: '1.0.0',
        purl: 'pkg:npm/%40a/c@1.0.0',
        licenses: [{ expression: '(MIT OR GPL-2.0)' }],
        hashes: [{ alg: 'SHA-512', content: 'ab'.repeat(64) }],
      },
      expect.objectContaining({ name: 'b', licenses: [{ license: { id: 'MIT' } }] }),
    ]);
    expect(document.dependencies).toEqual([
      { ref: 'pkg:npm/mfa-cli@1.0.0-rc.1%2B5', dependsOn: ['pkg:npm/b@2.0.0'] },
      { ref: 'pkg:npm/%40a/c@1.0.0', dependsOn: [] },
      { ref: 'pkg:npm/b@2.0.0', dependsOn: ['pkg:npm/%40a/c@1.0.0'] },
    ]);
  });

  test('has the time that SOURCE_DATE_EPOCH names, and is the same each time', () => {
    const at = (epoch?: string) => createSbom(manifest, [scoped, plain], epoch);
    expect(at('1700000000').metadata.timestamp).toBe('2023-11-14T22:13:20.000Z');
    expect(at('').metadata.timestamp).toBeUndefined();
    expect(JSON.stringify(at())).toBe(JSON.stringify(at()));
    expect(() => at('yesterday')).toThrow('SOURCE_DATE_EPOCH');
  });

  test('takes a package without a license, which scripts/licenses.mjs refuses', () => {
    const document = createSbom(manifest, [{ ...plain, license: undefined, requires: [] }]);
    expect(document.components[0]?.licenses).toBeUndefined();
  });

  test('takes hashes of every size', () => {
    const small = `sha256-${Buffer.alloc(32).toString('base64')}`;
    const [component] = createSbom(manifest, [{ ...plain, requires: [], integrity: small }]).components;
    expect(component?.hashes).toEqual([{ alg: 'SHA-256', content: '0'.repeat(64) }]);
  });

  test('refuses a hash that is none', () => {
    expect(() => createSbom(manifest, [{ ...plain, integrity: 'sha1-x' }])).toThrow('sha1-x');
  });
});
