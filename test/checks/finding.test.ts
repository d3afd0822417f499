import { expect, test } from 'vitest';
import { type Finding, type FindingLevel, hasErrors, hasLevel } from '../../src/checks/finding.ts';

const of = (...levels: readonly FindingLevel[]): readonly Finding[] =>
  levels.map((level) => ({ code: 'mac-missing', level, message: 'It has none.', hint: 'Export it again.' }));

test.each<readonly [FindingLevel[], from: 'error' | 'warning', boolean]>([
  [[], 'warning', false],
  [['info'], 'warning', false],
  [['info', 'warning'], 'warning', true],
  [['info', 'warning'], 'error', false],
  [['info', 'error'], 'warning', true],
  [['info', 'error'], 'error', true],
])('among %j something is of the level %s, or worse: %s', (levels, from, there) => {
  expect(hasLevel(of(...levels), from)).toBe(there);
});

test('only errors are errors', () => {
  expect(hasErrors(of('info', 'warning'))).toBe(false);
  expect(hasErrors(of('info', 'error'))).toBe(true);
});
