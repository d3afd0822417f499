import { expect, test } from 'vitest';
import { wordsForWait } from '../../src/text/waiting.ts';

test.each([
  [0, null, 'Asking acme'],
  [2_999, null, 'Asking acme'],
  [3_000, null, 'Asking acme, 3 s'],
  [64_900, null, 'Asking acme, 64 s'],
  [0, 120_000, 'Asking acme: 120 s left'],
  [119_000, 120_000, 'Asking acme: 1 s left'],
  [130_000, 120_000, 'Asking acme: 0 s left'],
])('after %d ms of %s a wait reads "%s"', (passed, limit, words) => {
  expect(wordsForWait('Asking acme', passed, limit)).toBe(words);
});
