import { describe, expect, test } from 'vitest';
import { formatDaysLeft, formatMoment, withMoments } from '../../src/report/fields.ts';
import { createStyle } from '../../src/terminal/style.ts';

const now = new Date('2026-11-24T23:45:00Z');

test.each([
  ['2026-11-25T04:45:00Z', '2026-11-25 04:45Z (in 5 h)'],
  ['2026-11-24T23:45:29.999Z', '2026-11-24 23:45Z (now)'],
  ['2026-11-24T23:44:30.001Z', '2026-11-24 23:44Z (now)'],
  ['2026-11-24T23:45:30Z', '2026-11-24 23:45Z (in 1 min)'],
  ['2026-11-24T23:57:20Z', '2026-11-24 23:57Z (in 12 min)'],
  ['2026-11-25T00:44:29Z', '2026-11-25 00:44Z (in 59 min)'],
  ['2026-11-25T00:44:59.600Z', '2026-11-25 00:44Z (in 1 h)'],
  ['2026-11-25T23:14:00Z', '2026-11-25 23:14Z (in 23 h)'],
  ['2026-11-25T23:15:00Z', '2026-11-25 23:15Z (in 1 day)'],
  ['2026-11-27T23:45:00Z', '2026-11-27 23:45Z (in 3 days)'],
  ['2026-11-28T21:21:00Z', '2026-11-28 21:21Z (in 3 days)'],
  ['2026-11-21T23:01:48Z', '2026-11-21 23:01Z (3 days ago)'],
  ['2026-11-24T21:40:00Z', '2026-11-24 21:40Z (2 h ago)'],
  ['2026-11-24T23:40:00Z', '2026-11-24 23:40Z (5 min ago)'],
  ['2027-01-01T00:00:00Z', '2027-01-01 00:00Z (in 37 days)'],
  ['2025-12-31T23:59:00Z', '2025-12-31 23:59Z (327 days ago)'],
])('a moment: %s is %s', (iso, expected) => {
  expect(formatMoment(new Date(iso), now)).toBe(expected);
});

test.each([
  [395, '2027-12-24 (395 days left)'],
  [1, '2027-12-24 (1 day left)'],
  [0, '2027-12-24 (0 days left)'],
  [-1, '2027-12-24 (expired 1 day ago)'],
  [-1032, '2027-12-24 (expired 1032 days ago)'],
])('the end of a certificate with %i days left', async (days, expected) => {
  const style = await createStyle(false, 80, false);
  expect(formatDaysLeft('2027-12-24T00:00:00Z', days, style)).toBe(expected);
});

describe('a sentence', () => {
  test.each([
    [
      'It lasts until 2026-11-25T04:45:00.000Z and can be renewed.',
      'It lasts until 2026-11-25 04:45Z (in 5 h) and can be renewed.',
    ],
    [
      'From 2026-11-24T21:40:00Z to 2026-11-25T04:45:00Z.',
      'From 2026-11-24 21:40Z (2 h ago) to 2026-11-25 04:45Z (in 5 h).',
    ],
    [
      'Not 2026-13-45T99:99:99Z, nor 2026-11-25 or x2026-11-25T04:45:00Z.',
      'Not 2026-13-45T99:99:99Z, nor 2026-11-25 or x2026-11-25T04:45:00Z.',
    ],
  ])('%s', (sentence, expected) => {
    expect(withMoments(sentence, now)).toBe(expected);
  });
});
