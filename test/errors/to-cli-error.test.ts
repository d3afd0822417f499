import { expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { toCliError } from '../../src/errors/to-cli-error.ts';

const interrupted = new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGTERM' } });
const told: string[] = [];
const asTold = (error: unknown, reason?: unknown) =>
  toCliError(error, AbortSignal.abort(reason), (text) => told.push(text));

test.each([
  ['an abort of a library', new DOMException('This operation was aborted', 'AbortError')],
  ['a failure that the interrupt caused', new TypeError('terminated')],
])('%s after a signal is the interrupt itself', (_what, error) => {
  expect(asTold(error, interrupted)).toBe(interrupted);
  expect(told).toEqual([]);
});

test('an interrupt that was noticed without its signal gets it', () => {
  const error = asTold(new CliError('interrupted', 'The sign-in was interrupted'), interrupted);
  expect(error).toMatchObject({
    message: 'The sign-in was interrupted',
    facts: { signal: 'SIGTERM' },
  });
});

test('an error of a command stays what it is, whatever the signal', () => {
  const error = new CliError('usage', 'No key');
  expect(asTold(error, interrupted)).toBe(error);
});

test('an error that nobody expected is a bug, and is traced', () => {
  const error = new TypeError('x is not a function');
  expect(asTold(error)).toMatchObject({ code: 'internal-error', cause: error });
  expect(told).toEqual([error.stack]);
});
