import { expect, test } from 'vitest';
import {
  CliError,
  type ErrorCode,
  hasCode,
  isAbout,
  restated,
  unlessInterrupted,
} from '../../src/errors/cli-error.ts';

/** Any error, of which nobody knows the code. */
function thrown(code: ErrorCode = 'outcome-unknown'): CliError {
  return new CliError(code, 'The tenant did not answer', { facts: { tries: 2 } });
}

/** What the work throws. */
function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test('who catches an error sees the facts of its code, and no other', () => {
  const error: unknown = thrown();
  if (!(error instanceof CliError)) return expect.fail('it is an error of ours');
  // @ts-expect-error: not every code has tries
  expect(error.facts.tries).toBe(2);
  if (error.code !== 'outcome-unknown') return expect.fail('it is that code');
  expect(error.facts.tries satisfies number | undefined).toBe(2);
  // @ts-expect-error: a missing answer has no profile
  expect(error.facts.profile).toBeUndefined();
});

test('a code or one of several tells the facts, too', () => {
  const error: unknown = thrown();
  expect(hasCode(error, 'usage', 'interrupted')).toBe(false);
  expect(hasCode(new Error('another'), 'usage')).toBe(false);
  if (!hasCode(error, 'outcome-unknown', 'tenant-refused')) return expect.fail('it is one of them');
  expect(error.facts.step satisfies string | undefined).toBeUndefined();
  // @ts-expect-error: a refusal has no tries
  expect(error.facts.tries).toBe(2);
});

test('the area is told by the entry of a code, whatever the code is called', () => {
  expect(thrown().area).toBe('tenant');
  expect(isAbout(thrown('rate-limited'), 'tenant')).toBe(true);
  expect(isAbout(thrown('proof-failed'), 'tenant')).toBe(true);
  expect(isAbout(thrown('file-exists'), 'apns', 'file')).toBe(true);
  expect(isAbout(thrown('issuer-failed'), 'tenant')).toBe(false);
  const error: unknown = new CliError('apns-tls', 'x', { facts: { skip: '--no-verify' } });
  if (!isAbout(error, 'apns')) return expect.fail('it is about APNs');
  expect(error.facts.skip satisfies string | undefined).toBe('--no-verify');
  // @ts-expect-error: not every code of the area has it
  expect(error.facts.proxyStatus).toBeUndefined();
});

test('an error in other words keeps its code, its cause, and its facts but for the new ones', () => {
  const cause = new Error('the cause');
  const details = { cause, facts: { step: 'role', messageId: 'ID' }, lines: ['more'] };
  const error = new CliError('tenant-forbidden', 'No', details);
  const other = restated(error, { message: 'Step role: no', facts: { right: 'Roles' } });
  expect(other).toMatchObject({
    code: 'tenant-forbidden',
    facts: { step: 'role', messageId: 'ID', right: 'Roles' },
    lines: ['Step role: no', 'more'],
    cause,
  });
  // @ts-expect-error: this code has no tries
  expect(restated(error, { facts: { tries: 1 } }).message).toBe('No\nmore');
});

test('a stand-in takes the place of an error, but of no interrupt and of no bug', () => {
  const stand = unlessInterrupted(({ code }) => code);
  expect(stand(thrown('rate-limited'))).toBe('rate-limited');
  for (const error of [thrown('interrupted'), new Error('a bug'), 'anything'])
    expect(failureOf(() => stand(error))).toBe(error);
});
