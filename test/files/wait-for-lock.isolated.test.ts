import {
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants, hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { waitForLock } from '../../src/files/lock-file.ts';
import { namespace, startOf } from '../../src/files/temporary.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const world = vi.hoisted(() => ({
  /** Milliseconds of each pause; while it is an array, pauses take no time. */
  pauses: null as number[] | null,
  /** What happens right after a lock was found left, before it is looked at again. */
  beforeRemoval: null as (() => void) | null,
  /** Why a lock may not be removed. */
  refusal: null as Error | null,
}));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const rmSync: typeof real.rmSync = (path, options) => {
    if (world.refusal !== null && String(path).endsWith('config.json.lock')) throw world.refusal;
    real.rmSync(path, options);
  };
  const linkSync: typeof real.linkSync = (from, to) => {
    real.linkSync(from, to);
    if (String(to).endsWith('.lock.lock')) world.beforeRemoval?.();
  };
  return { ...real, rmSync, linkSync };
});
vi.mock('node:timers/promises', async (original) => {
  const real = await original<typeof import('node:timers/promises')>();
  const setTimeout: typeof real.setTimeout = async (delay = 0, value, options) => {
    if (world.pauses === null) return real.setTimeout(delay, value, options);
    world.pauses.push(delay);
    return value as never;
  };
  return { ...real, setTimeout };
});

const acquireLock = (path: string, signal?: AbortSignal) =>
  waitForLock(
    path,
    {
      unlockable: `Cannot lock ${path}`,
      held: (holder) => `Another process keeps ${path} locked${holder}`,
    },
    signal,
  );
async function withLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const release = await acquireLock(path, signal);
  try {
    return await work();
  } finally {
    release();
  }
}

let directory: string;
let path: string;
let lock: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, 'config.json');
  lock = `${path}.lock`;
});
afterEach(() => {
  Object.assign(world, { pauses: null, beforeRemoval: null, refusal: null });
});

/** A lock whose process gave its last sign of life so many seconds ago. */
function leaveLock(seconds: number): void {
  writeFileSync(lock, '');
  const then = Date.now() / 1000 - seconds;
  utimesSync(lock, then, then);
}
const impatient = () => AbortSignal.timeout(150);
const interrupted = {
  code: 'interrupted',
  message: 'Interrupted while waiting for another process',
};

describe('work under the lock', () => {
  test('has the lock while it lasts, and no longer', async () => {
    const during = await withLock(path, async () => readdirSync(directory));
    expect([during, readdirSync(directory)]).toEqual([['config.json.lock'], []]);
  });

  test('frees the lock when it fails', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(readdirSync(directory)).toEqual([]);
  });

  test('waits for the one before it', async () => {
    const release = await acquireLock(path);
    let worked = false;
    const waiting = withLock(path, async () => {
      worked = true;
    });
    await expect(acquireLock(path, impatient())).rejects.toMatchObject(interrupted);
    expect(worked).toBe(false);
    await release();
    await waiting;
    expect(worked).toBe(true);
  });

  test('keeps the lock alive as long as it is ours', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const release = await acquireLock(path);
      const changedAfter = (milliseconds: number) => {
        utimesSync(lock, 1, 1);
        vi.advanceTimersByTime(milliseconds);
        return statSync(lock).mtimeMs > 1000;
      };
      expect([changedAfter(999), changedAfter(1), changedAfter(1000)]).toEqual([false, true, true]);
      const mark = readFileSync(lock, 'utf8');
      writeFileSync(lock, 'of another');
      expect([changedAfter(1000), readFileSync(lock, 'utf8')]).toEqual([false, 'of another']);
      writeFileSync(lock, mark);
      release();
      expect([vi.getTimerCount(), readdirSync(directory)]).toEqual([0, []]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is not begun where the lock cannot be made', async () => {
    const away = join(directory, 'no-such-directory', 'config.json');
    const work = () => expect.fail('worked without a lock');
    await expect(withLock(away, work)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: `Cannot lock ${away}: no such file or directory`,
    });
  });
});

describe('the lock of another process', () => {
  test('without a sign of life for five seconds is taken over', async () => {
    leaveLock(6);
    await withLock(path, async () => undefined);
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each(['nowhere', 'a directory'])(
    'that is a link to %s, as old, is taken over',
    async (target) => {
      const away = join(directory, 'away');
      if (target === 'a directory') mkdirSync(away);
      symlinkSync(away, lock);
      const then = Date.now() / 1000 - 6;
      lutimesSync(lock, then, then);
      if (target === 'a directory') utimesSync(away, then, then);
      await withLock(path, async () => undefined, AbortSignal.timeout(10_000));
      expect(readdirSync(directory)).toEqual(target === 'nowhere' ? [] : ['away']);
    },
  );

  test.each([
    ['whose start is known is waited for, however old', startOf(process.pid), false],
    ['whose start nobody knew is taken over', '', true],
  ])('that runs, %s', async (_case, start, isTaken) => {
    writeFileSync(lock, `${process.pid}\n${hostname()}\n${start}\n${namespace()}\n`);
    const then = Date.now() / 1000 - 6;
    utimesSync(lock, then, then);
    const work = withLock(path, async () => 'done', isTaken ? undefined : impatient());
    if (isTaken) expect(await work).toBe('done');
    else await expect(work).rejects.toMatchObject(interrupted);
  });

  test('with one since then is waited for', async () => {
    leaveLock(4);
    await expect(acquireLock(path, impatient())).rejects.toMatchObject(interrupted);
    expect(readdirSync(directory)).toEqual(['config.json.lock']);
  });

  test('that is taken over by another in the very moment stays', async () => {
    leaveLock(6);
    world.beforeRemoval = () => utimesSync(lock, new Date(), new Date());
    await expect(acquireLock(path, impatient())).rejects.toMatchObject(interrupted);
    expect(readdirSync(directory)).toEqual(['config.json.lock']);
  });

  test('that is released while it is removed is no obstacle', async () => {
    leaveLock(6);
    world.beforeRemoval = () => unlinkSync(lock);
    await withLock(path, async () => undefined);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is left to the waiter that removes it', async () => {
    leaveLock(6);
    writeFileSync(`${lock}.lock`, '');
    await expect(acquireLock(path, impatient())).rejects.toMatchObject(interrupted);
    expect(readdirSync(directory)).toEqual(['config.json.lock', 'config.json.lock.lock']);
  });

  test('that may not be removed is said', async () => {
    leaveLock(6);
    world.refusal = Object.assign(new Error('no'), {
      code: 'EACCES',
      errno: -constants.errno.EACCES,
    });
    await expect(acquireLock(path)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: `Cannot lock ${path}: permission denied`,
      cause: world.refusal,
    });
    expect(readdirSync(directory)).toEqual(['config.json.lock']);
  });
});

test('work under the lock is given up after two thousand tries, in more than a minute', async () => {
  const release = await acquireLock(path);
  world.pauses = [];
  await expect(acquireLock(path)).rejects.toMatchObject({
    code: 'file-unwritable',
    message: `Another process keeps ${path} locked (process ${process.pid})`,
  });
  const total = world.pauses.reduce((sum, pause) => sum + pause, 0);
  expect(world.pauses).toHaveLength(1999);
  expect([
    total > 60_000,
    Math.min(...world.pauses) >= 25,
    Math.max(...world.pauses) <= 50,
  ]).toEqual([true, true, true]);
  await release();
});
