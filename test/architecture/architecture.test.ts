import { describe, expect, test } from 'vitest';
import { roomOf, rooms } from '../../scripts/rooms.mjs';
import { circles, strayPackages, trespasses, waysUp, wrongWays } from './rules.ts';
import { type Import, importsOf, isFile, isPackage, readSource } from './source.ts';

const source = readSource();
const files = [...source.keys()];
const imports = importsOf(source);
const commands = files.filter((file) => source.get(file)?.includes('export const command:'));

/** What the imports would be if a file had one more. */
function withImport(file: string, target: string, typeOnly = false): readonly Import[] {
  return [...imports, { file, target, typeOnly, dynamic: false }];
}

describe('imports', () => {
  test('run one way', () => {
    expect(wrongWays(imports)).toEqual([]);
    expect(imports.filter(({ target }) => isFile(target)).length).toBeGreaterThan(500);
  });

  test.each([
    ['pkcs12/open.ts', 'commands/commands.ts', false],
    ['settings/settings.ts', 'commands/apns/set.ts', true],
    ['network/client.ts', 'tenant/client.ts', true],
    ['network/client.ts', 'settings/settings.ts', false],
    ['report/fields.ts', 'terminal/style.ts', false],
    ['errors/cli-error.ts', 'auth/session.ts', true],
    ['new/room.ts', 'files/read.ts', false],
  ])('%s may not import %s', (file, target, typeOnly) => {
    expect(wrongWays(withImport(file, target, typeOnly))).toEqual([
      { file, target, typeOnly, dynamic: false },
    ]);
  });

  test('run down, but for these', () => {
    expect(waysUp()).toEqual(['programs → context.ts', 'files → context.ts']);
  });

  test('no file imports itself over others', () => {
    expect(circles(imports)).toEqual([]);
  });

  test.each([
    ['pkcs12/asn1.ts', 'pkcs12/open.ts', false],
    ['pkcs12/model.ts', 'pkcs12/push-identity.ts', true],
  ])('one from %s to %s would be told', (file, target, typeOnly) => {
    const found = circles(withImport(file, target, typeOnly));
    expect(found).not.toEqual([]);
    for (const circle of found) expect(circle).toContain(file);
  });

  test('each package has one owner', () => {
    expect(strayPackages(imports)).toEqual([]);
    expect(new Set(imports.map(({ target }) => target).filter(isPackage)).size).toBeGreaterThan(8);
  });

  test.each([
    ['tenant/client.ts', 'conf', false],
    ['commands/whoami.ts', 'commander', false],
    ['auth/claims.ts', 'left-pad', true],
  ])('%s may not import %s', (file, target, typeOnly) => {
    expect(strayPackages(withImport(file, target, typeOnly))).toEqual([
      { file, target, typeOnly, dynamic: false },
    ]);
  });

  test('no command imports another, and no family what belongs to another', () => {
    expect(commands.length).toBeGreaterThan(20);
    expect(trespasses(imports, commands)).toEqual([]);
  });

  test.each([
    ['commands/logout.ts', 'commands/login.ts'],
    ['commands/commands.ts', 'commands/logout.ts'],
    ['delivery/tenant.ts', 'commands/whoami.ts'],
    ['commands/push/send.ts', 'commands/apns/delete.ts'],
  ])('%s may not import %s', (file, target) => {
    expect(trespasses(withImport(file, target), commands)).toHaveLength(1);
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
  expect(imports.some(({ file, target }) => file.startsWith('files/') && target === 'node:fs')).toBe(true);
});

test.each(['node:fs', 'node:fs/promises', 'fs'])('a command that imports %s would be told', (target) => {
  expect(onDisk(withImport('commands/apns/set.ts', target, true))).toHaveLength(1);
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
      /^import (?!type )[^;]*'node:child_process'|import\('node:child_process'\)/m,
      ['programs/launch.ts'],
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
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|types|index)\.ts$/.test(file))).toEqual([]);
  });

  test('the rules see the files, and the rooms are those that are declared', () => {
    expect(files.length).toBeGreaterThan(200);
    expect([...new Set(files.map(roomOf))].sort()).toEqual(rooms.map(({ name }) => name).sort());
  });
});
