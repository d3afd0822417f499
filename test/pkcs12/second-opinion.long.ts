import { expect, test } from 'vitest';
import { compareOpinions, slow } from './second-opinion.ts';

test.each(slow)('node-forge and the reader agree about %s', async (name) => {
  expect(await compareOpinions(name)).toBe('both');
});
