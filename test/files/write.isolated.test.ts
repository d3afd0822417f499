import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  requireReplaceable,
  requireRoomFor,
  writePrivateFile,
  writeSharedFile,
} from '../../src/files/write.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What happens when something is synced or linked. */
const world = vi.hoisted(() => ({
  onSync: () => {},
  onOpen: () => {},
  noLinks: null as string | null,
}));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const fsyncSync: typeof real.fsyncSync = (file) => {
    world.onSync();
    real.fsyncSync(file);
  };
  const linkSync: typeof real.linkSync = (...paths) => {
    if (world.noLinks === null) return real.linkSync(...paths);
    throw Object.assign(new Error('no links here'), { code: world.noLinks });
  };
  return { ...real, fsyncSync, linkSync };
});
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const open: typeof real.open = (...given) => {
    world.onOpen();
    return real.open(...given);
  };
  return { ...real, open };
});

const isRoot = process.getuid?.() === 0;
const { signal } = new AbortController();
let directory: string;
let path: string;
beforeEach(() => {
  Object.assign(world, { onSync: () => {}, noLinks: null });
  directory = temporaryDirectory();
  path = join(directory, 'file');
});

const modeOf = (file: string) => statSync(file).mode & 0o777;
const write = (replace: boolean, content = 'content') =>
  writePrivateFile(path, content, replace, signal);

test.each([null, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR'])(
  'a file is made where links fail with %s, and never over another',
  async (code) => {
    world.noLinks = code;
    await write(false);
    expect([readdirSync(directory), readFileSync(path, 'utf8'), modeOf(path)]).toEqual([
      ['file'],
      'content',
      0o600,
    ]);
    await expect(write(false, 'other')).rejects.toMatchObject({
      code: 'file-exists',
      message: `${path} already exists`,
      cause: { code: 'EEXIST' },
    });
    expect(readFileSync(path, 'utf8')).toBe('content');
  },
);

test('any other failure is one, and leaves nothing', async () => {
  world.noLinks = 'EIO';
  await expect(write(false)).rejects.toMatchObject({ code: 'file-unwritable' });
  let syncs = 0;
  Object.assign(world, {
    noLinks: 'EPERM',
    onSync: () => {
      if (++syncs === 2) throw new Error('full');
    },
  });
  await expect(write(false)).rejects.toMatchObject({ code: 'file-unwritable' });
  expect(readdirSync(directory)).toEqual([]);
});

test('a name that appears in the very moment is taken', async () => {
  world.onSync = () => {
    if (!existsSync(path)) writeFileSync(path, 'of another');
  };
  await expect(write(false)).rejects.toMatchObject({ code: 'file-exists' });
  expect([readdirSync(directory), readFileSync(path, 'utf8')]).toEqual([['file'], 'of another']);
});

test('no file stays open', () => expectNothingOpen(() => write(true)));

test.each([false, true])(
  'a file is on the disk before it has its name (replace: %s)',
  async (replace) => {
    const there: boolean[] = [];
    world.onSync = () => there.push(existsSync(path));
    await write(replace);
    expect([there[0], there.at(-1), readFileSync(path, 'utf8')]).toEqual([false, true, 'content']);
  },
);

test('a file with a secret is closed to others, whatever it replaces', async () => {
  writeFileSync(path, 'before, and longer');
  chmodSync(path, 0o644);
  await write(true);
  expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['content', 0o600]);
});

/** A chain of links, of which the last leads to the file. */
function chain(links: number): string {
  for (let link = 0; link < links; link++)
    symlinkSync(link === 0 ? 'file' : `link-${link - 1}`, join(directory, `link-${link}`));
  return join(directory, `link-${links - 1}`);
}

test('forty links lead to a file, which need not be there, and more to nothing', async () => {
  await writePrivateFile(chain(40), 'content', true, signal);
  expect(readFileSync(path, 'utf8')).toBe('content');
  symlinkSync('link-39', join(directory, 'link-40'));
  for (const name of ['link-40', 'loop']) {
    if (name === 'loop') symlinkSync('loop', join(directory, 'loop'));
    expect(() => requireReplaceable(join(directory, name), 'No')).toThrow(
      expect.objectContaining({ code: 'file-unwritable', message: 'No: its links form a loop' }),
    );
  }
});

