import {
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
import { beforeEach, expect, test, vi } from 'vitest';
import { removeUnfinished, reserveRoom, setAside } from '../../src/files/durable.ts';
import { Refusal } from '../../src/files/held-target.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { mayBecomeAnother, stranger } from '../support/second-user.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A disk that is full at some time. */
const disk = vi.hoisted(() => ({ isFull: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const fsyncSync: typeof real.fsyncSync = (file) => {
    if (disk.isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    real.fsyncSync(file);
  };
  return { ...real, fsyncSync };
});

let directory: string;
let path: string;
beforeEach(() => {
  disk.isFull = false;
  directory = temporaryDirectory();
  path = join(directory, 'file');
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

test.each<[string, (reserved: string) => void]>([
  ['another file', (reserved) => writeFileSync(reserved, 'precious')],
  [
    'a link to another file',
    (reserved) => {
      writeFileSync(join(directory, 'victim'), 'precious');
      symlinkSync('victim', reserved);
    },
  ],
])('%s in the place of reserved room is not written to', async (_what, plant) => {
  const room = reserveRoom(path, 0);
  renameSync(room.path, join(directory, 'aside'));
  plant(room.path);
  await expectNothingOpen(() => expect(() => room.use('text')).toThrow());
  expect([readFileSync(room.path, 'utf8'), existsSync(path)]).toEqual(['precious', false]);
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

test.runIf(mayBecomeAnother)('no link of another user on the way is gone through', () => {
  const theirs = join(directory, 'theirs');
  const target = join(directory, 'target');
  mkdirSync(theirs);
  mkdirSync(target);
  const link = join(theirs, 'way');
  symlinkSync(target, link);
  lchownSync(link, stranger, stranger);
  chownSync(theirs, stranger, stranger);
  writeFileSync(join(target, 'file'), 'precious', { mode: 0o644 });
  writeFileSync(join(target, 'file.tmp-1'), 'precious');
  const behind = join(link, 'file');
  for (const act of [
    () => reserveRoom(behind, 0),
    () => removeUnfinished(behind, null),
    () => setAside(behind, 'aside'),
  ])
    expect(act).toThrow(Refusal);
  expect(readdirSync(target)).toEqual(['file', 'file.tmp-1']);
  expect(statSync(join(target, 'file')).mode & 0o777).toBe(0o644);
});
