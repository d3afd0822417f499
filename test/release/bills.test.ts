import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ajv from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { readLocks } from '../../scripts/binary/locked-package.mjs';
import { createSbom, type Sbom } from '../../scripts/sbom.mjs';
import { version } from '../../src/text/version.ts';
import { requireLocked } from './packages.ts';
import { released } from './released.ts';

const schemas = join(
  dirname(requireLocked.resolve('@cyclonedx/cyclonedx-library/package.json')),
  'res/schema',
);
const read = (file: string) => JSON.parse(readFileSync(join(schemas, file), 'utf8'));
const judge = new ajv.Ajv({ strict: false, formats: { 'idn-email': true, 'iri-reference': true } });
formats.default(judge);
for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
  const file = `${name}.SNAPSHOT.schema.json`;
  judge.addSchema(read(file), `http://cyclonedx.org/schema/${file}`);
}
const validate = judge.compile(read('bom-1.6.SNAPSHOT.schema.json'));

/** What CycloneDX's own schema finds wrong with a bill of materials. */
function cyclonedxFaults(document: unknown): unknown {
  return validate(document) ? null : validate.errors;
}

const readBill = (kind: string): Sbom =>
  JSON.parse(readFileSync(released(new RegExp(`-${kind}\\.cdx\\.json$`)), 'utf8'));
const purls = ({ components }: Sbom): string[] => components.map(({ purl }) => purl);

describe('the bills of materials', () => {
  test.each(['npm', 'binary'])('of %s is CycloneDX, with the time of the commit', (kind) => {
    const bill = readBill(kind);
    expect(cyclonedxFaults(bill)).toBeNull();
    expect(bill.metadata.component.purl).toBe(`pkg:npm/mfa-cli@${version}`);
    expect(bill.metadata.timestamp).toMatch(/^20\d\d-/);
  });

  test('of the executables has Bun and the library of the keychain besides, by the hashes of the lock', () => {
    const [npm, binary] = [readBill('npm'), readBill('binary')];
    const { packages } = readLocks();
    const runtimes = binary.components.filter(({ purl }) => !purls(npm).includes(purl));
    const names = runtimes.map(({ group, name }) => `${group}/${name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        '@oven/bun-linux-x64',
        '@oven/bun-windows-x64',
        '@napi-rs/keyring-linux-x64-musl',
        '@napi-rs/keyring-win32-x64-msvc',
      ]),
    );
    expect(names).toHaveLength(12);
    for (const [index, { type, version: of, hashes }] of runtimes.entries()) {
      const locked = packages[`node_modules/${names[index]}`];
      const content = Buffer.from(
        (locked?.integrity ?? '').replace('sha512-', ''),
        'base64',
      ).toString('hex');
      const kind = names[index]?.startsWith('@oven/') ? 'platform' : 'library';
      expect([type, of, hashes]).toEqual([kind, locked?.version, [{ alg: 'SHA-512', content }]]);
    }
    expect(binary.dependencies[0]?.dependsOn).toEqual(
      expect.arrayContaining(runtimes.map(({ purl }) => purl)),
    );
  });
});

describe('the schema of CycloneDX', () => {
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
    ...plain,
    name: '@a/c',
    version: '1.0.0',
    license: '(MIT OR GPL-2.0)',
    direct: false,
    requires: [],
  };
  const manifest = {
    name: 'mfa-cli',
    version: '1.0.0-rc.1+5',
    license: 'Apache-2.0',
    description: 'A tool',
  };
  const bill = createSbom(manifest, [scoped, plain]);

  test.each<readonly [string, object]>([
    ['names, scopes, versions and expressions', bill],
    ['a time', createSbom(manifest, [scoped, plain], '1700000000')],
    ['a package without a license', createSbom(manifest, [{ ...scoped, license: undefined }])],
  ])('takes %s', (_what, document) => {
    expect(cyclonedxFaults(document)).toBeNull();
  });

  test.each<readonly [string, object]>([
    [
      'a component without a name',
      { ...bill, components: [{ ...bill.components[0], name: undefined }] },
    ],
    ['a number in place of a version', { ...bill, specVersion: 1.6 }],
  ])('refuses %s', (_what, document) => {
    expect(cyclonedxFaults(document)).not.toBeNull();
  });
});
