import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { roomOf, rooms } from '../../scripts/rooms.mjs';
import { circles, strayPackages, trespasses, waysUp, wrongWays } from './rules.ts';
import { type Import, importsOf, isFile, isPackage, readSource } from './source.ts';

const source = readSource();
const files = [...source.keys()];
const imports = importsOf(source);
const commands = files.filter((file) => source.get(file)?.includes('export const command:'));

describe('imports', () => {
  test('run one way', () => {
    expect(wrongWays(imports)).toEqual([]);
    expect(imports.filter(({ target }) => isFile(target)).length).toBeGreaterThan(500);
  });

  test('run down', () => {
    expect(waysUp()).toEqual([]);
  });

  test('no file imports itself over others', () => {
    expect(circles(imports)).toEqual([]);
  });

  test('each package has one owner', () => {
    expect(strayPackages(imports)).toEqual([]);
    expect(new Set(imports.map(({ target }) => target).filter(isPackage)).size).toBeGreaterThan(8);
  });

  // What a package does not export may change with any of its versions.
  test('undici and oidc-provider are imported by their entries, but for three files', () => {
    const inside = [...source.values()].flatMap((text) =>
      [...text.matchAll(/'((?:undici|oidc-provider)\/[^']+)'/g)].map(([, file]) => file),
    );
    expect([...new Set(inside)].sort()).toEqual([
      'oidc-provider/lib/provider.js',
      'undici/lib/core/connect.js',
      'undici/lib/dispatcher/client.js',
    ]);
  });

  test('no command imports another, and no family what belongs to another', () => {
    expect(commands.length).toBeGreaterThan(20);
    expect(trespasses(imports, commands)).toEqual([]);
  });

  // The rules see what they are for: without one of these rows, its rule could be blind.
  test.each<[string, string, string, (found: readonly Import[]) => readonly unknown[]]>([
    ['a way up', 'pkcs12/open.ts', 'commands/commands.ts', wrongWays],
    ['code of a room of types', 'report/fields.ts', 'pkcs12/pem.ts', wrongWays],
    ['a room that nobody declared', 'new/room.ts', 'files/read.ts', wrongWays],
    ['a circle', 'pkcs12/asn1.ts', 'pkcs12/open.ts', circles],
    ["another room's package", 'tenant/client.ts', 'conf', strayPackages],
    [
      'a command',
      'commands/logout.ts',
      'commands/login.ts',
      (found) => trespasses(found, commands),
    ],
    [
      'another family',
      'commands/push/send.ts',
      'commands/apns/delete.ts',
      (found) => trespasses(found, commands),
    ],
    ['the disk', 'commands/apns/set.ts', 'node:fs', onDisk],
  ])('%s would be told', (_what, file, target, rule) => {
    expect(rule([...imports, { file, target, typeOnly: false, dynamic: false }])).not.toEqual([]);
  });
});

/** Imports of what touches the disk. conf does so within its package, and writes the store alone. */
function onDisk(all: readonly Import[]): readonly Import[] {
  return all.filter(
    ({ file, target }) => /^(node:)?fs(\/promises)?$/.test(target) && !file.startsWith('files/'),
  );
}

test('only files/ imports node:fs', () => {
  expect(onDisk(imports)).toEqual([]);
  expect(
    imports.some(({ file, target }) => file.startsWith('files/') && target === 'node:fs'),
  ).toBe(true);
});

describe('style', () => {
  const rules: readonly (readonly [string, RegExp, readonly string[]])[] = [
    ['no console', /\bconsole\.(log|info|warn|error|debug|trace)\(/, []],
    [
      'no process.exit, argv and streams outside main',
      /\bprocess\.(exit|exitCode|argv|stdout|stderr|stdin)\b/,
      ['main.ts'],
    ],
    ['no default export', /^export default/m, ['.d.ts']],
    ['no enum', /^(export )?(const )?enum /m, []],
    // What a browser runs has no other.
    ['JSON is read in one place', /\bJSON\.parse\(/, ['text/json.ts', 'emulator/browser/']],
    [
      'programs are started in one place',
      /^import (?!type )[^;]*'node:child_process'|(import|Module)\('node:child_process'\)/m,
      ['programs/launch.ts'],
    ],
    [
      'no program inherits the whole environment',
      /\.\.\.process\.env\b|\bspawn(Sync)?\([^;]*env: process\.env/,
      [],
    ],
    [
      'a hint has its values apart from its text',
      /`[^`\n]*(\$\{[^`\n]*[^$]\{command\}|[^$]\{command\}[^`\n]*\$\{)/,
      [],
    ],
    ['no clock below commands', /new Date\(\)|Date\.now\(\)/, ['main.ts']],
  ];
  test.each(rules)('%s', (_name, pattern, exceptions) => {
    const offenders = files.filter(
      (file) =>
        !exceptions.some((part) => file.endsWith(part) || file.startsWith(part)) &&
        pattern.test(source.get(file) ?? ''),
    );
    expect(offenders).toEqual([]);
  });

  test('no file is named for its role', () => {
    expect(
      files.filter((file) => /(^|\/)(utils?|helpers?|common|types|index)\.ts$/.test(file)),
    ).toEqual([]);
  });

  test('the rules see the files, and the rooms are those that are declared', () => {
    expect(files.length).toBeGreaterThan(200);
    expect([...new Set(files.map(roomOf))].sort()).toEqual(rooms.map(({ name }) => name).sort());
  });
});

describe('the place of a test decides its project', () => {
  const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.test.ts'));
  test.each<[string, RegExp, RegExp]>([
    ['replaces a module', /^\s*vi\.(mock|doMock)\(/m, /\.isolated\./],
    [
      'starts the built program',
      /\b(startProgram|runProgram|runShell|openTerminal|programCommand|shellCommand)\(/,
      /\.(program|node|isolated)\.|^(binary|release)\//,
    ],
    ['has a matrix for npm run test:long', /\bisThorough\b/, /\.thorough\./],
  ])('one that %s', (_what, words, place) => {
    const found = tests.filter((path) => words.test(readFileSync(`test/${path}`, 'utf8')));
    expect(found.filter((path) => !place.test(path))).toEqual([]);
    // A copy of the project may have few tests.
    if (tests.length > 100) expect(found.length).toBeGreaterThan(5);
  });
});
