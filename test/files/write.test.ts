import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { writePrivateFile } from '../../src/files/write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What happens when something is synced. */
const world = vi.hoisted(() => ({ onSync: () => {} }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const fsyncSync: typeof real.fsyncSync = (file) => {
    world.onSync();
    real.fsyncSync(file);
  };
  const linkSync = () => {
    throw Object.assign(new Error('no links here'), { code: 'EPERM' });
  };
  return { ...real, fsyncSync, linkSync };
});
beforeEach(() => {
  world.onSync = () => {};
});

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
  const there: boolean[] = [];
  world.onSync = () => there.push(existsSync(path));
  await writePrivateFile(path, 'content', replace, new AbortController().signal);
  expect([there[0], there.at(-1), readFileSync(path, 'utf8')]).toEqual([false, true, 'content']);
});
