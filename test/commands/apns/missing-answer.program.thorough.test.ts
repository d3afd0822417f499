import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { isThorough } from '../../support/patience.ts';
import { ctrlC, endOnSignal, finish, openTerminal, startProgram } from '../../support/process.ts';
import { isMissing } from '../../support/tools.ts';
import { argvOf, both, entryOf, requestsIn, startSilent } from './waiting.ts';

describe('the program is ended while it waits for the answer', () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;
  const ended = signals
    .flatMap(([signal, code]) => both.map((asked) => ({ asked, signal, code })))
    .filter(({ asked, signal }) => isThorough || (asked === 'set') === (signal === 'SIGINT'));

  test.each(ended)('$signal during $asked', async ({ asked, signal, code }) => {
    const { url, env, directory, arrived, sent } = await startSilent();
    const child = startProgram(argvOf[asked], env);
    const ending = Promise.all([endOnSignal(child), finish(child)]);
    await arrived;
    child.kill(signal);
    const [end, { stdout, stderr }] = await ending;
    expect(end).toEqual({ exitCode: code, died: false });
    const { error, ...report } = JSON.parse(stdout);
    expect(report).toMatchObject({
      [asked === 'set' ? 'sent' : 'deleted']: null,
      tries: 1,
    });
    expect(error).toMatchObject({ code: 'outcome-unknown', exitCode: code });
    expect(stderr).toContain(`mfa-cli: error: ${error.message}\n`);
    expect(requestsIn(directory)).toEqual([entryOf(asked, url, 'unknown')]);
    expect(sent()).toBe(1);
    expect((await createMachine(directory).run(['apns', 'status', '--json'])).exitCode).toBe(4);
  });

  test.skipIf(isMissing('script')).each(isThorough ? both : ['set' as const])(
    'Ctrl-C in a terminal during %s',
    async (asked) => {
      const { url, env, directory, arrived } = await startSilent();
      const words = argvOf[asked].filter((word) => word !== '--json');
      const terminal = openTerminal([...words, '--yes', '--no-input'], env);
      await arrived;
      terminal.type(ctrlC);
      const { exitCode, screen } = await terminal.end();
      expect(exitCode).toBe(130);
      expect(screen.replaceAll(/\s+/g, ' ')).toMatch(/✗ .* may have (set|deleted) /);
      expect(requestsIn(directory)).toEqual([entryOf(asked, url, 'unknown')]);
    },
  );

  test.each(isThorough ? both : ['delete' as const])('SIGKILL during %s', async (asked) => {
    const { url, outside, env, directory, arrived, answer, sent } = await startSilent();
    const child = startProgram(argvOf[asked], env);
    await arrived;
    // On record before it was sent.
    expect(requestsIn(directory)).toEqual([entryOf(asked, url, 'sending')]);
    child.kill('SIGKILL');
    await once(child, 'close');
    const machine = createMachine(directory);
    const status = await machine.run(['apns', 'status', '--json']);
    expect([status.exitCode, JSON.parse(status.stdout).requests]).toEqual([
      4,
      [expect.objectContaining({ asked, outcome: 'unknown' })],
    ]);
    answer();
    const next = await machine.run(argvOf[asked], { env: outside });
    expect([next.exitCode, next.stderr]).toEqual([0, expect.stringContaining('settles the')]);
    expect((await machine.run(['apns', 'status'])).exitCode).toBe(0);
    expect(sent()).toBe(2);
  });
});
