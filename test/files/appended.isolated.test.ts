import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type AppendedFile, openToAppend, openToRead } from '../../src/files/appended.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { mayBecomeAnother, stranger } from '../support/second-user.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** The number and the size of what was synced, and whether syncing fails. */
const disk = vi.hoisted(() => ({ synced: [] as [ino: number, size: number][], isFull: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const note = (file: number): void => {
    const { ino, size } = real.fstatSync(file);
    disk.synced.push([ino, size]);
  };
  const fsyncSync: typeof real.fsyncSync = (file) => {
    note(file);
    real.fsyncSync(file);
  };
  const fdatasync = (file: number, done: (error: Error | null) => void) => {
    if (disk.isFull) return done(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    note(file);
    real.fdatasync(file, done);
  };
  return { ...real, fsyncSync, fdatasync };
});

let directory: string;
let path: string;
beforeEach(() => {
  Object.assign(disk, { synced: [], isFull: false });
  directory = temporaryDirectory();
  path = join(directory, 'file');
});

const open = (file = path, judge = () => {}): AppendedFile => openToAppend(file, 0o600, judge);
const textOf = (file = path) => readFileSync(file, 'utf8');
const refuse = () => {
  throw new Error('refused');
};

// Windows syncs no directory.
test.skipIf(process.platform === 'win32')(
  'a line is on the disk once it is appended, and with the first one the name of the file',
  async () => {
    const file = open();
    const { ino } = statSync(path);
    // Windows cannot sync a directory.
    if (process.platform !== 'win32')
      expect(disk.synced.splice(0).map(([synced]) => synced)).toEqual([statSync(directory).ino]);
    await file.append('one\n');
    await file.append('two\n');
    file.close();
    expect(disk.synced).toEqual([
      [ino, 4],
      [ino, 8],
    ]);
  },
);

test('a line that does not reach the disk is taken back, and the next one stands in its place', async () => {
  const file = open();
  await file.append('one\n');
  disk.isFull = true;
  await expect(file.append('longer\n')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(textOf()).toBe('one\n');
  disk.isFull = false;
  await file.append('two\n');
  file.close();
  expect(textOf()).toBe('one\ntwo\n');
});

test('what is refused is as before: a new file is gone, another one unchanged, and none is open', async () => {
  await expectNothingOpen(() => expect(() => open(path, refuse)).toThrow('refused'));
  expect(readdirSync(directory)).toEqual([]);
  writeFileSync(path, 'one\n');
  await expectNothingOpen(() => expect(() => open(path, refuse)).toThrow('refused'));
  expect(textOf()).toBe('one\n');
});

test('whether the path still names the file is told, with what others wrote to it', async () => {
  const file = open();
  appendFileSync(path, 'of another\n');
  expect([file.stats.size, file.look(), file.stats.size]).toEqual([0, true, 11]);
  renameSync(path, `${path}.old`);
  expect(file.look()).toBe(false);
  writeFileSync(path, '');
  expect(file.look()).toBe(false);
  file.close();
});

test('what follows a place is cut, and any part is read, as far as it goes', async () => {
  const file = open();
  await file.append('one\ntwo\nhal');
  file.cut(8);
  expect([file.stats.size, textOf()]).toEqual([8, 'one\ntwo\n']);
  const parts = [file.read(4, 8), file.read(4, 100), file.read(8, 4), file.read(100, 200)];
  expect(parts.map(String)).toEqual(['two\n', 'two\n', '', '']);
  file.close();
});

test('of what is missing nothing is read; a link, a pipe and a directory are refused', () => {
  for (const missing of [path, join(path, 'below')]) {
    expect(openToRead(missing, refuse)).toBeNull();
    writeFileSync(path, 'one\n');
  }
  const made = (name: string, make: (at: string) => void): string => {
    make(join(directory, name));
    return join(directory, name);
  };
  const link = made('link', (at) => symlinkSync(path, at));
  const pipe = made('pipe', (at) => execFileSync('mkfifo', [at]));
  const folder = made('folder', (at) => mkdirSync(at));
  expect(() => openToRead(link, () => {})).toThrow('it is a link');
  for (const other of [pipe, folder])
    expect(() => openToRead(other, () => {})).toThrow('it is not a regular file');
  expect(() => open(link)).toThrow('it is a link');
  expect(() => open(pipe)).toThrow('it is not a regular file');
  expect(textOf()).toBe('one\n');
});

describe.runIf(mayBecomeAnother)('where other users are', () => {
  test('nothing is appended to a file of theirs, unless root works in their folder', async () => {
    writeFileSync(path, 'planted\n');
    chownSync(path, stranger, stranger);
    expect(() => open()).toThrow('it belongs to another user');
    chownSync(directory, stranger, stranger);
    const file = open();
    await file.append('one\n');
    file.close();
    expect(textOf()).toBe('planted\none\n');
    vi.spyOn(process, 'getuid').mockReturnValue(stranger + 1);
    expect(() => open()).toThrow('it belongs to another user');
  });

  test('nothing is made behind a link of theirs in a folder that all may write to', () => {
    const shared = temporaryDirectory();
    chmodSync(shared, 0o1777);
    const link = join(shared, 'link');
    symlinkSync(directory, link);
    lchownSync(link, stranger, stranger);
    expect(() => open(join(link, 'file'))).toThrow(`${link} is a link of another user`);
    expect(existsSync(path)).toBe(false);
  });
});
