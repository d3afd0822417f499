import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { setAside } from '../../src/files/durable.ts';
import { closeDirectory } from '../../src/files/private-directory.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** How chmod fails. */
const world = vi.hoisted(() => ({ code: 'EPERM' }));
vi.mock('node:fs', async (original) => {
  const fail = () => {
    throw Object.assign(new Error('no modes here'), { code: world.code });
  };
  const real = await original<typeof import('node:fs')>();
  return { ...real, chmodSync: fail, fchmodSync: fail };
});

let directory: string;
let file: string;
beforeEach(() => {
  directory = join(temporaryDirectory(), 'open');
  mkdirSync(directory, { mode: 0o755 });
  file = join(directory, 'file');
  writeFileSync(file, 'content');
});

test.each(['EPERM', 'ENOTSUP'])(
  'where chmod ends with %s, as on FAT, what it cannot close stays as it is',
  (code) => {
    world.code = code;
    closeDirectory(directory, () => true);
    setAside(file, 'file.old');
    expect([readdirSync(directory), readFileSync(`${file}.old`, 'utf8')]).toEqual([
      ['file.old'],
      'content',
    ]);
  },
);

test('any other failure is told', () => {
  world.code = 'EROFS';
  // Windows has nobody that a directory is of.
  if (process.getuid) expect(() => closeDirectory(directory, () => true)).toThrow('no modes here');
  expect(() => setAside(file, 'file.old')).toThrow('no modes here');
});
