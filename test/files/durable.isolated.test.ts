import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { createGrowingFile, reserveRoom } from '../../src/files/durable.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A disk that takes some bytes at once, and is full at some time. */
const disk = vi.hoisted(() => ({ most: Number.POSITIVE_INFINITY, isFull: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const fdatasync = (file: number, done: (error: Error | null) => void) =>
    disk.isFull
      ? done(Object.assign(new Error('full'), { code: 'ENOSPC' }))
      : real.fdatasync(file, done);
  const write = (file: number, bytes: Buffer, offset: number, length: number, at: number) =>
    new Promise((resolve, reject) =>
      real.write(file, bytes, offset, Math.min(length, disk.most), at, (error, bytesWritten) =>
        error === null ? resolve({ bytesWritten }) : reject(error),
      ),
    );
  const fsyncSync: typeof real.fsyncSync = (file) => {
    if (disk.isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    real.fsyncSync(file);
  };
  return {
    ...real,
    fdatasync,
    fsyncSync,
    write: Object.assign(() => {}, { [Symbol.for('nodejs.util.promisify.custom')]: write }),
  };
});

let directory: string;
let path: string;
beforeEach(() => {
  Object.assign(disk, { most: Number.POSITIVE_INFINITY, isFull: false });
  directory = temporaryDirectory();
  path = join(directory, 'file');
});

test.each([Number.POSITIVE_INFINITY, 3])(
  'a file grows by what is appended, %d bytes at once',
  async (most) => {
    disk.most = most;
    const growing = createGrowingFile(path);
    await growing.append('one\n');
    expect(readFileSync(path, 'utf8')).toBe('one\n');
    await growing.append('Größe\n');
    growing.close();
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([
      'one\nGröße\n',
      0o666 & ~process.umask(),
    ]);
    await expect(growing.append('x')).rejects.toMatchObject({ code: 'EBADF' });
  },
);

test('half a line is taken back, and the next one stands in its place', async () => {
  const growing = createGrowingFile(path);
  await growing.append('one\n');
  disk.isFull = true;
  await expect(growing.append('longer\n')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(readFileSync(path, 'utf8')).toBe('one\n');
  disk.isFull = false;
  await growing.append('two\n');
  growing.close();
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
});

test('a file begins in place of an earlier one, and of a link, not where that led', () => {
  const link = join(directory, 'link');
  writeFileSync(path, 'earlier');
  symlinkSync(join(directory, 'nothing'), link);
  for (const begun of [path, link]) createGrowingFile(begun).close();
  expect(readdirSync(directory).sort()).toEqual(['file', 'link']);
  expect([path, link].map((begun) => readFileSync(begun, 'utf8'))).toEqual(['', '']);
});

test('room for the file and a session more is taken, and its user alone may read it', () => {
  const room = reserveRoom(path, 1000);
  const { size, mode } = statSync(room.path);
  expect([size, mode & 0o777]).toEqual([1000 + 64 * 1024, 0o600]);
  expect(existsSync(path)).toBe(false);
});

test('a text takes the room and the place of the file, and no file stays open', async () => {
  const room = reserveRoom(path, 1000);
  await expectNothingOpen(() => room.use('text'));
  expect([readFileSync(path, 'utf8'), existsSync(room.path)]).toEqual(['text', false]);
});

test('what is given back is gone, and what cannot be is left to the next write', () => {
  const room = reserveRoom(path, 0);
  room.free();
  expect(existsSync(room.path)).toBe(false);
  mkdirSync(room.path);
  room.free();
  expect(existsSync(room.path)).toBe(true);
});

test('what somebody planted in its place is not written to', () => {
  const { path: reserved, free } = reserveRoom(path, 0);
  free();
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, reserved);
  reserveRoom(path, 0).use('text');
  expect([readFileSync(victim, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['precious', 'text']);
});

test('room that cannot be reserved is an error, and leaves nothing', () => {
  mkdirSync(`${path}.tmp-reserved-${process.pid}`);
  expect(() => reserveRoom(path, 1000)).toThrow();
  expect(() => reserveRoom(join(path, 'none'), 1000)).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
});

test('room that the disk does not have is left to others', () => {
  disk.isFull = true;
  expect(() => reserveRoom(path, 1000)).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  expect(readdirSync(directory)).toEqual([]);
});
