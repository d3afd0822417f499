import { expect, test } from 'vitest';
import { exitCodeOf, hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';

test('an error takes the facts that its code declares, and no other', () => {
  const errors = [
    new CliError('usage', 'x', { facts: { option: '--p12 FILE' } }),
    // @ts-expect-error: a usage error knows no layout
    new CliError('usage', 'x', { facts: { layout: 'expo' } }),
    // @ts-expect-error: there is no such layout
    new CliError('project-not-recognised', 'x', { facts: { layout: 'xamarin' } }),
    // @ts-expect-error: this code knows nothing but its sentence
    new CliError('pkcs12-corrupt', 'x', { facts: { option: '--p12 FILE' } }),
    // @ts-expect-error: there is no such code
    () => new CliError('no-such-code', 'x'),
  ];
  expect(errors).toHaveLength(5);
});

test.each([
  [undefined, 130],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('an interrupt by %s ends with %i', (signal, exitCode) => {
  const facts = signal === undefined ? {} : { signal };
  expect(exitCodeOf(new CliError('interrupted', 'x', { facts }))).toBe(exitCode);
});

test('a step of bootstrap that failed is told how it is done by hand', () => {
  const facts = { step: 'role', right: 'Roles', byHand: 'Core Services > Roles' };
  const byHand = [
    'By hand, in the admin portal: Core Services > Roles.',
    'Run it again then: it goes on from what is there.',
  ];
  const right = expect.stringContaining('"Roles"');
  expect(hintsFor(new CliError('tenant-refused', 'x', { facts }))).toEqual(byHand);
  expect(hintsFor(new CliError('tenant-forbidden', 'x', { facts }))).toEqual([right, ...byHand]);
  expect(hintsFor(new CliError('session-expired', 'x', { facts }))).toEqual([right, ...byHand]);
});
