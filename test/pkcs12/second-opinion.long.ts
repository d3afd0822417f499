import { expect, test } from 'vitest';
import { compareOpinions, slow } from './second-opinion.ts';

test.each(slow)('node-forge and the reader agree about %s', { timeout: 300_000 }, async (name) => {
  expect(await compareOpinions(name)).toBe('both');
});
