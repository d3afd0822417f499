import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Sbom } from '../../scripts/sbom.mjs';
import { version } from '../../src/text/version.ts';
import { cyclonedxFaults } from '../support/cyclonedx.ts';
import { released } from './released.ts';

const read = (kind: string): Sbom =>
  JSON.parse(readFileSync(released(new RegExp(`-${kind}\\.cdx\\.json$`)), 'utf8'));
const purls = ({ components }: Sbom): string[] => components.map(({ purl }) => purl);

describe('the bills of materials', () => {
  test.each(['npm', 'binary'])('of %s is CycloneDX, with the time of the commit', (kind) => {
    const bill = read(kind);
    expect(cyclonedxFaults(bill)).toBeNull();
    expect(bill.metadata.component.purl).toBe(`pkg:npm/mfa-cli@${version}`);
    expect(bill.metadata.timestamp).toMatch(/^20\d\d-/);
  });

  test('of the executables has Bun and the library of the keychain besides, by the hashes of the lock', () => {
    const [npm, binary] = [read('npm'), read('binary')];
    const { packages } = JSON.parse(
      readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
    );
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
      const content = Buffer.from(locked.integrity.replace('sha512-', ''), 'base64').toString('hex');
      const kind = names[index]?.startsWith('@oven/') ? 'platform' : 'library';
      expect([type, of, hashes]).toEqual([kind, locked.version, [{ alg: 'SHA-512', content }]]);
    }
    expect(binary.dependencies[0]?.dependsOn).toEqual(
      expect.arrayContaining(runtimes.map(({ purl }) => purl)),
    );
  });
});
