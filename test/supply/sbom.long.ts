import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createSbom, type Sbom } from '../../scripts/sbom.mjs';
import { version } from '../../src/text/version.ts';

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
  const manifest = {
    name: 'mfa-cli',
    version: '1.0.0-rc.1+5',
    license: 'Apache-2.0',
    description: 'A tool',
  };
  const integrity = `sha512-${Buffer.alloc(64, 0xab).toString('base64')}`;
  const all = { integrity, requires: [] };
  const plain = {
    ...{
      ...all,
      name: 'b',
      version: '2.0.0',
      license: 'MIT',
      direct: true,
      requires: ['@a/c 1.0.0'],
    },
  };
  const scoped = {
    ...all,
    name: '@a/c',
    version: '1.0.0',
    license: '(MIT OR GPL-2.0)',
    direct: false,
  };

  test('has names, purls, licenses and hashes as CycloneDX has them', () => {
    const document = createSbom(manifest, [scoped, plain]);
    expect(document.metadata.component.purl).toBe('pkg:npm/mfa-cli@1.0.0-rc.1%2B5');
    expect(document.components).toEqual([
      {
        ...{
          type: 'library',
          'bom-ref': 'pkg:npm/%40a/c@1.0.0',
          group: '@a',
          name: 'c',
          version: '1.0.0',
        },
        ...{ purl: 'pkg:npm/%40a/c@1.0.0', licenses: [{ expression: '(MIT OR GPL-2.0)' }] },
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

  test('refuses a hash that is none', () => {
    expect(() => createSbom(manifest, [{ ...plain, integrity: 'sha1-x' }])).toThrow('sha1-x');
  });
});
