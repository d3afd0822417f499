import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTries } from '../../src/network/tries.ts';

const late = new Error('late');
const never = new AbortController().signal;
/** Ends with the signal's reason, as a request does. */
const aborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('attempts', () => {
  test('go on until there is an outcome to keep', async () => {
    const { untilDone } = createTries(60_000, never);
    let made = 0;
    const counts: unknown[] = [];
    const waitAfter = (outcome: number | Error, attempts: number) => {
      counts.push([outcome, attempts]);
      return attempts < 3 ? 1 : null;
    };
    expect(await untilDone(async () => ++made * 10, waitAfter, late)).toBe(30);
    expect(counts).toEqual([
      [10, 1],
      [20, 2],
      [30, 3],
    ]);
  });

  test('end with an error that is kept', async () => {
    const { untilDone } = createTries(60_000, never);
    const error = new Error('kept');
    await expect(
      untilDone(
        async () => error,
        () => null,
        late,
      ),
    ).rejects.toBe(error);
  });

  test('make each pause', async () => {
    const { untilDone } = createTries(60_000, never);
    const started = performance.now();
    await untilDone(
      async () => 1,
      (_outcome, attempts) => (attempts === 1 ? 100 : null),
      late,
    );
    expect(performance.now() - started).toBeGreaterThan(95);
  });

  test('are not made after a pause that is longer than the time', async () => {
    const { untilDone } = createTries(1000, never);
    let made = 0;
    expect(
      await untilDone(
        async () => ++made,
        () => 60_000,
        late,
      ),
    ).toBe(1);
  });

  test('share the time with those before', async () => {
    const { untilDone } = createTries(2000, never);
    const slow = async () => void (await sleep(500));
    await untilDone(slow, () => null, late);
    let made = 0;
    expect(
      await untilDone(
        async () => ++made,
        () => 1600,
        late,
      ),
    ).toBe(1);
  });

  test('wait for no negative time once nothing is left of it, of which Node.js would warn', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());
    const { untilDone } = createTries(20, never);
    const slow = async () => void (await sleep(40));
    for (const _ of [1, 2]) await untilDone(slow, () => null, late);
    const times = timers.mock.calls.map(([, milliseconds]) => milliseconds);
    expect([times[0], times.every((milliseconds = 0) => milliseconds >= 0)]).toEqual([20, true]);
  });

  test('share the time with their own pauses', async () => {
    const { untilDone } = createTries(1000, never, async () => {});
    let made = 0;
    expect(
      await untilDone(
        async () => ++made,
        () => 400,
        late,
      ),
    ).toBe(3);
  });

  test('do not count what their pauses take beyond what they are', async () => {
    const { untilDone } = createTries(200, never, async (wait) => {
      await wait();
      await sleep(300);
    });
    let made = 0;
    expect(
      await untilDone(
        async () => ++made,
        (_outcome, attempts) => (attempts < 3 ? 10 : null),
        late,
      ),
    ).toBe(3);
  });

  test('do not count what passes between them', async () => {
    const { signal, untilDone } = createTries(1000, never);
    await untilDone(
      async () => 1,
      () => null,
      late,
    );
    await sleep(1100);
    expect(signal.aborted).toBe(false);
    expect(
      await untilDone(
        async () => 2,
        () => null,
        late,
      ),
    ).toBe(2);
  });
});

describe('the signal', () => {
  test('says that the time is over', async () => {
    const { signal, untilDone } = createTries(20, never);
    await expect(
      untilDone(
        () => aborted(signal),
        () => null,
        late,
      ),
    ).rejects.toBe(late);
  });

  test('ends a pause with the reason of the interrupt', async () => {
    const interrupt = new AbortController();
    const { untilDone } = createTries(60_000, interrupt.signal);
    const reason = new Error('interrupted');
    const attempt = async () => void setTimeout(() => interrupt.abort(reason), 10);
    await expect(untilDone(attempt, () => 30_000, late)).rejects.toBe(reason);
  });

  test('is that of an interrupt that came before', () => {
    const interrupt = new AbortController();
    const reason = new Error('interrupted');
    interrupt.abort(reason);
    expect(createTries(60_000, interrupt.signal).signal.reason).toBe(reason);
  });

  test('knows of no interrupt after the end', () => {
    const interrupt = new AbortController();
    const { signal, end } = createTries(60_000, interrupt.signal);
    end();
    interrupt.abort();
    expect(signal.aborted).toBe(false);
  });
});
