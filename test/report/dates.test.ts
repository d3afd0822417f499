import { afterEach, describe, expect, test, vi } from 'vitest';
import { formatMoment, withMoments } from '../../src/report/fields.ts';

afterEach(() => void vi.unstubAllEnvs());

/** Node.js reads the variable anew when it changes. */
function inZone(zone: string): void {
  vi.stubEnv('TZ', zone);
}

const now = new Date('2026-11-24T23:45:00Z');

test.each([
  ['UTC', '2026-11-25T04:45:00Z', '25 Nov 04:45 (in 5 h)'],
  ['UTC', '2026-11-24T23:45:29.999Z', '24 Nov 23:45 (now)'],
  ['UTC', '2026-11-24T23:44:30.001Z', '24 Nov 23:44 (now)'],
  ['UTC', '2026-11-24T23:45:30Z', '24 Nov 23:45 (in 1 min)'],
  ['UTC', '2026-11-24T23:57:20Z', '24 Nov 23:57 (in 12 min)'],
  ['UTC', '2026-11-25T00:44:29Z', '25 Nov 00:44 (in 59 min)'],
  ['UTC', '2026-11-25T00:44:59.600Z', '25 Nov 00:44 (in 1 h)'],
  ['UTC', '2026-11-25T23:14:00Z', '25 Nov 23:14 (in 23 h)'],
  ['UTC', '2026-11-25T23:15:00Z', '25 Nov 23:15 (in 1 day)'],
  ['UTC', '2026-11-27T23:45:00Z', '27 Nov 23:45 (in 3 days)'],
  ['UTC', '2026-11-28T21:21:00Z', '28 Nov 21:21 (in 3 days)'],
  ['UTC', '2026-11-21T23:01:48Z', '21 Nov 23:01 (3 days ago)'],
  ['UTC', '2026-11-24T21:40:00Z', '24 Nov 21:40 (2 h ago)'],
  ['UTC', '2026-11-24T23:40:00Z', '24 Nov 23:40 (5 min ago)'],
  ['UTC', '2026-11-09T08:05:00Z', '9 Nov 08:05 (15 days ago)'],
  ['UTC', '2027-01-01T00:00:00Z', '1 Jan 2027 00:00 (in 37 days)'],
  ['UTC', '2025-12-31T23:59:00Z', '31 Dec 2025 23:59 (327 days ago)'],
  // Which day it is depends on the zone, and so does which year.
  ['Europe/Berlin', '2026-11-25T04:45:00Z', '25 Nov 05:45 (in 5 h)'],
  ['America/Los_Angeles', '2026-11-25T04:45:00Z', '24 Nov 20:45 (in 5 h)'],
  ['Asia/Kathmandu', '2026-11-25T04:45:00Z', '25 Nov 10:30 (in 5 h)'],
  ['Pacific/Auckland', '2026-12-31T11:30:00Z', '1 Jan 2027 00:30 (in 36 days)'],
  ['Pacific/Honolulu', '2027-01-01T09:59:00Z', '31 Dec 23:59 (in 37 days)'],
])('a moment as a person in %s reads it: %s is %s', (zone, iso, expected) => {
  inZone(zone);
  expect(formatMoment(new Date(iso), now)).toBe(expected);
});

test.each([
  // Clocks go from 2:00 to 3:00, and back from 3:00 to 2:00: an hour passes between each of these.
  ['2027-03-28T00:30:00Z', '2027-03-28T01:30:00Z', '28 Mar 03:30 (in 1 h)'],
  ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '25 Oct 02:30 (in 1 h)'],
])('a change of the clocks makes no hour longer: %s to %s', (from, iso, expected) => {
  inZone('Europe/Berlin');
  expect(formatMoment(new Date(iso), new Date(from))).toBe(expected);
});

describe('a sentence', () => {
  test.each([
    [
      'It lasts until 2026-11-25T04:45:00.000Z and can be renewed.',
      'It lasts until 25 Nov 04:45 (in 5 h) and can be renewed.',
    ],
    [
      'From 2026-11-24T21:40:00Z to 2026-11-25T04:45:00Z.',
      'From 24 Nov 21:40 (2 h ago) to 25 Nov 04:45 (in 5 h).',
    ],
    [
      'Not 2026-13-45T99:99:99Z, nor 2026-11-25 or x2026-11-25T04:45:00Z.',
      'Not 2026-13-45T99:99:99Z, nor 2026-11-25 or x2026-11-25T04:45:00Z.',
    ],
  ])('%s', (sentence, expected) => {
    inZone('UTC');
    expect(withMoments(sentence, now)).toBe(expected);
  });
});
