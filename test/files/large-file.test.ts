import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NoSuchContent, openLargeFile } from '../../src/files/regular-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('parts of a file are read, and fewer bytes at its end', () => {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, '0123456789');
  const file = openLargeFile(path);
  expect(file.size).toBe(10);
  expect(file.readAt(2, 3).toString()).toBe('234');
  expect(file.readAt(8, 5).toString()).toBe('89');
  expect(file.readAt(10, 5)).toHaveLength(0);
  file.close();
  expect(() => file.readAt(0, 1)).toThrow('EBADF');
});

test('a folder is no such file', () => {
  expect(() => openLargeFile(temporaryDirectory())).toThrow(
    process.platform === 'win32' ? /./ : NoSuchContent,
  );
});

test('a file that is missing gives the error of the system', () => {
  expect(() => openLargeFile(join(temporaryDirectory(), 'none'))).toThrow('ENOENT');
});
