import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { nowhere } from '../../src/errors/hint.ts';
import {
  explainOddities,
  isBare,
  type Oddity,
  oddFacts,
} from '../../src/errors/secret-oddities.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';

/** A secret in an encoding, which is UTF-8 where none is named. */
function secretOf(text: string, encoding: BufferEncoding | 'utf16be' = 'utf8'): Secret {
  const bytes =
    encoding === 'utf16be' ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, encoding);
  return new Secret(encoding === 'utf8' ? text : bytes, 'the source');
}

testCases('secret-oddities', {
  'what is odd about it': (...given: Parameters<typeof secretOf>) => {
    const facts = oddFacts(secretOf(...given));
    const { oddities = [] } = facts;
    expect(facts).toEqual(oddities.length === 0 ? {} : { secretSource: 'the source', oddities });
    const sentences = explainOddities(facts);
    expect(sentences).toHaveLength(oddities.length);
    for (const sentence of sentences) expect(sentence).toMatch(/^The source (?!.*hunter).+[^.]$/);
    return oddities.join(' ');
  },
  'in words': (oddity: Oddity) =>
    explainOddities({ secretSource: 'the source', oddities: [oddity] })[0],
  isBare: (...given: Parameters<typeof secretOf>) => isBare(secretOf(...given)),
});

test('an error keeps what is odd about a rejected secret, and nothing of it', () => {
  const error = new CliError('pkcs12-password-incorrect', 'x', { rejected: secretOf('hunter2\n') });
  expect(error.facts).toEqual({ secretSource: 'the source', oddities: ['line-break'] });
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hunter2');
});

test('nothing is odd about what was typed, or about no secret', () => {
  expect([oddFacts(new Secret('"hunter2"')), oddFacts(null)]).toEqual([{}, {}]);
});

test('an error takes the facts that its code declares, and no other', () => {
  const errors = [
    new CliError('usage', 'x', { facts: { option: '--p12 FILE' } }),
    // @ts-expect-error: a usage error knows no layout
    new CliError('usage', 'x', { facts: { layout: 'expo' } }),
    // @ts-expect-error: there is no such layout
    new CliError('project-not-recognized', 'x', { facts: { layout: 'xamarin' } }),
    // @ts-expect-error: this code knows nothing but its sentence
    new CliError('pkcs12-corrupt', 'x', { facts: { option: '--p12 FILE' } }),
    // @ts-expect-error: there is no such code
    () => new CliError('no-such-code', 'x'),
  ];
  expect(errors).toHaveLength(5);
});

test('an interrupt ends with the exit code of its signal', () => {
  const codes = [{}, { signal: 'SIGINT' }, { signal: 'SIGTERM' }, { signal: 'SIGHUP' }].map(
    (facts) => new CliError('interrupted', 'x', { facts } as never).exitCode,
  );
  expect(codes).toEqual([130, 130, 143, 129]);
});

test('a step of bootstrap that failed is told what to do', () => {
  const facts = { step: 'role', right: 'Roles' };
  const again = ['Run the command again. It repeats no finished step.'];
  const right = [
    expect.stringContaining('"Roles"'),
    expect.stringContaining('`mfa-cli bootstrap --user NAME`'),
  ];
  expect(hintsFor(new CliError('tenant-refused', 'x', { facts }), nowhere)).toEqual(again);
  expect(hintsFor(new CliError('tenant-forbidden', 'x', { facts }), nowhere)).toEqual([
    ...right,
    ...again,
  ]);
  // The session may just have ended.
  const expired = { ...facts, session: 'administrator' } as const;
  expect(hintsFor(new CliError('session-expired', 'x', { facts: expired }), nowhere)).toEqual([
    expect.stringContaining('Run the command again to sign in.'),
    ...right,
    ...again,
  ]);
});
