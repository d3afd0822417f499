import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readCommandLine } from '../../src/settings/command-line.ts';
import { createTerminal } from '../../src/terminal/terminal.ts';

/** What was drawn, and that it was stopped. */
const drawn = vi.hoisted(() => [] as string[]);
vi.mock('ora', () => ({
  default: ({ text }: { readonly text: string }) => ({
    text,
    start() {
      drawn.push(text);
      return this;
    },
    stop: () => void drawn.push('stopped'),
  }),
}));

type Env = Readonly<Record<string, string>>;

/** Starts a wait of a command line, where the named streams are terminals. */
function openWaits(words = '', terminals = 'stdin stdout stderr', env: Env = {}, columns = 80) {
  const stream = (name: string) =>
    Object.assign(new PassThrough(), { isTTY: terminals.split(' ').includes(name), columns });
  const streams = { stdin: stream('stdin'), stdout: stream('stdout'), stderr: stream('stderr') };
  const { flags } = readCommandLine(words === '' ? [] : words.split(' '), env);
  return createTerminal(streams, env, flags).progress;
}

/** Lets a wait become long enough, and the spinner that it needs be loaded. */
async function pass(): Promise<void> {
  vi.advanceTimersByTime(300);
  await vi.dynamicImportSettled();
}

beforeEach(() => {
  drawn.splice(0);
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test.each<[string, string, Env, number, string]>([
  ['', 'stdin stdout stderr', {}, 80, 'shown'],
  ['', 'stderr', {}, 80, 'shown'],
  ['--json', 'stdin stdout stderr', {}, 80, 'shown'],
  ['--no-input', 'stdin stdout stderr', {}, 80, 'shown'],
  ['', 'stdin stdout stderr', { TERM: 'xterm' }, 80, 'shown'],
  ['', 'stdin stdout', {}, 80, 'hidden'],
  ['--quiet', 'stdin stdout stderr', {}, 80, 'hidden'],
  ['--debug', 'stdin stdout stderr', {}, 80, 'hidden'],
  ['', 'stdin stdout stderr', { TERM: 'dumb' }, 80, 'hidden'],
  ['', 'stdin stdout stderr', {}, 0, 'hidden'],
])('a wait of %j with the terminals %j, %j and %i columns is %s', async (...terms) => {
  const [words, terminals, env, columns, expected] = terms;
  const progress = openWaits(words, terminals, env, columns)('Asking a.test');
  await pass();
  expect(drawn).toEqual(expected === 'shown' ? ['Asking a.test'] : []);
  progress.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('of two waits at once the first one alone is shown, and another after it', async () => {
  const start = openWaits();
  const first = start('Asking a.test');
  await pass();
  const second = start('Asking b.test');
  await pass();
  second.stop();
  expect(drawn).toEqual(['Asking a.test']);
  first.stop();
  const third = start('Asking c.test');
  await pass();
  third.stop();
  expect(drawn).toEqual(['Asking a.test', 'stopped', 'Asking c.test', 'stopped']);
});
