import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openToAppend } from '../../src/files/appended.ts';
import { lockFile } from '../../src/files/lock-file.ts';
import { readOwnFile } from '../../src/files/own-file.ts';
import { closeDirectory } from '../../src/files/private-directory.ts';
import { machine } from '../../src/files/temporary.ts';
import { writePrivateFile, writeSharedFile } from '../../src/files/write.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { mayBecomeAnother, stranger } from '../support/second-user.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Runs before each call of the system. */
const world = vi.hoisted(() => ({ onCall: null as (() => void) | null }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const watched = Object.entries(real).map(([name, value]) => {
    if (typeof value !== 'function' || !name.endsWith('Sync')) return [name, value];
    const call = (...given: readonly unknown[]): unknown => {
      const { onCall } = world;
      // What the neighbour does is not seen.
      world.onCall = null;
      onCall?.();
      world.onCall = onCall;
      return (value as (...given: readonly unknown[]) => unknown)(...given);
    };
    return [name, Object.assign(call, value)];
  });
  return Object.fromEntries(watched);
});
afterEach(() => {
  world.onCall = null;
  vi.unstubAllGlobals();
});

const { signal } = new AbortController();
const words = { unlockable: 'unlockable', held: () => 'held' };

/** What is written, by a path in a folder that a neighbour may exchange. */
const writes: readonly (readonly [string, (path: string) => unknown])[] = [
  ['a new file', (path) => writePrivateFile(path, 'secret', false, signal)],
  ['a file that may be there', (path) => writeSharedFile(path, 'secret', signal)],
  [
    'a line at the end of a file',
    async (path) => {
      const file = openToAppend(path, 0o600, () => {});
      try {
        await file.append('secret');
      } finally {
        file.close();
      }
    },
  ],
  ['a lock', (path) => lockFile(path, words)()],
];

/**
 * A neighbour's folder `way`, and `home`, into which the neighbour would have something
 * written: an exchange makes `way` a link to it, another one brings the folder back.
 */
function neighbourhood() {
  const directory = temporaryDirectory();
  const [way, aside, link] = ['way', 'aside', 'link'].map((name) => join(directory, name));
  const home = join(directory, 'home');
  mkdirSync(join(way as string, 'deep'), { recursive: true });
  mkdirSync(join(home, 'deep'), { recursive: true });
  symlinkSync('home', link as string);
  lchownSync(link as string, stranger, stranger);
  for (const folder of [way, join(way as string, 'deep')])
    chownSync(folder as string, stranger, stranger);
  let isLink = false;
  return {
    path: join(way as string, 'deep', 'file'),
    home,
    exchange(): void {
      const [from, to] = isLink ? [link, aside] : [aside, link];
      renameSync(way as string, from as string);
      renameSync(to as string, way as string);
      isLink = !isLink;
    },
  };
}

/** The files that have something in them. */
function filled(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return entries.filter((entry) => {
    const stats = statSync(join(directory, entry));
    return stats.isFile() && stats.size > 0;
  });
}

/** Whether it went well, with exchanges before some of its calls of the system. */
async function attempt(write: (path: string) => unknown, before: ReadonlySet<number>) {
  const { path, home, exchange } = neighbourhood();
  let calls = 0;
  world.onCall = () => {
    calls += 1;
    if (before.has(calls)) exchange();
  };
  const isWell = await Promise.resolve()
    .then(() => write(path))
    .then(
      () => true,
      () => false,
    );
  world.onCall = null;
  return { isWell, calls, into: filled(home) };
}

describe.runIf(mayBecomeAnother).each([
  ['where a folder is held', 'linux'],
  ['where it is looked at again', 'darwin'],
])('%s', (_where, platform) => {
  const real = process.platform;
  beforeEach(() => void Object.defineProperty(process, 'platform', { value: platform }));
  afterEach(() => void Object.defineProperty(process, 'platform', { value: real }));

  test.each(writes)('%s never goes where a neighbour leads it meanwhile', async (_what, write) => {
    const { calls, isWell } = await attempt(write, new Set());
    expect([isWell, calls > 10]).toEqual([true, true]);
    const outcomes: boolean[] = [];
    for (let first = 1; first <= calls; first += 1)
      for (const more of [0, 1, 2]) {
        const before = new Set([first, first + more]);
        const outcome = await attempt(write, more === 0 ? new Set([first]) : before);
        expect([first, more, outcome.into]).toEqual([first, more, []]);
        outcomes.push(outcome.isWell);
      }
    expect(outcomes).toContain(false);
    expect(outcomes).toContain(true);
  });

  test.each(writes)('of %s nothing stays open', async (_what, write) => {
    await expectNothingOpen(() => attempt(write, new Set([4])));
  });
});

