import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { targets } from '../../scripts/binary/targets.mjs';
import { readMachO } from './mach-o.ts';

/** Where no machine of these tests can start them, the form alone is judged: `npm run build:binary -- --target all`. */
const release = fileURLToPath(new URL('../../release/binary/', import.meta.url));
/** The packages that were put into them. */
const cache = fileURLToPath(new URL('../../.cache/binary/', import.meta.url));
const bytesOf = (path: string): Buffer => readFileSync(release + path);

describe.each(Object.keys(targets))('release/binary/%s', (name) => {
  test.each([
    'LICENSE',
    'THIRD-PARTY-LICENSES.txt',
    'man/mfa-cli.1',
    'completions/mfa-cli.bash',
    'completions/_mfa-cli',
    'completions/mfa-cli.fish',
    'completions/mfa-cli.ps1',
  ])('has %s', (file) => {
    expect(statSync(`${release}${name}/${file}`).size).toBeGreaterThan(500);
  });

  test('says what Bun and its engine are licensed under', () => {
    const text = bytesOf(`${name}/THIRD-PARTY-LICENSES.txt`).toString();
    for (const words of ['Bun 1.4.5 (MIT)', 'JavaScriptCore', 'LGPL', 'node-forge'])
      expect(text).toContain(words);
  });

  test('has the library of its own keychain in it, and the licenses of that', () => {
    const [, title = ''] = targets[name]?.keychain.split('/') ?? [];
    const [folder] = readdirSync(cache).filter(
      (path) => path.replace(/-[0-9a-f]{64}$/, '') === title,
    );
    const { main } = JSON.parse(readFileSync(`${cache}${folder}/package.json`, 'utf8'));
    const library = readFileSync(`${cache}${folder}/${main}`);
    const file = bytesOf(`${name}/mfa-cli${name.startsWith('windows') ? '.exe' : ''}`);
    expect(library.length).toBeGreaterThan(100_000);
    expect(file.includes(library)).toBe(true);
    expect(bytesOf(`${name}/THIRD-PARTY-LICENSES.txt`).toString()).toContain(
      'Inside of @napi-rs/keyring',
    );
  });

  test('has nothing of where it was built', () => {
    const file = `${name}/mfa-cli${name.startsWith('windows') ? '.exe' : ''}`;
    expect(existsSync(release + file)).toBe(true);
    expect(bytesOf(file).includes(fileURLToPath(new URL('../../dist', import.meta.url)))).toBe(
      false,
    );
  });
});

describe('Linux', () => {
  test.each([
    ['linux-x64', 0x3e, '/lib64/ld-linux-x86-64.so.2'],
    ['linux-arm64', 0xb7, '/lib/ld-linux-aarch64.so.1'],
    ['linux-x64-musl', 0x3e, '/lib/ld-musl-x86_64.so.1'],
  ])('%s is an ELF file for that machine and that libc', (name, machine, loader) => {
    const bytes = bytesOf(`${name}/mfa-cli`);
    expect(bytes.toString('latin1', 0, 4)).toBe('\x7fELF');
    expect(bytes.readUInt16LE(18)).toBe(machine);
    expect(bytes.subarray(0, 4096).includes(`${loader}\0`)).toBe(true);
  });
});

describe('macOS', () => {
  test.each(['arm64', 'x64'])('darwin-%s is signed ad hoc, page for page', (cpu) => {
    const { signature, ...rest } = readMachO(bytesOf(`darwin-${cpu}/mfa-cli`));
    expect(rest).toEqual({ cpu, oldest: '13.0' });
    expect(signature).toMatchObject({
      identifier: 'mfa-cli',
      isAdHoc: true,
      altered: [],
      uncovered: 0,
      behind: 0,
    });
    expect(signature?.pages).toBeGreaterThan(10_000);
  });

  test('the oldest macOS that starts them is the one that the formula and docs/install.md name', () => {
    const [formula, page] = ['scripts/release/homebrew.mjs', 'docs/install.md'].map((path) =>
      readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8'),
    );
    // Homebrew's name for 13.
    expect(formula).toContain('depends_on macos: :ventura');
    expect(page).toContain('macOS 13');
  });

  test('a byte that is changed is told', () => {
    const bytes = bytesOf('darwin-arm64/mfa-cli');
    bytes[50_000_000] = (bytes[50_000_000] ?? 0) ^ 1;
    expect(readMachO(bytes).signature?.altered).toHaveLength(1);
  });
});

describe('Windows', () => {
  test('windows-x64 is a console program for that machine, and has all of its sections', () => {
    const bytes = bytesOf('windows-x64/mfa-cli.exe');
    expect(bytes.toString('latin1', 0, 2)).toBe('MZ');
    const header = bytes.readUInt32LE(0x3c);
    expect(bytes.toString('latin1', header, header + 4)).toBe('PE\0\0');
    expect(bytes.readUInt16LE(header + 4)).toBe(0x8664);
    expect(bytes.readUInt16LE(header + 24)).toBe(0x20b);
    // IMAGE_SUBSYSTEM_WINDOWS_CUI
    expect(bytes.readUInt16LE(header + 24 + 68)).toBe(3);
    const sections = header + 24 + bytes.readUInt16LE(header + 20);
    const count = bytes.readUInt16LE(header + 6);
    const ends = Array.from({ length: count }, (_, index) => sections + 40 * index).map(
      (at) => bytes.readUInt32LE(at + 16) + bytes.readUInt32LE(at + 20),
    );
    expect(Math.max(...ends)).toBe(bytes.length);
    const names = Array.from({ length: count }, (_, index) =>
      bytes.toString('latin1', sections + 40 * index, sections + 40 * index + 8),
    );
    expect(names).toContain('.bun\0\0\0\0');
  });
});