describe.runIf(isRoot)('what belongs to', () => {
  const stranger = 12_345;
  const asUser = (user: number | undefined) =>
    vi.spyOn(process, 'getuid').mockReturnValue(user as number);
  beforeEach(() => writeFileSync(path, 'before'));

  test.each<[string, number | undefined, number, number, boolean]>([
    ['this user', stranger, stranger, stranger, true],
    ['the system', stranger, 0, stranger, true],
    ['another user', stranger, 12_346, stranger, false],
    ['another user, whose folder it is in', stranger, 12_346, 12_346, false],
    ['another user, to root in his folder', 0, stranger, stranger, true],
    ['another user, to root in its own', 0, stranger, 0, false],
    ['nobody, where there are no users', undefined, stranger, 0, true],
  ])('%s', async (_case, user, owner, folder, allowed) => {
    chownSync(path, owner, owner);
    chownSync(directory, folder, folder);
    asUser(user);
    const end = write(true).then(
      () => true,
      (error: Error) => error.message,
    );
    expect(await end).toBe(allowed || `${path} cannot be written: it belongs to another user`);
    expect(readFileSync(path, 'utf8')).toBe(allowed ? 'content' : 'before');
  });

  test('another user as a pipe is not written to', async () => {
    path = join(directory, 'pipe');
    execFileSync('mkfifo', [path]);
    chownSync(path, stranger, stranger);
    await expect(write(true)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: `${path} cannot be written: it is a pipe of another user`,
    });
  });
});

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  beforeEach(() => void execFileSync('mkfifo', [path]));

  test('is not written to if a link replaces it while it is opened', async () => {
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'kept');
    world.onOpen = () => {
      world.onOpen = () => {};
      rmSync(path);
      symlinkSync(victim, path);
    };
    const message = `${path} cannot be written: another file took its place`;
    await expect(write(true)).rejects.toMatchObject({ code: 'file-unwritable', message });
    expect(readFileSync(victim, 'utf8')).toBe('kept');
  });

  test('is written to when somebody reads it', async () => {
    const written = write(true, 'x'.repeat(200_000));
    await setTimeout(120);
    expect(await readFile(path, 'utf8')).toHaveLength(200_000);
    await written;
    expect(statSync(path).isFIFO()).toBe(true);
  });

  test.each([true, false])(
    'that nobody reads, or reads any further (%s), is left on an interrupt',
    async (reads) => {
      const [why, controller] = [new Error('interrupted'), new AbortController()];
      const reader = reads ? openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) : null;
      const written = writeSharedFile(path, 'x'.repeat(1_000_000), controller.signal);
      await setTimeout(50);
      controller.abort(why);
      await expect(written).rejects.toBe(why);
      if (reader !== null) closeSync(reader);
    },
  );

  test('has space, whether or not anybody reads it', () => {
    expect(() => requireRoomFor(path)).not.toThrow();
  });
});

test.runIf(existsSync('/dev/full'))('a device is written to', async () => {
  await writePrivateFile('/dev/null', 'x', true, signal);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  expect(() => requireRoomFor('/dev/null')).not.toThrow();
  await expectNothingOpen(() =>
    expect(writeSharedFile('/dev/full', 'x', signal)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: '/dev/full cannot be written: no space left on device',
    }),
  );
});

test('a lack of space is reported before anything is created', () => {
  writeFileSync(path, '');
  mkdirSync(join(directory, 'folder'));
  for (const name of ['new', 'file'])
    expect(() => requireRoomFor(join(directory, name))).not.toThrow();
  for (const [name, why] of [
    ['folder', 'it is a directory'],
    ['nowhere/file', 'no such file or directory'],
  ] as const) {
    const message = `${join(directory, name)} cannot be written: ${why}`;
    const error = expect.objectContaining({ code: 'file-unwritable', message });
    expect(() => requireRoomFor(join(directory, name))).toThrow(error);
  }
  expect(readdirSync(directory).sort()).toEqual(['file', 'folder']);
});

test('what can be replaced is a file, or nothing yet', () => {
  expect(() => requireReplaceable(path, 'No')).not.toThrow();
  writeFileSync(path, '');
  expect(() => requireReplaceable(path, 'No')).not.toThrow();
  expect(() => requireReplaceable(directory, 'No')).toThrow('No: it is a directory');
  expect(() => requireReplaceable('/dev/null', 'No')).toThrow('No: it is not a regular file');
});

test.each(['file', 'alias'])('the way to %s goes on from where a link has led to', async (name) => {
  for (const folder of ['a', 'a/b', 'c']) mkdirSync(join(directory, folder));
  symlinkSync('../a/b', join(directory, 'c/link'));
  symlinkSync('file', join(directory, 'a/alias'));
  const seen: string[][] = [];
  world.onSync = () => seen.push(readdirSync(join(directory, 'c')));
  await writePrivateFile(`${directory}/c/link/../${name}`, 'content', true, signal);
  expect(seen.flat().filter((entry) => entry !== 'link')).toEqual([]);
  expect(readFileSync(join(directory, 'a/file'), 'utf8')).toBe('content');
});
