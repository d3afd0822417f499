import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startSpinner } from '../../src/terminal/spinner.ts';

/** What was drawn, and that it was stopped. */
const drawn = vi.hoisted(() => [] as string[]);
vi.mock('ora', () => ({
  default: ({ text }: { readonly text: string }) => ({
    set text(next: string) {
      drawn.push(next);
    },
    start() {
      drawn.push(text);
      return this;
    },
    stop: () => void drawn.push('stopped'),
  }),
}));

const begin = () =>
  startSpinner('Asking a.test', null, {
    stream: new PassThrough(),
    isColored: true,
    isAscii: false,
    within: (words) => words,
  });
/** Lets so many milliseconds pass, and what began to be loaded meanwhile be loaded. */
async function pass(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  await vi.dynamicImportSettled();
}

beforeEach(() => {
  drawn.splice(0);
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test('a wait that lasts is shown, with its newest words, until it ends', async () => {
  const progress = begin();
  await pass(299);
  expect(drawn).toEqual([]);
  progress.say('Asking b.test');
  await pass(1);
  expect(drawn).toEqual(['Asking b.test']);
  progress.say('Asking c.test');
  await pass(3000);
  progress.stop();
  expect([drawn[1], ...drawn.slice(-2)]).toEqual([
    'Asking c.test',
    'Asking c.test, 3 s',
    'stopped',
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['before it is long enough', 299],
  ['while its spinner is loaded', 300],
])('a wait that ends %s is never shown', async (_when, milliseconds) => {
  const progress = begin();
  vi.advanceTimersByTime(milliseconds);
  progress.stop();
  await pass(1000);
  expect([drawn, vi.getTimerCount()]).toEqual([[], 0]);
});
