import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { renewOptions } from '../../src/commands/apns/renew/options.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { requirePrograms, runForSecret, runProgram } from '../../src/programs/run-program.ts';
import { programsIn } from '../../src/settings/parser.ts';
import { testCases } from '../support/cases.ts';
import { eventually, patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const outside = {
  env: { PATH: process.env.PATH, VAULT_TOKEN: 'vault', KEPT: 'kept' },
  signal: new AbortController().signal,
  pipeTimeout: 30_000 * patience,
};
const shell = (script: string, ...words: readonly string[]) =>
  ['/bin/sh', '-c', script, ...words] as const;

const missing = (program: string): string =>
  `the program "${program}", or the interpreter that its first line names, does not exist`;

describe.skipIf(process.platform === 'win32')('a program that prints a secret', () => {
  testCases('programs/secret-command', {
    'a shell line prints the secret': async (script: string, ...secretVariables: string[]) =>
      (await runForSecret(shell(script), 'It', { ...outside, secretVariables })).reveal(),
    'a command is refused without what it printed and was given': async (
      command: readonly [string, ...string[]],
    ) => {
      const error = await runForSecret(command, 'It', outside).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'file-unreadable' });
      const { cause, message } = error as Error;
      expect(cause).toBe(undefined);
      return message;
    },
    'how a program ends: shell line, most bytes (null: to stderr), milliseconds, input': async (
      script: string,
      limit: number | null,
      milliseconds: number,
      input?: string,
    ) => {
      const more = input === undefined ? {} : { input };
      const run = { command: shell(script), limit, milliseconds: milliseconds * patience, ...more };
      const { stdout, how, ...end } = await runProgram(run, outside);
      return {
        ...end,
        stdout: Buffer.from(stdout).toString(),
        how: how?.replace(/ [\d.]+ s$/, ' … s') ?? null,
      };
    },
    requirePrograms: (options: object) =>
      requirePrograms(programsIn(renewOptions, { ...options }), { PATH: '/bin' }),
  });

  test('that names an interpreter with a carriage return is not called missing', async () => {
    const file = join(temporaryDirectory(), 'script');
    writeFileSync(file, '#!/bin/sh\r\necho hunter2\r\n', { mode: 0o755 });
    await expect(runForSecret([file], 'It', outside)).rejects.toThrow(
      `It cannot be run: ${missing(file)}`,
    );
  });

  /** A program with another below it, whose number it tells in a file, that never ends. */
  const family = () => {
    const file = join(temporaryDirectory(), 'pid');
    const pid = () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0);
    const ended = () =>
      vi.waitFor(() => expect(() => process.kill(pid(), 0)).toThrow('ESRCH'), eventually);
    return { command: shell('sleep 600 & echo $! > "$0"; wait', file), pid, ended };
  };

  test('is killed with all its children after the timeout', async () => {
    const { command, ended } = family();
    await expect(runForSecret(command, 'It', { ...outside, pipeTimeout: 1000 })).rejects.toThrow(
      'It did not end within 1 s',
    );
    await ended();
  });

  test('is killed with all its children on an interrupt, and is not started after one', async () => {
    const { command, pid, ended } = family();
    const [why, controller] = [new CliError('interrupted', 'Interrupted'), new AbortController()];
    const run = runForSecret(command, 'It', {
      ...outside,
      signal: controller.signal,
      pipeTimeout: 600_000,
    });
    await vi.waitUntil(() => pid() > 0, eventually);
    controller.abort(why);
    await expect(run).rejects.toBe(why);
    await ended();
    const never = family();
    await expect(
      runForSecret(never.command, 'It', { ...outside, signal: controller.signal }),
    ).rejects.toBe(why);
    expect(never.pid()).toBe(0);
  });

  test('leaves nothing to listen to', async () => {
    const { signal } = new AbortController();
    const [add, remove] = [
      vi.spyOn(signal, 'addEventListener'),
      vi.spyOn(signal, 'removeEventListener'),
    ];
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    await runForSecret(shell('true'), 'It', { ...outside, signal });
    expect(remove.mock.calls).toEqual(add.mock.calls);
    expect([add.mock.calls.length, clear.mock.calls.length]).toEqual([1, 1]);
  });
});
