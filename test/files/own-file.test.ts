import {
  appendFileSync,
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { doubtOf } from '../../src/files/others.ts';
import { readOwnFile, requireDirectory, requireOwnDirectory } from '../../src/files/own-file.ts';
import { NoSuchContent, readRegularFile } from '../../src/files/regular-file.ts';
import { syncDirectory, unwritable, writeSharedFile } from '../../src/files/write.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, 'config.json');
  writeFileSync(path, 'text', { mode: 0o600 });
});
afterEach(() => void vi.restoreAllMocks());

test('what is there is read, of what is missing is null, and what cannot be opened is said', () => {
  expect(readOwnFile(path)).toBe('text');
  expect(readOwnFile(join(directory, 'other'))).toBe(null);
  const other = {
    message: `${path} is not a directory`,
    facts: { directory: 'MFA_CLI_CONFIG_DIR' },
  };
  expect(() => readOwnFile(join(path, 'below-a-file'))).toThrow(expect.objectContaining(other));
  expect(() => readOwnFile(join(directory, 'x'.repeat(300)))).toThrow(
    expect.objectContaining({
      code: 'file-unreadable',
      message: expect.stringMatching(/ cannot be read: name too long$/),
      cause: expect.objectContaining({ code: 'ENAMETOOLONG' }),
      facts: { own: join(directory, 'x'.repeat(300)) },
    }),
  );
});

