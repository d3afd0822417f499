import { describe, expect, test } from 'vitest';
import { judgeCounts } from '../../src/pkcs12/limits.ts';

const most = 2_000_000;

test.each<[string, readonly number[]]>([
  ['none', []],
  ['the lowest', [1]],
  ['the highest', [most]],
  ['all that are allowed together', [most, most, 1_000_000]],
])('counts that are taken: %s', (_case, counts) => {
  expect(judgeCounts('a.p12', counts)).toBe(undefined);
});

describe('counts that are refused', () => {
  test.each<[readonly number[], string]>([
    [[0], 'a.p12 has an iteration count of 0, below 1'],
    [[-5], 'a.p12 has an iteration count of -5, below 1'],
    [[1, most + 1], 'a.p12 has an iteration count of 2,000,001, above 2,000,000'],
    [[Infinity], 'a.p12 has an iteration count of more than 48 bits, above 2,000,000'],
    [[-Infinity], 'a.p12 has an iteration count of less than 48 bits, below 1'],
    [[most, most, 1_000_001], 'a.p12 has 5,000,001 iterations in all, above 5,000,000'],
  ])('%j', (counts, message) => {
    expect(() => judgeCounts('a.p12', counts)).toThrow(
      expect.objectContaining({ code: 'pkcs12-unsupported', message }),
    );
  });
});
