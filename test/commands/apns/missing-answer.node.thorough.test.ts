import { describe, expect, test } from 'vitest';
import { isThorough } from '../../support/patience.ts';
import {
  ctrlC,
  endOnSignal,
  finish,
  openTerminal,
  startProgram,
  unhurried,
} from '../../support/process.ts';
import { isMissing } from '../../support/tools.ts';
import { argvOf, both, entryOf, requestsIn, startSilent } from './waiting.ts';

describe('what the program says when it is ended while it waits for the answer', () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;
  const ended = signals
    .flatMap(([signal, code]) => both.map((asked) => ({ asked, signal, code })))
    .filter(({ asked, signal }) => isThorough || (asked === 'set') === (signal === 'SIGINT'));

  test.each(ended)('$signal during $asked', async ({ asked, signal, code }) => {
    const { url, env, directory, arrived } = await startSilent();
    const child = startProgram(argvOf[asked], { ...env, ...unhurried });
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
  });

  test.skipIf(isMissing('script'))('Ctrl-C in a terminal', async () => {
    const { url, env, directory, arrived } = await startSilent();
    const words = argvOf.set.filter((word) => word !== '--json');
    const terminal = openTerminal([...words, '--yes', '--no-input'], { ...env, ...unhurried });
    await arrived;
    terminal.type(ctrlC);
    const { exitCode, screen } = await terminal.end();
    expect(exitCode).toBe(130);
    expect(screen.replaceAll(/\s+/g, ' ')).toMatch(/✗ .* may have set /);
    expect(requestsIn(directory)).toEqual([entryOf('set', url, 'unknown')]);
  });
});
