import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writePrivateFile } from '../../src/files/write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  link: () => Promise.reject(Object.assign(new Error('no links here'), { code: 'EPERM' })),
}));

test('where the file system has no second names, a file is created all the same', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'new');
  const { signal } = new AbortController();
  await writePrivateFile(path, 'content', false, signal);
  expect([readdirSync(directory), readFileSync(path, 'utf8')]).toEqual([['new'], 'content']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await expect(writePrivateFile(path, 'other', false, signal)).rejects.toMatchObject({ code: 'file-exists' });
});

test.each([false, true])('a file is on the disk before it has its name (replace: %s)', async (replace) => {
  const directory = temporaryDirectory();
  const path = join(directory, 'state');
  const handle = await open(directory);
  await handle.close();
  const there: boolean[] = [];
  const { sync } = Object.getPrototypeOf(handle);
  const spy = vi.spyOn(Object.getPrototypeOf(handle), 'sync').mockImplementation(function (this: unknown) {
    there.push(existsSync(path));
    return sync.call(this);
  });
  await writePrivateFile(path, 'content', replace, new AbortController().signal);
  spy.mockRestore();
  expect([there, readFileSync(path, 'utf8')]).toEqual([[false], 'content']);
});
