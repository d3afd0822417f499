import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { lockFile } from '../../src/files/lock-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let file: string;
beforeEach(() => {
  file = join(temporaryDirectory(), 'file');
});

const lock = () =>
  lockFile(file, { unlockable: `${file} cannot be locked`, held: (holder) => `It is held${holder}` });

test('keeps a second one out until it is released, and leaves nothing', () => {
  const release = lock();
  expect(lock).toThrow(`It is held (process ${process.pid})`);
  release();
  lock()();
  expect(readdirSync(dirname(file))).toEqual([]);
});

test('of a process that is gone does not count', () => {
  writeFileSync(`${file}.lock`, `${spawnSync('true').pid}\n${hostname()}\n\n`);
  lock()();
});

const dead = () => `${spawnSync('true').pid}\n${hostname()}\n\n`;

test('of a process that is gone is left to the one that is removing it', () => {
  writeFileSync(`${file}.lock`, dead());
  writeFileSync(`${file}.lock.lock`, `${process.pid}\n${hostname()}\n\n`);
  expect(lock).toThrow('It is held');
  expect(readdirSync(dirname(file))).toEqual(['file.lock', 'file.lock.lock']);
});

test('of a process that is gone does not count, though another was killed while it removed it', () => {
  writeFileSync(`${file}.lock`, dead());
  writeFileSync(`${file}.lock.lock`, dead());
  lock()();
  expect(readdirSync(dirname(file))).toEqual([]);
});

test.runIf(existsSync('/proc/self/stat'))(
  'of another process that had the same id does not count: containers begin to count anew',
  () => {
    writeFileSync(`${file}.lock`, `${process.pid}\n${hostname()}\n1\n`);
    const release = lock();
    expect(readFileSync(`${file}.lock`, 'utf8')).not.toMatch(/\n1\n$/);
    release();
  },
);

test.each([
  ['99999999\nelsewhere.example\n12\n', ' (process 99999999 on another machine)'],
  ['mine', ''],
])('%j stays: nobody can tell whether its process is gone', (content, holder) => {
  writeFileSync(`${file}.lock`, content);
  expect(lock).toThrow(`It is held${holder}`);
  expect(readFileSync(`${file}.lock`, 'utf8')).toBe(content);
});

test('says where none can be made', () => {
  file = join(file, 'below');
  expect(lock).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
});
