import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { bounded } from '../../src/files/bounded.ts';
import { patience } from '../support/patience.ts';

// In this process; test/files/bounded.test.ts ends processes of its own.

const late = new CliError('pkcs12-unsupported', 'Too late');
const interrupted = new CliError('interrupted', 'Interrupted');
const bound = { milliseconds: 60_000, late, bytes: 100_000 };
const never = new AbortController().signal;
/** What the processor did for this process since the clock began, as part of its time. */
let share: number;
beforeEach(() => {
  share = 1;
  const uptime = process.uptime.bind(process);
  // Both clocks are read at one instant, however busy the machine is.
  let instant: number | undefined;
  vi.spyOn(process, 'uptime').mockImplementation(() => {
    const now = instant ?? uptime();
    instant = undefined;
    return now;
  });
  vi.spyOn(process, 'cpuUsage').mockImplementation((before) => {
    instant = before && uptime();
    const all = (instant ?? uptime()) * 1e6 * share;
    return { user: all / 2 - (before?.user ?? 0), system: all / 2 - (before?.system ?? 0) };
  });
});

const loop = () => {
  for (;;);
};
/** A piece that takes a while the first times, and how often it was begun. */
function slow(milliseconds: number, times: number) {
  const begun = { times: 0 };
  const piece = () => {
    const end = process.uptime() * 1000 + milliseconds;
    if (++begun.times <= times) while (process.uptime() * 1000 < end);
    return 'done';
  };
  return { piece, begun };
}

test.each([100, 100_000])('work on %i bytes ends as it does without a bound', async (bytes) => {
  const end = (piece: () => unknown) =>
    bounded(never, { ...bound, bytes }, ({ inOneGo }) => inOneGo(piece));
  expect(await end(() => 'done')).toBe('done');
  const failure = new SyntaxError('of the piece');
  await expect(
    end(() => {
      throw failure;
    }),
  ).rejects.toBe(failure);
  expect(Object.keys(globalThis).filter((name) => name.startsWith('mfa-cli'))).toEqual([]);
});

test.each([16_384, 16_385])(
  'a piece of a file of %i bytes is watched where that is long',
  async (bytes) => {
    const { piece } = slow(300, 1);
    const work = bounded(never, { ...bound, milliseconds: 100, bytes }, ({ inOneGo }) =>
      inOneGo(piece),
    );
    if (bytes > 16_384) await expect(work).rejects.toBe(late);
    else expect(await work).toBe('done');
  },
);

describe('a piece that takes too long', () => {
  const run = (milliseconds: number, piece: () => unknown) =>
    bounded(never, { ...bound, milliseconds }, ({ inOneGo }) => inOneGo(piece));

  test.each([
    ['the machine was not slow', 0.9],
    ['half of the processor was ours', 0.51],
  ])('is late where %s', async (_case, ours) => {
    share = ours;
    const { piece, begun } = slow(2000, 9);
    await expect(run(100, piece)).rejects.toBe(late);
    // On a busy machine the time may be over before the piece begins.
    expect(begun.times).toBeLessThan(2);
  });

  test('is done once more where the machine was slow, with eight times the time', async () => {
    share = 0.4;
    let tries = 0;
    // The first try never ends by itself; the second takes longer than the first one's time.
    const piece = () => (tries++ === 0 ? loop() : slow(150, 1).piece());
    expect(await run(100, piece)).toBe('done');
    expect(tries).toBe(2);
    await expect(run(20, loop)).rejects.toBe(late);
  });

  test('and fails in its second try fails so', async () => {
    share = 0.1;
    const failure = new RangeError('of the piece');
    let tries = 0;
    const piece = () => {
      if (tries++ > 0) throw failure;
      loop();
    };
    await expect(run(300, piece)).rejects.toBe(failure);
  });
});

describe('a wait', () => {
  /** Waits until it is told to end. */
  const wait = (signal: AbortSignal | undefined) =>
    setTimeout(60_000, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());

  test.each([
    ['ends when time is up where the machine was not slow', 0.9, 100],
    ['goes on where it was, up to eight times', 0.1, 800],
  ])('%s', async (_case, ours, expected) => {
    share = ours;
    const began = process.uptime() * 1000;
    const work = bounded(never, { ...bound, milliseconds: 100 }, ({ signal }) => wait(signal));
    await expect(work).rejects.toBe(late);
    const took = process.uptime() * 1000 - began;
    expect([took >= expected - 1, took < 8 * expected * patience]).toEqual([true, true]);
  });

  test('ends on an interrupt, after which no piece is begun', async () => {
    const controller = new AbortController();
    let begun = false;
    const work = bounded(controller.signal, bound, async ({ signal, inOneGo }) => {
      await wait(signal).catch(() => undefined);
      return inOneGo(() => {
        begun = true;
      });
    });
    controller.abort(interrupted);
    await expect(work).rejects.toBe(interrupted);
    expect(begun).toBe(false);
  });
});

test('no work begins after an interrupt', async () => {
  const work = vi.fn();
  await expect(bounded(AbortSignal.abort(interrupted), bound, work)).rejects.toBe(interrupted);
  expect(work).not.toHaveBeenCalled();
});

test('nothing is left of a work', async () => {
  const { signal } = new AbortController();
  const [add, remove] = [
    vi.spyOn(signal, 'addEventListener'),
    vi.spyOn(signal, 'removeEventListener'),
  ];
  const clear = vi.spyOn(globalThis, 'clearTimeout');
  await bounded(signal, bound, async () => 'done');
  expect(remove.mock.calls).toEqual(add.mock.calls.map((call) => call.slice(0, 2)));
  expect([add.mock.calls.length, clear.mock.calls.length]).toEqual([1, 1]);
});

test.each([
  [100, true],
  [100_000, false],
])('in a piece of a file of %i bytes, signals have their handlers: %s', async (bytes, kept) => {
  const handler = () => {};
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const handlers = () => signals.map((signal) => process.listeners(signal).includes(handler));
  for (const signal of signals) process.on(signal, handler);
  try {
    await bounded(never, { ...bound, bytes }, async ({ inOneGo }) => {
      expect(handlers()).toEqual([true, true]);
      expect(await inOneGo(handlers)).toEqual([kept, kept]);
      expect(handlers()).toEqual([true, true]);
      await inOneGo(() => JSON.parse('{')).catch(() => undefined);
      expect(handlers()).toEqual([true, true]);
    });
  } finally {
    for (const signal of signals) process.removeListener(signal, handler);
  }
});

test('what waits has its turn before a piece', async () => {
  const seen: string[] = [];
  await bounded(never, bound, ({ inOneGo }) => {
    setImmediate(() => setImmediate(() => seen.push('event')));
    return inOneGo(() => seen.push('piece'));
  });
  expect(seen).toEqual(['event', 'piece']);
});
