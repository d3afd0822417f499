import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSharedFile } from '../../src/files/write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const { signal } = new AbortController();

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test('a new file may be read as the umask allows', async () => {
  const path = join(temporaryDirectory(), 'page.html');
  await writeSharedFile(path, 'first', signal);
  expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['first', 0o666 & ~process.umask()]);
});

test.each([0o640, 0o604, 0o666])('one that was there is replaced and keeps its mode, %o', async (mode) => {
  const directory = temporaryDirectory();
  const path = join(directory, 'page.html');
  writeFileSync(path, 'before, and longer');
  chmodSync(path, mode);
  await writeSharedFile(path, 'after', signal);
  expect([readFileSync(path, 'utf8'), modeOf(path), readdirSync(directory)]).toEqual([
    'after',
    mode,
    ['page.html'],
  ]);
});

test('a link stays', async () => {
  const directory = temporaryDirectory();
  const [path, target] = [join(directory, 'latest.html'), join(directory, 'page.html')];
  symlinkSync(target, path);
  await writeSharedFile(path, 'content', signal);
  expect([readFileSync(target, 'utf8'), readdirSync(directory)]).toEqual([
    'content',
    ['latest.html', 'page.html'],
  ]);
});

test('what cannot be written is said, and leaves nothing', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'taken'));
  for (const path of ['taken', 'missing/page.html'])
    await expect(writeSharedFile(join(directory, path), 'content', signal)).rejects.toMatchObject({
      code: 'file-unwritable',
    });
  expect(readdirSync(directory)).toEqual(['taken']);
});
