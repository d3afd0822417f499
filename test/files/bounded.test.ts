import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundlePrograms } from '../support/bundle.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const directory = temporaryDirectory();
const program = join(directory, 'keep-busy.mjs');
beforeAll(() =>
  bundlePrograms([fileURLToPath(new URL('keep-busy.ts', import.meta.url))], directory),
);
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

const minute = '60000';

/** Starts a command; `began` is the process that does the work, once it does it. */
function start(command: readonly string[]): {
  readonly began: Promise<number>;
  readonly end: Promise<{
    exitCode: number | null;
    signal: string | null;
    lines: readonly string[];
  }>;
} {
  const child: ChildProcess = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  let output = '';
  const began = new Promise<number>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      const [, pid] = /began (\d+)\n/.exec(output) ?? [];
      if (pid !== undefined) resolve(Number(pid));
    });
  });
  const end = once(child, 'close').then(([exitCode, signal]) => ({
    exitCode,
    signal,
    lines: output.split('\n').filter((line) => line !== '' && !line.startsWith('began')),
  }));
  return { began, end };
}

const run = (work: string, milliseconds: string) =>
  start([process.execPath, program, work, milliseconds]);

test.each([
  ['SIGINT', 'loop'],
  ['SIGTERM', 'pattern'],
  ['SIGINT', 'native'],
  ['SIGHUP', 'loop'],
] as const)('%s ends the process while the event loop is kept by: %s', async (signal, work) => {
  const { began, end } = run(work, minute);
  process.kill(await began, signal);
  expect(await end).toEqual({ exitCode: null, signal, lines: [] });
});

test.skipIf(isMissing('bash')).each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s is %i to a shell', async (signal, expected) => {
  const line = `'${process.execPath}' '${program}' native ${minute}; echo "code $?"`;
  const { began, end } = start(['bash', '-c', line]);
  process.kill(await began, signal);
  expect((await end).lines.at(-1)).toBe(`code ${expected}`);
});

test.each(['pattern', 'a piece and a wait'])(
  '%s ends with the error when the time is over',
  async (work) => {
    expect(await run(work, '300').end).toEqual({
      exitCode: 3,
      signal: null,
      lines: ['CliError: Too late'],
    });
  },
);

/** Lets a process that has stopped itself go on once its second is over, as a machine does that is busy with others. */
async function goOn(stopped: Promise<number>): Promise<void> {
  const pid = await stopped;
  await setTimeout(1500);
  process.kill(pid, 'SIGCONT');
}

test('a piece that gets no processor for its second is done once more', async () => {
  const { began, end } = run('a piece that is stopped', '1000');
  await goOn(began);
  expect((await end).lines).toEqual(['done']);
});

describe('the handlers of the signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'are there for %s once a piece is done',
    async (signal) => {
      const { began, end } = run('a piece and a wait', minute);
      process.kill(await began, signal);
      expect((await end).lines).toEqual([`handled ${signal}`, 'CliError: Interrupted']);
    },
  );

  test('are told of what came before a piece', async () => {
    expect((await run('a signal before the piece', minute).end).lines).toEqual([
      'handled SIGINT',
      'CliError: Interrupted',
    ]);
  });
});
