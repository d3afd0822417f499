import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTries } from '../../src/network/tries.ts';

const late = new Error('late');
const never = new AbortController().signal;
/** Ends with the signal's reason, as a request does. */
const aborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
type Tries = ReturnType<typeof createTries>;
/** Attempts until there is no pause after one. */
const attempts = <T>(
  { untilDone }: Tries,
  attempt: () => Promise<T>,
  wait: (made: number) => number | null,
) => untilDone(attempt, (_outcome, made) => wait(made), late);
/** How many attempts were made. */
async function countOf(tries: Tries, wait: (made: number) => number | null): Promise<number> {
  let made = 0;
  await attempts(tries, async () => ++made, wait);
  return made;
}
const once = () => null;

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
    expect(counts.flat()).toEqual([10, 1, 20, 2, 30, 3]);
  });

  test('end with an error that is kept', async () => {
    const error = new Error('kept');
    await expect(attempts(createTries(60_000, never), async () => error, once)).rejects.toBe(error);
  });

  test('make each pause', async () => {
    const started = performance.now();
    await countOf(createTries(60_000, never), (made) => (made === 1 ? 100 : null));
    expect(performance.now() - started).toBeGreaterThan(95);
  });

  test('are not made after a pause that is longer than the time', async () => {
    expect(await countOf(createTries(1000, never), () => 60_000)).toBe(1);
  });

  test('share the time with those before', async () => {
    const tries = createTries(2000, never);
    await attempts(tries, () => sleep(500), once);
    expect(await countOf(tries, () => 1600)).toBe(1);
  });

  test('wait for no negative time once nothing is left of it, of which Node.js would warn', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());
    const tries = createTries(20, never);
    for (const _ of [1, 2]) await attempts(tries, () => sleep(40), once);
    const times = timers.mock.calls.map(([, milliseconds]) => milliseconds);
    expect([times[0], times.every((milliseconds = 0) => milliseconds >= 0)]).toEqual([20, true]);
  });

  test('share the time with their own pauses', async () => {
    expect(
      await countOf(
        createTries(1000, never, async () => {}),
        () => 400,
      ),
    ).toBe(3);
  });

  test('do not count what their pauses take beyond what they are', async () => {
    const slow = async (wait: () => Promise<void>) => {
      await wait();
      await sleep(300);
    };
    expect(await countOf(createTries(200, never, slow), (made) => (made < 3 ? 10 : null))).toBe(3);
  });

  test('do not count what passes between them', async () => {
    const tries = createTries(500, never);
    await countOf(tries, once);
    await sleep(600);
    expect([tries.signal.aborted, await countOf(tries, once)]).toEqual([false, 1]);
  });
});

describe('the signal', () => {
  test('says that the time is over', async () => {
    const tries = createTries(20, never);
    await expect(attempts(tries, () => aborted(tries.signal), once)).rejects.toBe(late);
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