test.runIf(mayBecomeAnother && process.platform === 'linux').each(writes.slice(0, 2))(
  '%s is finished in the folder that is held, whatever takes its name meanwhile',
  async (_what, write) => {
    const { calls } = await attempt(write, new Set());
    for (let last = 0; last < 10; last += 1) {
      const { isWell, into } = await attempt(write, new Set([calls - last]));
      expect([last, isWell, into]).toEqual([last, true, []]);
    }
  },
);

test.runIf(mayBecomeAnother)(
  'a neighbour who exchanges a file that is being written gives its mode to no other',
  async () => {
    for (let at = 1; at <= 60; at += 1) {
      const { path, home } = neighbourhood();
      const folder = dirname(path);
      writeFileSync(path, '');
      chmodSync(path, 0o666);
      const victim = join(home, 'victim');
      writeFileSync(victim, 'precious', { mode: 0o600 });
      let calls = 0;
      world.onCall = () => {
        calls += 1;
        const temporary = readdirSync(folder).find((name) => name.endsWith('.tmp'));
        if (calls < at || temporary === undefined) return;
        world.onCall = null;
        rmSync(join(folder, temporary));
        symlinkSync(victim, join(folder, temporary));
        lchownSync(join(folder, temporary), stranger, stranger);
        calls = Number.NEGATIVE_INFINITY;
      };
      await writeSharedFile(path, 'secret', signal).catch(() => undefined);
      world.onCall = null;
      expect([at, statSync(victim).mode & 0o777, readFileSync(victim, 'utf8')]).toEqual([
        at,
        0o600,
        'precious',
      ]);
    }
  },
);

test.skipIf(process.platform === 'win32')(
  'a file of the program that another process replaces meanwhile is read',
  () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'config.json');
    for (let at = 1; at <= 60; at += 1) {
      writeFileSync(path, 'before');
      let calls = 0;
      world.onCall = () => {
        calls += 1;
        if (calls !== at) return;
        writeFileSync(`${path}.new`, 'after');
        renameSync(`${path}.new`, path);
      };
      const text = readOwnFile(path);
      world.onCall = null;
      expect([at, ['before', 'after'].includes(text ?? '')]).toEqual([at, true]);
    }
  },
);

/**
 * Closes an open directory of this user, whose place a neighbour's takes before one of
 * the calls; 0: never.
 * @returns the number of calls, and the mode of the neighbour's directory
 */
function closeExchanged(before: number) {
  const directory = temporaryDirectory();
  const [own, theirs] = [join(directory, 'own'), join(directory, 'theirs')];
  for (const folder of [own, theirs]) {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
  }
  chownSync(theirs, stranger, stranger);
  let calls = 0;
  world.onCall = () => {
    calls += 1;
    if (calls !== before) return;
    renameSync(own, join(directory, 'aside'));
    renameSync(theirs, own);
  };
  try {
    closeDirectory(own, () => true);
  } finally {
    world.onCall = null;
  }
  const place = before === 0 ? theirs : own;
  return { calls, mode: statSync(place).mode & 0o777 };
}

test.runIf(mayBecomeAnother)(
  'a neighbour’s directory that takes the place of one to be closed stays open',
  () => {
    const { calls } = closeExchanged(0);
    expect(calls).toBeGreaterThan(5);
    for (let before = 1; before <= calls; before += 1) {
      const { mode } = closeExchanged(before);
      expect([before, mode]).toEqual([before, 0o755]);
    }
  },
);

/**
 * Takes a lock that an ended process left in a neighbour's folder, which is another one
 * for some of the calls.
 * @returns the number of calls, and the files that are left in that other folder
 */
function lockExchanged(before: number, length: number) {
  const { path, home, exchange } = neighbourhood();
  writeFileSync(`${path}.lock`, `999999999\n${hostname()}\n\n\n`);
  const elsewhere = join(home, 'deep');
  writeFileSync(join(elsewhere, 'file.lock'), `${process.pid}\n${hostname()}\n\n\n`);
  writeFileSync(join(elsewhere, temporary), '');
  let calls = 0;
  world.onCall = () => {
    calls += 1;
    if (calls === before || calls === before + length) exchange();
  };
  try {
    lockFile(path, words)();
  } catch {
    // It is held, or behind a link of the neighbour.
  }
  world.onCall = null;
  return { calls, left: readdirSync(elsewhere) };
}

/** A file of an ended process. */
const temporary = `.mfa-cli-999999999-1-${machine()}-0123456789abcdef.tmp`;

test.runIf(mayBecomeAnother && process.platform === 'linux')(
  'for a lock in a neighbour’s folder nothing elsewhere is removed',
  () => {
    const { calls } = lockExchanged(Number.NaN, 1);
    expect(calls).toBeGreaterThan(50);
    for (let before = 1; before <= calls; before += 1)
      for (const length of [1, 8]) {
        const { left } = lockExchanged(before, length);
        expect([before, length, left]).toEqual([before, length, [temporary, 'file.lock']]);
      }
  },
);
