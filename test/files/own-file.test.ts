import { appendFileSync, chmodSync, chownSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readOwnFile } from '../../src/files/own-file.ts';
import { syncDirectory } from '../../src/files/write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, 'config.json');
  writeFileSync(path, 'text', { mode: 0o600 });
});
afterEach(() => void vi.restoreAllMocks());

test('what is there is read, and of what is not there is null', () => {
  expect(readOwnFile(path)).toBe('text');
  expect(readOwnFile(join(directory, 'other'))).toBe(null);
  expect(readOwnFile(join(path, 'below-a-file'))).toBe(null);
});

test('what cannot be opened is said', () => {
  expect(() => readOwnFile(join(directory, 'x'.repeat(300)))).toThrow(
    expect.objectContaining({
      code: 'file-unreadable',
      message: expect.stringMatching(/^Cannot read /),
      cause: expect.objectContaining({ code: 'ENAMETOOLONG' }),
    }),
  );
});

test('32 MiB are read, and no more', () => {
  writeFileSync(path, Buffer.alloc(32 * 1024 * 1024, ' '));
  expect(readOwnFile(path)).toHaveLength(32 * 1024 * 1024);
  appendFileSync(path, ' ');
  expect(() => readOwnFile(path)).toThrow(
    expect.objectContaining({ code: 'file-unreadable', message: `${path} is larger than 32 MiB` }),
  );
});

test.runIf(existsSync('/proc/self/fd'))('no file and no directory stays open', () => {
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  readOwnFile(path);
  expect(() => readOwnFile(directory)).toThrow(`${directory} is not a regular file`);
  syncDirectory(directory);
  expect(open()).toBe(before);
});

test('a directory that cannot be synced is left at that', () => {
  syncDirectory(join(directory, 'no-such-directory'));
});

test.runIf(process.getuid?.() === 0)('the file of the system’s own user is as good as ours', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(12_345);
  expect(readOwnFile(path)).toBe('text');
  chownSync(path, 12_345, 12_345);
  expect(readOwnFile(path)).toBe('text');
  chownSync(path, 12_346, 12_346);
  expect(() => readOwnFile(path)).toThrow(
    expect.objectContaining({ code: 'file-unreadable', message: `${path} belongs to another user` }),
  );
});

test('where there are no such users, nobody is asked for', () => {
  chmodSync(path, 0o666);
  expect(() => readOwnFile(path)).toThrow('can be written by others');
  vi.spyOn(process, 'getuid').mockReturnValue(undefined as never);
  expect(readOwnFile(path)).toBe('text');
});
