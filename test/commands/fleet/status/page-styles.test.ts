import { expect, test } from 'vitest';
import { toneOf, widthClass } from '../../../../src/commands/fleet/status/page-styles.ts';

test.each([
  [0, 30, 'w4'],
  [3, 30, 'w4'],
  [9, 30, 'w10'],
  [45, 30, 'w50'],
  [90, 30, 'w100'],
  [394, 30, 'w100'],
  [90, 90, 'w50'],
  [180, 90, 'w100'],
])('of %i days the bar is as urgent as they are, with warnings at %i', (days, warnDays, width) => {
  expect(widthClass(days, warnDays)).toBe(width);
});

test('a state that differs has a mark of its own', () => {
  const tones = (['expired', 'expires-soon', 'differs', 'valid'] as const).map(toneOf);
  expect(new Set(tones).size).toBe(4);
});
