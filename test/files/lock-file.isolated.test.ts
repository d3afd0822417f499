import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { lockFile } from '../../src/files/lock-file.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** With what links fail, and up to which try. */
const world = vi.hoisted(() => ({
  noLinks: null as string | null,
  until: 99,
  tried: 0,
  noProc: false,
}));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const linkSync: typeof real.linkSync = (...paths) => {
    if (world.noLinks === null || ++world.tried >= world.until) return real.linkSync(...paths);
    throw Object.assign(new Error('no links here'), { code: world.noLinks });
  };
  const readFileSync = ((path: string, ...more: []) => {
    if (world.noProc && path.startsWith('/proc/'))
      throw Object.assign(new Error('no /proc'), { code: 'ENOENT' });
    return real.readFileSync(path, ...more);
  }) as typeof real.readFileSync;
  return { ...real, linkSync, readFileSync };
});

let file: string;
beforeEach(() => {
  Object.assign(world, { noLinks: null, until: 99, tried: 0, noProc: false });
  file = join(temporaryDirectory(), 'file');
});

const lock = () =>
  lockFile(file, {
    unlockable: `${file} cannot be locked`,
    held: (holder) => `It is held${holder}`,
  });

test('keeps a second one out until it is released, and leaves nothing', async () => {
  await expectNothingOpen(() => {
    const release = lock();
    expect(lock).toThrow(`It is held (process ${process.pid})`);
    release();
  });
  lock()();
  expect(readdirSync(dirname(file))).toEqual([]);
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
  lock()();
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

test('on a system without /proc a lock says when its process began, and is released by it', () => {
  world.noProc = true;
  const release = lock();
  const [pid, , start] = readFileSync(`${file}.lock`, 'utf8').split('\n');
  expect([Number(pid), Number(start) > 0]).toEqual([process.pid, true]);
  release();
  expect(readdirSync(dirname(file))).toEqual([]);
});

test.each([
  ['99999999\nelsewhere.example\n12\n', ' (process 99999999 on another machine)'],
  ['mine', ''],
])('%j stays: nobody can tell whether its process is gone', (content, holder) => {
  writeFileSync(`${file}.lock`, content);
  // Here time tells nothing.
  utimesSync(`${file}.lock`, 1, 1);
  expect(lock).toThrow(`It is held${holder}`);
  expect(readFileSync(`${file}.lock`, 'utf8')).toBe(content);
});

test('is held by nobody without a number and a machine', () => {
  for (const [content, held] of [
    [`x${process.pid}\n`, ''],
    [`${process.pid}x\n`, ''],
    ['12345678901\n', ''],
    [`${process.pid}\n`, ''],
    [`\n ${process.pid}\n${hostname()}\n\n`, ` (process ${process.pid})`],
    [`${process.pid}\n${hostname()}\n\npid:[1]\n`, ` (process ${process.pid} on another machine)`],
  ] as const) {
    writeFileSync(`${file}.lock`, content);
    expect(lock).toThrow(expect.objectContaining({ message: `It is held${held}` }));
  }
});

test('says for the advice what it was not', () => {
  const facts = { held: { remedy: ['wait'] }, unlockable: { remedy: ['mkdir'] } };
  const words = { unlockable: 'unlockable', held: () => 'held', facts };
  const release = lockFile(file, words);
  expect(() => lockFile(file, words)).toThrow(
    expect.objectContaining({ code: 'file-unwritable', message: 'held', facts: facts.held }),
  );
  release();
  expect(() => lockFile(join(file, 'below'), words)).toThrow(
    expect.objectContaining({ code: 'file-unwritable', facts: facts.unlockable }),
  );
  const plain = lock();
  expect(lock).toThrow(expect.objectContaining({ facts: {} }));
  plain();
  writeFileSync(`${file}.lock`, '');
  expect(lock).toThrow(
    expect.objectContaining({ facts: { lock: `${file}.lock`, holder: 'that process' } }),
  );
  for (const [machine, place] of [
    ['elsewhere.example', 'elsewhere.example'],
    [hostname(), 'this machine, in a container'],
  ]) {
    writeFileSync(`${file}.lock`, `7\n${machine}\n\npid:[1]\n`);
    const facts = { lock: `${file}.lock`, holder: `process 7 on ${place}` };
    expect(lock).toThrow(expect.objectContaining({ facts }));
  }
});

test('is released when the process ends, and only while it is ours', () => {
  const before = process.listeners('exit');
  const release = lock();
  const [atEnd] = process.listeners('exit').filter((listener) => !before.includes(listener));
  atEnd?.(0);
  expect([readdirSync(dirname(file)), process.listeners('exit').length]).toEqual([
    [],
    before.length,
  ]);
  writeFileSync(`${file}.lock`, 'of another');
  release();
  expect(readFileSync(`${file}.lock`, 'utf8')).toBe('of another');
  rmSync(`${file}.lock`);
  const [once, gone] = [lock(), () => rmSync(`${file}.lock`)];
  gone();
  once();
  const taken = lock();
  once();
  expect(existsSync(`${file}.lock`)).toBe(true);
  writeFileSync(`${file}.lock`, 'taken over');
  taken();
  expect(readFileSync(`${file}.lock`, 'utf8')).toBe('taken over');
});

test.each(['EPERM', 'EISDIR'])('is made, too, where links fail with %s', (code) => {
  world.noLinks = code;
  const release = lock();
  expect(readFileSync(`${file}.lock`, 'utf8')).toMatch(new RegExp(`^${process.pid}\n`));
  expect(lock).toThrow(`It is held (process ${process.pid})`);
  release();
  expect(readdirSync(dirname(file))).toEqual([]);
});

test('is not made where links fail otherwise', () => {
  world.noLinks = 'EIO';
  expect(lock).toThrow(
    expect.objectContaining({
      code: 'file-unwritable',
      message: expect.stringMatching(/cannot be locked/),
    }),
  );
  expect(readdirSync(dirname(file))).toEqual([]);
});

test('that goes once is taken then, and one that goes as often as it is looked at is held by somebody', () => {
  Object.assign(world, { noLinks: 'EEXIST', until: 2 });
  lock()();
  expect(world.tried).toBe(2);
  Object.assign(world, { until: 99, tried: 0 });
  expect(lock).toThrow(expect.objectContaining({ message: 'It is held' }));
  expect(world.tried).toBe(4);
});
