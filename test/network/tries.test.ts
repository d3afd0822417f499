import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Pause } from '../../src/network/http.ts';
import { createTries } from '../../src/network/tries.ts';

const late = new Error('late');
const interrupted = new Error('interrupted');
const never = new AbortController().signal;

/** How many attempts were made, each of them `work`, until there is no pause after one; an error is the last outcome. */
async function countOf(
  tries: ReturnType<typeof createTries>,
  wait: (made: number) => number | null = () => null,
  work: () => Promise<unknown> = async () => undefined,
): Promise<unknown> {
  const outcomes: unknown[] = [];
  const attempt = async () => (await work()) ?? outcomes.length + 1;
  const waitAfter = (outcome: unknown, made: number) => {
    outcomes.push(outcome);
    expect(outcomes).toHaveLength(made);
    return wait(made);
  };
  return tries.untilDone({ attempt, waitAfter, late: () => late });
}

test.each<[string, number, number | null, Pause | undefined, number]>([
  ['go on until there is an outcome to keep', 60_000, 1, undefined, 3],
  ['are not made after a pause that is longer than the time', 1000, 60_000, undefined, 1],
  ['share the time with their own pauses', 1000, 600, async () => {}, 2],
  [
    'do not count what a pause takes beyond what it is',
    200,
    10,
    async (wait) => {
      await wait();
      await sleep(300);
    },
    3,
  ],
])('attempts %s', async (_case, timeout, wait, pause, count) => {
  const tries = createTries(timeout, never, pause);
  expect(await countOf(tries, (made) => (made < 3 ? wait : null))).toBe(count);
});

test('attempts wait for each pause, and keep the last error', async () => {
  const started = performance.now();
  const error = new Error('kept');
  const ended = countOf(
    createTries(60_000, never),
    (made) => (made === 1 ? 100 : null),
    async () => error,
  );
  await expect(ended).rejects.toBe(error);
  expect(performance.now() - started).toBeGreaterThan(95);
});

test('attempts share one time limit, which excludes the pauses', async () => {
  const tries = createTries(1000, never);
  await countOf(tries, undefined, () => sleep(300));
  await sleep(800);
  expect([tries.signal.aborted, await countOf(tries, () => 800)]).toEqual([false, 1]);
});

test('attempts do not wait for a negative time after the limit, which Node.js warns about', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  onTestFinished(() => timers.mockRestore());
  const tries = createTries(20, never);
  for (const _ of [1, 2]) await countOf(tries, undefined, () => sleep(40));
  const times = timers.mock.calls.map(([, milliseconds]) => milliseconds);
  expect([times[0], times.every((milliseconds = 0) => milliseconds >= 0)]).toEqual([20, true]);
});

test('the signal reports the end of the time, and an interrupt until then', async () => {
  const tries = createTries(20, never);
  const untilAborted = () =>
    new Promise<never>((_resolve, reject) =>
      tries.signal.addEventListener('abort', () => reject(tries.signal.reason)),
    );
  await expect(countOf(tries, undefined, untilAborted)).rejects.toBe(late);
  expect(createTries(60_000, AbortSignal.abort(interrupted)).signal.reason).toBe(interrupted);
  const interrupt = new AbortController();
  const [open, ended] = [
    createTries(60_000, interrupt.signal),
    createTries(60_000, interrupt.signal),
  ];
  ended.end();
  const paused = countOf(
    open,
    () => 30_000,
    async () => void setTimeout(() => interrupt.abort(interrupted), 10),
  );
  await expect(paused).rejects.toBe(interrupted);
  expect(ended.signal.aborted).toBe(false);
});