test('a directory is one, or free; below a file nothing can be written', () => {
  const below = join(path, 'below', 'more');
  for (const free of [directory, join(directory, 'none'), below])
    expect(() => requireDirectory(free, '--out')).not.toThrow();
  expect(() => requireDirectory(join(directory, 'none'), '--out', 'file-unwritable')).not.toThrow();
  for (const [other, code] of [
    [path, 'file-unreadable'],
    [path, 'file-unwritable'],
    // Windows reports both as missing.
    ...(process.platform === 'win32' ? [] : [[below, 'file-unwritable'] as const]),
  ] as const)
    expect(() => requireDirectory(other, '--out', code)).toThrow(
      expect.objectContaining({
        code,
        message: `${other} is not a directory`,
        facts: { directory: '--out' },
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

test('no file and no directory stays open, and one that cannot be synced is left at that', () =>
  expectNothingOpen(() => {
    readOwnFile(path);
    expect(() => readOwnFile(directory)).toThrow(`${directory} is not a regular file`);
    syncDirectory(directory);
    syncDirectory(join(directory, 'no-such-directory'));
  }));

test.runIf(process.getuid?.() === 0)('the file of the system’s own user is as good as ours', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(12_345);
  expect(readOwnFile(path)).toBe('text');
  chownSync(path, 12_345, 12_345);
  expect(readOwnFile(path)).toBe('text');
  chownSync(path, 12_346, 12_346);
  expect(() => readOwnFile(path)).toThrow(
    expect.objectContaining({
      code: 'file-unreadable',
      message: `${path} belongs to another user`,
    }),
  );
});

test('a file is not read from a directory that others may write', () => {
  chmodSync(directory, 0o770);
  expect(() => readOwnFile(path)).toThrow(
    expect.objectContaining({
      code: 'file-unreadable',
      facts: { remedy: ['chmod', 'go-w', directory] },
    }),
  );
  expect(readOwnFile(join(directory, 'other'))).toBe(null);
  chmodSync(directory, 0o750);
  expect(readOwnFile(path)).toBe('text');
});

test('a file of one’s own is not read by way of a folder that others may write', () => {
  const shared = join(directory, 'shared');
  mkdirSync(shared);
  const way = join(shared, 'way');
  symlinkSync(directory, way);
  expect(readOwnFile(join(way, basename(path)))).toBe('text');
  chmodSync(shared, 0o777);
  expect(() => readOwnFile(join(way, basename(path)))).toThrow(
    expect.objectContaining({
      code: 'file-unreadable',
      facts: { remedy: ['chmod', 'go-w', shared] },
    }),
  );
});

test('where there are no such users, nobody is asked for', () => {
  chmodSync(path, 0o666);
  expect(() => readOwnFile(path)).toThrow('is writable by other users');
  vi.spyOn(process, 'getuid').mockReturnValue(undefined as never);
  expect(readOwnFile(path)).toBe('text');
});

test('a failure is said in the words of the system, and what is none has no reason', () => {
  for (const [code, why] of [
    ['EACCES', 'permission denied'],
    ['ENOSPC', 'no space left on device'],
    ['EROFS', 'read-only file system'],
  ] as const) {
    const cause = Object.assign(new Error('x'), { code, errno: -constants.errno[code] });
    const error = { code: 'file-unwritable', message: `Cannot write /x: ${why}`, cause };
    expect(unwritable('Cannot write /x', cause)).toMatchObject(error);
  }
  for (const cause of [new Error('x'), Object.assign(new Error('x'), { errno: 7 }), 'x'])
    expect(unwritable('Cannot write /x', cause).message).toBe('Cannot write /x');
});

test('a regular file is read as far as its limit, though it grows or says no size', () => {
  const { length } = readRegularFile('/proc/self/status', { limit: 100_000 });
  expect(length).toBeGreaterThan(100);
  expect(() => readRegularFile('/proc/self/status', { limit: length - 100 })).toThrow(
    NoSuchContent,
  );
  expect(readRegularFile(path, { limit: 4 }).toString()).toBe('text');
  expect(() => readRegularFile(path, { limit: 3 })).toThrow(NoSuchContent);
  const grows = (by: number) => ({
    limit: 10_000,
    judge: () => appendFileSync(path, 'x'.repeat(by)),
  });
  expect(readRegularFile(path, grows(9000)).toString()).toBe(`text${'x'.repeat(9000)}`);
  expect(() => readRegularFile(path, grows(9000))).toThrow(NoSuchContent);
});

test('what is wrong with an owner or a mode is told, with what mends it', () => {
  expect(() => requireOwnDirectory(join(directory, 'x'))).not.toThrow();
  expect(() => requireOwnDirectory(directory)).not.toThrow();
  const wrong = (
    path: string,
    stats: { uid: number; mode: number },
    message: string,
    remedy: readonly string[],
  ) => expect(doubtOf(path, stats as never)).toEqual({ sentence: `${path} ${message}`, remedy });
  vi.spyOn(process, 'getuid').mockReturnValue(501);
  wrong('/a b', { uid: 502, mode: 0o600 }, 'belongs to another user', ['chown', '501', '/a b']);
  wrong('/a b', { uid: 501, mode: 0o620 }, 'is writable by other users', ['chmod', 'go-w', '/a b']);
  wrong('/a', { uid: 0, mode: 0o602 }, 'is writable by other users', ['chmod', 'go-w', '/a']);
  chmodSync(directory, 0o777);
  expect(() => requireOwnDirectory(directory)).toThrow();
});

test.each([null, 0o640, 0o604, 0o666])(
  'a shared file keeps its mode, %o, or has that of the umask',
  async (mode) => {
    if (mode === null) rmSync(path);
    else chmodSync(path, mode);
    const link = join(directory, 'latest.html');
    symlinkSync(path, link);
    const { signal } = new AbortController();
    await writeSharedFile(link, 'after', signal);
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([
      'after',
      mode ?? 0o666 & ~process.umask(),
    ]);
    expect([lstatSync(link).isSymbolicLink(), readdirSync(directory)]).toEqual([
      true,
      ['config.json', 'latest.html'],
    ]);
    for (const none of [directory, join(directory, 'missing/page.html')])
      await expect(writeSharedFile(none, 'content', signal)).rejects.toMatchObject({
        code: 'file-unwritable',
      });
    expect(readdirSync(directory)).toHaveLength(2);
  },
);
