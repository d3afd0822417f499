import {
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import {
  entriesIn,
  isExecutable,
  isThere,
  isWritable,
  realPathOf,
  removeDirectory,
  removeFile,
  requireFreeNames,
  statsOf,
  statsOrError,
} from '../../src/files/directory.ts';
import { setAside } from '../../src/files/durable.ts';
import { closeDirectory, makePrivateDirectory } from '../../src/files/private-directory.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let directory: string;
let [file, link, nothing, below] = ['', '', '', ''];
beforeEach(() => {
  directory = temporaryDirectory();
  const at = (name: string) => join(directory, name);
  [file, link, nothing, below] = [at('file'), at('link'), at('nothing'), at('file/below')];
  writeFileSync(file, 'content', { mode: 0o644 });
  symlinkSync(nothing, link);
});

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('what is at a path is told, a link that leads nowhere being something', () => {
  expect(statsOf(file)?.size).toBe(7);
  expect([link, nothing, below].map(statsOf)).toEqual([null, null, null]);
  expect(statsOrError(file)).toMatchObject({ size: 7 });
  expect([link, below].map(statsOrError)).toMatchObject([{ code: 'ENOENT' }, { code: 'ENOTDIR' }]);
  expect([file, link, nothing, below].map(isThere)).toEqual([true, true, false, false]);
  expect(() => requireFreeNames([nothing, below])).not.toThrow();
  for (const path of [file, link])
    expect(() => requireFreeNames([nothing, path])).toThrow(
      expect.objectContaining({
        code: 'file-exists',
        message: `${path} already exists`,
        facts: expect.not.objectContaining({ option: undefined }),
      }),
    );
  const facts = { option: '--out FILE' };
  expect(() => requireFreeNames([file], '--out FILE')).toThrow(expect.objectContaining({ facts }));
});

test('whether a file may be written or run is told', () => {
  expect([directory, file, nothing].map(isWritable)).toEqual([true, true, false]);
  expect(isExecutable(file)).toBe(false);
  chmodSync(file, 0o755);
  expect(isExecutable(file)).toBe(true);
});

test('the entries of a directory are told, no more than asked for', () => {
  expect(
    entriesIn(directory, 10)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['file', 'link']);
  expect([0, 1, 2].map((most) => entriesIn(directory, most).length)).toEqual([0, 1, 2]);
  expect(() => entriesIn(file, 1)).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  expect(realPathOf(join(directory, '.', 'file'))).toBe(realPathOf(file));
});

test('a file is removed, a link and not what it leads to, and nothing is no failure', () => {
  symlinkSync(file, nothing);
  removeFile(nothing);
  removeFile(nothing);
  expect(readdirSync(directory).sort()).toEqual(['file', 'link']);
  expect(() => removeFile(below)).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
});

test('a file that is set aside is closed to others', () => {
  setAside(file, basename(nothing));
  expect([readFileSync(nothing, 'utf8'), modeOf(nothing), isThere(file)]).toEqual([
    'content',
    0o600,
    false,
  ]);
});

test('a directory is made with its parents, for its owner alone, and one that is there stays', () => {
  chmodSync(directory, 0o755);
  const deep = join(directory, 'a', 'b', 'c');
  makePrivateDirectory(deep);
  makePrivateDirectory(deep);
  expect([deep, join(deep, '..'), join(deep, '../..'), directory].map(modeOf)).toEqual([
    0o700, 0o700, 0o700, 0o755,
  ]);
  for (const path of [file, below, link, join(below, 'x')])
    expect(() => makePrivateDirectory(path)).toThrow();
  makePrivateDirectory('/');
  expect(() => makePrivateDirectory('/proc/no-such-process/x')).toThrow();
});

test.each<[string, number, string | null, number]>([
  ['of ours alone is closed', 0o755, null, 0o700],
  ['that others may only write is closed', 0o702, null, 0o700],
  ['that its group may only read is closed', 0o740, null, 0o700],
  ['that its group may only write is closed', 0o720, null, 0o700],
  ['that its group may only enter is closed', 0o710, null, 0o700],
  ['that others may only read is closed', 0o704, null, 0o700],
  ['that others may only enter is closed', 0o701, null, 0o700],
  ['that is closed stays as it is', 0o500, null, 0o500],
  ['with something else in it stays open', 0o755, 'other', 0o755],
])('a directory %s', (_case, mode, other, expected) => {
  if (other !== null) writeFileSync(join(directory, other), '');
  chmodSync(directory, mode);
  closeDirectory(directory, (name) => ['file', 'link'].includes(name));
  expect(modeOf(directory)).toBe(expected);
  // Whoever is not root removes nothing from a closed one.
  chmodSync(directory, 0o700);
});

test('a directory of another user stays open', () => {
  chmodSync(directory, 0o755);
  vi.spyOn(process, 'getuid').mockReturnValue(12_345);
  closeDirectory(directory, () => true);
  expect(modeOf(directory)).toBe(0o755);
});

test('no directory stays open', () => expectNothingOpen(() => entriesIn(directory, 1)));

test('a directory is removed with its contents; a missing one is no error', () => {
  writeFileSync(join(directory, 'other'), '');
  for (const path of [nothing, directory]) removeDirectory(path);
  expect(isThere(directory)).toBe(false);
});
